/** The files that a policy names, wherever its author keeps them: keys of the ConfigMap, or the workspace. */

import type { VexStatement } from '../../core/security/exceptions/statement.ts';
import { readVex } from '../../core/security/exceptions/vex.ts';
import type { Author, SecurityPolicy, SignatureRule } from '../../core/security/policy/policy.ts';
import { BadInput, messageOf } from '../base/failure.ts';
import { readFileWithin } from '../base/workspace-file.ts';
import type { Signers } from './signatures/claims-of.ts';
import { identitySigner, keyFrom, keySigner, type Signer, trustFrom } from './signatures/signer.ts';

/** Of a trust root or a VEX document. */
const MOST_BYTES = 8 * 1_048_576;

export interface EvidenceFiles {
  /** Empty where the run has brought none. */
  readonly folder: string;
  readonly installed: Readonly<Record<string, string>>;
}

/** The signers of each rule. Throws BadInput with every key and root that is none. */
export async function signersOf(
  { signatures }: Pick<SecurityPolicy, 'signatures'>,
  files: EvidenceFiles,
): Promise<Signers> {
  const faults: string[] = [];
  const signers = await Promise.all(signatures.map((rule) => signersIn(rule, files, faults)));
  if (faults.length > 0) throw new BadInput(faults);
  return signers;
}

async function signersIn(
  { author, keys, identities, trustRoot }: SignatureRule,
  files: EvidenceFiles,
  faults: string[],
): Promise<Signer[]> {
  const signers: Signer[] = [];
  for (const [index, pem] of keys.entries()) {
    const key = keyFrom(pem);
    if (key) signers.push(keySigner(key));
    else
      faults.push(
        `${author}: security.signatures.keys[${index}] is no public key of P-256, RSA from 2048 bits, or Ed25519`,
      );
  }
  if (trustRoot === undefined) return signers;
  const text = await textOf(author, trustRoot, files).catch((thrown: unknown) => {
    faults.push(`${author}: security.signatures.trustRoot: ${trustRoot} ${messageOf(thrown)}`);
  });
  if (text === undefined) return signers;
  const trust = trustFrom(text);
  if (!trust)
    faults.push(
      `${author}: security.signatures.trustRoot: ${trustRoot} is no trusted root of Sigstore (JSON)`,
    );
  return trust ? [...signers, ...identities.map((each) => identitySigner(trust, each))] : signers;
}

/** Throws BadInput with every document that is not there, or none. */
export async function vexOf(
  { vex }: Pick<SecurityPolicy, 'vex'>,
  files: EvidenceFiles,
): Promise<VexStatement[]> {
  const faults: string[] = [];
  const statements: VexStatement[] = [];
  for (const { author, name } of vex) {
    try {
      const read = readVex(await textOf(author, name, files));
      if (read.kind === 'malformed') faults.push(`${author}: security.vex: ${name}: ${read.why}`);
      else statements.push(...read.statements);
    } catch (thrown) {
      faults.push(`${author}: security.vex: ${name} ${messageOf(thrown)}`);
    }
  }
  if (faults.length > 0) throw new BadInput(faults);
  return statements;
}

async function textOf(author: Author, name: string, files: EvidenceFiles): Promise<string> {
  if (author === 'release config') {
    if (files.folder === '') throw new Error('needs the workspace evidence, which is not bound');
    return readFileWithin(files.folder, name, MOST_BYTES);
  }
  const text = files.installed[name];
  if (text === undefined) throw new Error('is no key of the ConfigMap');
  return text;
}
