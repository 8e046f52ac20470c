/** What came with an image and claims to be signed, and whether that is what the policy wants. */
import { foreignText } from '../../base/foreign-text.ts';
import { fieldsOf, textOf } from '../fields.ts';
import { type Finding, found } from '../finding.ts';
import type { AttestationRule, SignatureRule } from '../policy/policy.ts';
import type { AttestationType, SignatureFormat } from '../policy/schema.ts';
import { countNoun } from '../words.ts';

export interface Claim {
  readonly what: 'signature' | AttestationType | 'other';
  readonly format: SignatureFormat;
  /** Why it vouches for nothing, or for another image; undefined where it is about this one. */
  readonly fault: string | undefined;
  /** For each rule of the policy, in its order: which of its signers have signed this. */
  readonly signers: readonly (readonly number[])[];
  /** Of an attestation what it states. */
  readonly predicate: unknown;
}

/** Keys come first, identities behind them: a signer is known by its place. */
function signersIn({ keys, identities }: Pick<SignatureRule, 'keys' | 'identities'>): number {
  return keys.length + identities.length;
}

/** Each rule has to hold. `claims` are all that came with the image. */
export function signatureFindings(
  rules: readonly SignatureRule[],
  claims: readonly Claim[],
): Finding[] {
  return rules.flatMap((rule, index) => ruleFindings(rule, index, claims));
}

function ruleFindings(rule: SignatureRule, index: number, claims: readonly Claim[]): Finding[] {
  const { formats, mode, author } = rule;
  const whose = author === 'installer' ? "the installer's policy" : 'security.signatures';
  const looked = claims.filter(
    ({ what, format }) => what === 'signature' && formats.includes(format),
  );
  if (looked.length === 0) {
    return [
      found(
        'SIG001',
        `no signature was found (formats ${formats.join(', ')}); asked for by ${whose}`,
      ),
    ];
  }
  const signed = looked.filter(({ signers }) => (signers[index] ?? []).length > 0);
  const good = new Set(
    signed
      .filter(({ fault }) => fault === undefined)
      .flatMap(({ signers }) => signers[index] ?? []),
  );
  const all = signersIn(rule);
  if (good.size >= (mode === 'all' ? all : 1)) return [];
  const other = signed.find(({ fault }) => fault !== undefined);
  if (other)
    return [found('SIG003', `${foreignText(other.fault ?? '', 200)}; asked for by ${whose}`)];
  if (good.size > 0) {
    return [
      found(
        'SIG002',
        `signed by ${good.size} of the ${all} keys and identities of ${whose}, which wants all`,
      ),
    ];
  }
  const [broken] = looked.flatMap(({ fault }) => fault ?? []);
  const beside = broken === undefined ? '' : ` (${foreignText(broken, 160)})`;
  return [
    found(
      'SIG002',
      `${countNoun(looked.length, 'signature')}, none by a key or an identity of ${whose}${beside}`,
    ),
  ];
}

/** What has to come with the image, signed by any signer of its author's policy. */
export function attestationFindings(
  wanted: readonly AttestationRule[],
  rules: readonly SignatureRule[],
  claims: readonly Claim[],
): Finding[] {
  return wanted.flatMap(({ author, type, builders }) => {
    const own = rules.flatMap((rule, index) => (rule.author === author ? [index] : []));
    const vouched = claims.filter(
      (claim) => claim.what === type && claim.fault === undefined && isSignedBy(claim, own),
    );
    if (vouched.length === 0) {
      return [
        found(
          'SIG001',
          `no attestation ${type} that a key or an identity of the policy has signed`,
        ),
      ];
    }
    if (builders.length === 0) return [];
    const built = vouched.map(({ predicate }) => builderOf(predicate));
    if (built.some((id) => id !== undefined && builders.includes(id))) return [];
    const by = foreignText(built.find(Boolean) ?? 'no one it names', 200);
    return [
      found(
        'SIG003',
        `the image was built by ${by}, which is not one of the builders of the policy`,
      ),
    ];
  });
}

/** Those that any rule's signer vouches for: evidence, whether it was asked for or not. */
export function vouchedFor(claims: readonly Claim[]): readonly Claim[] {
  return claims.filter(
    (claim) => claim.fault === undefined && claim.signers.some((signers) => signers.length > 0),
  );
}

function isSignedBy({ signers }: Claim, rules: readonly number[]): boolean {
  return rules.some((index) => (signers[index] ?? []).length > 0);
}

/** SLSA provenance 1 and 0.2 (https://slsa.dev/spec/v1.0/provenance). */
function builderOf(predicate: unknown): string | undefined {
  const { runDetails, builder } = fieldsOf(predicate);
  return textOf(fieldsOf(fieldsOf(runDetails).builder ?? builder).id);
}
