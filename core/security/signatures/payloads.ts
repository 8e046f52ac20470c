/** What is signed: cosign's simple signing payload, and in-toto statements; each names the image it is about. */
import { jsonOf, MOST_OF_LARGE } from '../../base/json.ts';
import { fieldsOf, listOf, textOf } from '../fields.ts';
import type { Claim } from './claims.ts';

/** https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md */
const SIMPLE_SIGNING = ['cosign container image signature', 'https://sigstore.dev/cosign/sign/v1'];

/** Why the payload is not about the image with this digest; undefined where it is. */
export function simpleSigningFault(payload: string, digest: string): string | undefined {
  const { critical } = fieldsOf(jsonOf(payload));
  const { type, image } = fieldsOf(critical);
  if (!SIMPLE_SIGNING.includes(String(type))) return 'what is signed is no signature of an image';
  const named = textOf(fieldsOf(image)['docker-manifest-digest']);
  return named === digest ? undefined : `what is signed is ${named ?? 'no image'}, not ${digest}`;
}

const STATEMENTS = ['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1'];
const IN_TOTO = 'application/vnd.in-toto+json';

const PREDICATES: Readonly<Record<string, Claim['what']>> = {
  'https://sigstore.dev/cosign/sign/v1': 'signature',
  'https://cosign.sigstore.dev/attestation/vuln/v1': 'vuln',
  'https://spdx.dev/Document': 'spdx',
  'https://cyclonedx.org/bom': 'cyclonedx',
  'https://slsa.dev/provenance/v1': 'slsa-provenance',
  'https://slsa.dev/provenance/v0.2': 'slsa-provenance',
};

export interface Statement {
  readonly what: Claim['what'];
  readonly fault: string | undefined;
  readonly predicate: unknown;
}

/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export function readStatement(payloadType: string, payload: string, digest: string): Statement {
  const fault = (why: string, what: Claim['what'] = 'other'): Statement => ({
    what,
    fault: why,
    predicate: undefined,
  });
  if (payloadType !== IN_TOTO) return fault('what is signed is no in-toto statement');
  const { _type, subject, predicateType, predicate } = fieldsOf(jsonOf(payload, MOST_OF_LARGE));
  if (!STATEMENTS.includes(String(_type))) return fault('what is signed is no in-toto statement');
  const what = kindOf(textOf(predicateType) ?? '');
  const named = listOf(subject).map((each) => textOf(fieldsOf(fieldsOf(each).digest).sha256));
  if (!named.includes(digest.slice('sha256:'.length))) {
    return fault(`what is signed is ${named.find(Boolean) ?? 'no image'}, not ${digest}`, what);
  }
  return { what, fault: undefined, predicate };
}

/** Versions of SBOM formats may stand behind their names. */
function kindOf(predicateType: string): Claim['what'] {
  const known = Object.entries(PREDICATES).find(
    ([type]) => predicateType === type || predicateType.startsWith(`${type}/`),
  );
  return known?.[1] ?? 'other';
}
