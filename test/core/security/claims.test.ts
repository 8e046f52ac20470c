// Who has signed an image, and whether that is whom the policy wants: one claim more or less decides.
import { describe, expect, test } from '@jest/globals';
import type { AttestationRule, SignatureRule } from '../../../core/security/policy/policy.ts';
import {
  attestationFindings,
  type Claim,
  signatureFindings,
  vouchedFor,
} from '../../../core/security/signatures/claims.ts';

function rule(over: Partial<SignatureRule> = {}): SignatureRule {
  return {
    author: 'release config',
    mode: 'any',
    keys: ['a.pub', 'b.pub'],
    formats: ['legacy', 'bundle'],
    identities: [],
    trustRoot: undefined,
    ...over,
  };
}

function claim(over: Partial<Claim> = {}): Claim {
  return {
    what: 'signature',
    format: 'legacy',
    fault: undefined,
    signers: [[0]],
    predicate: undefined,
    ...over,
  };
}

function about(rules: readonly SignatureRule[], claims: readonly Claim[]) {
  return signatureFindings(rules, claims).map(({ id, message }) => `${id} ${message}`);
}

const NONE = 'none by a key or an identity of security.signatures';

describe('signatures', () => {
  test.each<[string, Partial<SignatureRule>, Claim[], string[]]>([
    ['one of several keys is enough', {}, [claim()], []],
    [
      'where all are wanted one is too few',
      { mode: 'all' },
      [claim(), claim()],
      ['SIG002 signed by 1 of the 2 keys and identities of security.signatures, which wants all'],
    ],
    [
      'where all are wanted, all by several signatures are enough',
      { mode: 'all' },
      [claim(), claim({ signers: [[1]] })],
      [],
    ],
    [
      'an identity counts beside the keys',
      { mode: 'all', identities: [{ issuer: 'i', subject: 's' }] },
      [claim({ signers: [[0, 1]] })],
      ['SIG002 signed by 2 of the 3 keys and identities of security.signatures, which wants all'],
    ],
    [
      'none at all',
      {},
      [],
      ['SIG001 no signature was found (formats legacy, bundle); asked for by security.signatures'],
    ],
    [
      'none but an attestation',
      {},
      [claim({ what: 'cyclonedx' })],
      ['SIG001 no signature was found (formats legacy, bundle); asked for by security.signatures'],
    ],
    [
      'one in a format that the policy does not read is none',
      { formats: ['bundle'] },
      [claim()],
      ['SIG001 no signature was found (formats bundle); asked for by security.signatures'],
    ],
    ['one of a stranger', {}, [claim({ signers: [[]] })], [`SIG002 1 signature, ${NONE}`]],
    [
      'several of strangers, of which one is broken',
      {},
      [claim({ signers: [[]] }), claim({ signers: [], fault: 'it is cut off' })],
      [`SIG002 2 signatures, ${NONE} (it is cut off)`],
    ],
    [
      'one of the right key about another image says so, beside a stranger',
      {},
      [claim({ signers: [[]], fault: 'broken' }), claim({ fault: 'it is about another image' })],
      ['SIG003 it is about another image; asked for by security.signatures'],
    ],
    [
      'one of the right key is good beside one that is not',
      {},
      [claim({ fault: 'it is about another image' }), claim()],
      [],
    ],
    [
      'where all are wanted, what is about another image is said first',
      { mode: 'all' },
      [claim(), claim({ signers: [[1]], fault: 'another image' })],
      ['SIG003 another image; asked for by security.signatures'],
    ],
  ])('%s', (_what, over, claims, expected) => {
    expect(about([rule(over)], claims)).toEqual(expected);
  });

  test('of the installer are asked for in his name, and each rule has to hold', () => {
    const rules = [rule({ author: 'installer' }), rule()];
    expect(about(rules, [claim({ signers: [[0], []] })])).toEqual([`SIG002 1 signature, ${NONE}`]);
    expect(about(rules, [claim({ signers: [[], [0]] })])).toEqual([
      "SIG002 1 signature, none by a key or an identity of the installer's policy",
    ]);
  });
});

const WANTED: AttestationRule = { author: 'release config', type: 'cyclonedx', builders: [] };
const BILL = claim({ what: 'cyclonedx' });

function attested(wanted: Partial<AttestationRule>, claims: readonly Claim[]): string[] {
  const rules = [rule({ author: 'installer' }), rule()];
  return attestationFindings([{ ...WANTED, ...wanted }], rules, claims).map(
    ({ id, message }) => `${id} ${message}`,
  );
}

const MISSING =
  'SIG001 no attestation cyclonedx that a key or an identity of the policy has signed';

describe('attestations', () => {
  test.each<[string, Claim[], string[]]>([
    ['signed by whom the same author names', [{ ...BILL, signers: [[], [1]] }], []],
    ['signed by whom the other names', [{ ...BILL, signers: [[0], []] }], [MISSING]],
    ['signed by no one', [{ ...BILL, signers: [] }], [MISSING]],
    ['of another kind', [claim({ what: 'slsa-provenance', signers: [[], [0]] })], [MISSING]],
    ['about another image', [{ ...BILL, signers: [[], [0]], fault: 'another' }], [MISSING]],
    ['none', [], [MISSING]],
  ])('%s', (_what, claims, expected) => {
    expect(attested({}, claims)).toEqual(expected);
  });

  test('are wanted of any rule of their author, not of all', () => {
    const two = [rule({ author: 'installer' }), rule({ author: 'installer' })];
    const claims = [{ ...BILL, signers: [[], [0]] }];
    expect(attestationFindings([{ ...WANTED, author: 'installer' }], two, claims)).toEqual([]);
  });

  const provenance = (predicate: unknown): Claim =>
    claim({ what: 'slsa-provenance', signers: [[], [0]], predicate });
  const built = { type: 'slsa-provenance', builders: ['https://ci/a'] } as const;

  test.each<[string, unknown[], string[]]>([
    ['of version 1', [{ runDetails: { builder: { id: 'https://ci/a' } } }], []],
    ['of version 0.2', [{ builder: { id: 'https://ci/a' } }], []],
    ['of which one is right', [{ builder: { id: 'x' } }, { builder: { id: 'https://ci/a' } }], []],
    [
      'of another builder',
      [{ builder: { id: 'https://ci/b' } }],
      [
        'SIG003 the image was built by https://ci/b, which is not one of the builders of the policy',
      ],
    ],
    [
      'of none that it names',
      [{}],
      [
        'SIG003 the image was built by no one it names, which is not one of the builders of the policy',
      ],
    ],
  ])('provenance %s', (_what, predicates, expected) => {
    expect(attested(built, predicates.map(provenance))).toEqual(expected);
  });

  test('whose builder is not asked for may name any', () => {
    expect(attested({ ...built, builders: [] }, [provenance({})])).toEqual([]);
  });
});

test('evidence is what any signer of any rule vouches for, and is about this image', () => {
  const good = claim({ signers: [[], [0]] });
  const claims = [good, claim({ signers: [[], []] }), claim({ fault: 'another image' })];
  expect(vouchedFor(claims)).toEqual([good]);
});
