/** Looks at what lies beside an image as the stage does, and says what comes of it. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Finding } from '../../../../core/security/finding.ts';
import { resolvePolicy } from '../../../../core/security/policy/policy.ts';
import type { SecurityConfig } from '../../../../core/security/policy/schema.ts';
import {
  attestationFindings,
  signatureFindings,
} from '../../../../core/security/signatures/claims.ts';
import { ANYWHERE } from '../../../../effects/context/destinations.ts';
import { askOverNetwork } from '../../../../effects/http/http.ts';
import { openRepository } from '../../../../effects/inputs/registry-session.ts';
import { EvidenceFault } from '../../../../effects/security/registry/fetch.ts';
import { claimsOf, type Signers } from '../../../../effects/security/signatures/claims-of.ts';
import { keyFrom, keySigner } from '../../../../effects/security/signatures/signer.ts';
import { repositoryAt, type TestRegistry } from './registry.ts';

export const CONTEXT = { ask: askOverNetwork, destinations: async () => ANYWHERE };

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly pem: string;
}

export function keyPair(curve = 'P-256'): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve });
  return { privateKey, pem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

/** By keys alone, unless signers are given. */
export async function findingsFor(
  registry: TestRegistry,
  digest: string,
  written: SecurityConfig,
  given?: Signers,
): Promise<Finding[]> {
  const { signatures, attestations } = resolvePolicy(written, 'release config');
  const signers = given ?? signatures.map(({ keys }) => keys.map(signerOf));
  const session = await openRepository(CONTEXT, repositoryAt(registry), '');
  try {
    const claims = await claimsOf(session, digest, signers);
    return [
      ...signatureFindings(signatures, claims),
      ...attestationFindings(attestations, signatures, claims),
    ];
  } catch (thrown) {
    if (thrown instanceof EvidenceFault) return [thrown.finding];
    throw thrown;
  }
}

function signerOf(pem: string) {
  const key = keyFrom(pem);
  if (!key) throw new Error('the key is none');
  return keySigner(key);
}
