// An exception ends, has an owner, and is about one thing: whatever is wider lets through what no one meant.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import { readVex } from '../../../core/security/exceptions/vex.ts';
import { policyIssues } from '../../../core/security/policy/issues.ts';
import type { Exception } from '../../../core/security/policy/policy.ts';
import { zonedTimeOf } from '../../../core/security/time.ts';
import {
  DAY_MS,
  excepting,
  exception,
  NOW,
  PURL,
  SUBJECT,
  vulnerability,
} from '../support/security.ts';

const [DIGEST = ''] = SUBJECT.digests;

describe('an exception', () => {
  test.each<[string, Partial<Exception>, boolean]>([
    ['of the package in any version excepts', {}, true],
    ['of this version excepts', { scope: { purl: 'pkg:deb/debian/openssl@3.0.1' } }, true],
    ['of another version does not', { scope: { purl: 'pkg:deb/debian/openssl@3.0.2' } }, false],
    ['of a longer name does not', { scope: { purl: 'pkg:deb/debian/openssl-dev' } }, false],
    ['of a shorter name does not', { scope: { purl: 'pkg:deb/debian/open' } }, false],
    ['of another processor does not', { scope: { purl: `${PURL}-x` } }, false],
    ['of the file excepts', { scope: { path: 'usr/lib/libssl.so' } }, true],
    ['of a folder does not', { scope: { path: 'usr/lib' } }, false],
    ['of the image excepts', { scope: { digest: DIGEST } }, true],
    ['of another image does not', { scope: { digest: `sha256:${'b'.repeat(64)}` } }, false],
    ['of the image and another file does not', { scope: { digest: DIGEST, path: 'x' } }, false],
    ['of another vulnerability does not', { id: 'CVE-2026-10' }, false],
    ['of a part of its name does not', { id: 'CVE-2026' }, false],
    ['of the kind of finding excepts', { id: 'VUL001' }, true],
    ['that expired a millisecond ago does not', { expires: NOW }, false],
    ['that ends in a moment excepts', { expires: instant(NOW + 1) }, true],
    ['for 90 days excepts', { expires: instant(NOW + 90 * DAY_MS) }, true],
    ['for longer does not', { expires: instant(NOW + 90 * DAY_MS + 1) }, false],
  ])('%s', (_what, over, expected) => {
    const why = excepting([exception(over)]).excepted(vulnerability());
    expect(why !== undefined).toBe(expected);
  });

  test('says who is to be asked, and until when', () => {
    expect(excepting([exception()]).excepted(vulnerability())).toBe(
      'not reachable (payments, until 2026-12-01T12:00:00Z)',
    );
  });

  test.each<[string, Partial<Exception>, string]>([
    ['that matched nothing is told', { id: 'CVE-1999-1' }, 'EXC002'],
    ['that has expired is told', { expires: instant(NOW - 1) }, 'EXC001'],
    ['that runs too long is told', { expires: instant(NOW + 91 * DAY_MS) }, 'EXC001'],
  ])('%s', (_what, over, id) => {
    const by = excepting([exception(over)]);
    by.excepted(vulnerability());
    expect(by.leftovers().map(({ finding }) => finding.id)).toEqual([id]);
  });

  test.each<[string, number, string]>([
    ['now', 0, 'exception CVE-2026-1 of payments expired at 2026-11-30T12:00:00Z'],
    [
      'after a day too many',
      91 * DAY_MS,
      'exception CVE-2026-1 of payments runs until 2027-03-01T12:00:00Z, 91 days: at most 90 count',
    ],
  ])('that ends %s says when, and what counts', (_what, inMs, message) => {
    const by = excepting([exception({ expires: instant(NOW + inMs) })]);
    expect(by.leftovers().map(({ finding }) => finding.message)).toEqual([message]);
  });
});

describe('what is written is refused', () => {
  const written = { owner: 'o', reason: 'r', scope: { path: 'x' } };
  test.each([
    ['a day without a zone', { id: 'CVE-2026-1', expires: '2026-12-31T00:00:00' }, 'expires'],
    ['a day alone', { id: 'CVE-2026-1', expires: '2026-12-31' }, 'expires'],
    ['a day that there is not', { id: 'CVE-2026-1', expires: '2026-02-30T00:00:00Z' }, 'expires'],
    ['what cannot be excepted', { id: 'SCN005', expires: '2026-12-31T00:00:00Z' }, 'id'],
    ['a signature', { id: 'SIG001', expires: '2026-12-31T00:00:00Z' }, 'id'],
    ['a finding that there is not', { id: 'K8S099', expires: '2026-12-31T00:00:00Z' }, 'id'],
  ])('%s', (_what, over, key) => {
    const issues = policyIssues({ exceptions: [{ ...written, ...over }] });
    expect(issues.map(({ path }) => path)).toEqual([`/exceptions/0/${key}`]);
  });
});

test('a time with a zone is the time that it says', () => {
  expect(zonedTimeOf('2026-11-30T14:00:00.5+02:00')).toBe(NOW + 500);
  expect(zonedTimeOf('2023-08-31T15:13:32.377177-04:00')).toBe(
    zonedTimeOf('2023-08-31T19:13:32.377Z'),
  );
  expect(zonedTimeOf('2026-11-30T24:00:00Z')).toBeUndefined();
});

function openVex(...statements: object[]): string {
  return JSON.stringify({ '@context': 'https://openvex.dev/ns/v0.2.0', statements });
}

const VULNERABLE = { vulnerability: { name: 'CVE-2026-1' } };
const OURS = { '@id': `pkg:oci/payment@${DIGEST}` };
const HARMLESS = { status: 'not_affected', justification: 'vulnerable_code_not_in_execute_path' };

function vexReason(text: string): string | undefined {
  const read = readVex(text);
  if (read.kind === 'malformed') throw new Error(read.why);
  return excepting([], read.statements).excepted(vulnerability());
}

describe('OpenVEX', () => {
  test.each<[string, object[], boolean]>([
    ['about the image excepts', [{ ...VULNERABLE, ...HARMLESS, products: [OURS] }], true],
    [
      'about the package in the image excepts',
      [{ ...VULNERABLE, ...HARMLESS, products: [{ ...OURS, subcomponents: [{ '@id': PURL }] }] }],
      true,
    ],
    [
      'about another package in the image does not',
      [
        {
          ...VULNERABLE,
          ...HARMLESS,
          products: [{ ...OURS, subcomponents: [{ '@id': 'pkg:npm/x' }] }],
        },
      ],
      false,
    ],
    [
      'about the package excepts',
      [{ ...VULNERABLE, ...HARMLESS, products: [{ '@id': PURL }] }],
      true,
    ],
    [
      'about another image does not',
      [
        {
          ...VULNERABLE,
          ...HARMLESS,
          products: [{ '@id': `pkg:oci/payment@sha256:${'b'.repeat(64)}` }],
        },
      ],
      false,
    ],
    ['without a product does not', [{ ...VULNERABLE, ...HARMLESS }], false],
    [
      'that is being looked into does not',
      [{ ...VULNERABLE, status: 'under_investigation', products: [OURS] }],
      false,
    ],
    [
      'that was taken back later does not',
      [
        { ...VULNERABLE, status: 'affected', products: [OURS], timestamp: '2026-11-02T00:00:00Z' },
        { ...VULNERABLE, ...HARMLESS, products: [OURS], timestamp: '2026-11-01T00:00:00Z' },
      ],
      false,
    ],
    [
      'that was taken back at a time that no one can read does not',
      [
        { ...VULNERABLE, ...HARMLESS, products: [OURS], timestamp: '2026-11-02T00:00:00Z' },
        { ...VULNERABLE, status: 'affected', products: [OURS], timestamp: '2026-11-03' },
      ],
      false,
    ],
    [
      'of a day that is yet to come does not, and hides nothing that was said before',
      [
        { ...VULNERABLE, status: 'affected', products: [OURS], timestamp: '2026-11-02T00:00:00Z' },
        { ...VULNERABLE, ...HARMLESS, products: [OURS], timestamp: '2999-01-01T00:00:00Z' },
      ],
      false,
    ],
  ])('%s', (_what, statements, expected) => {
    expect(vexReason(openVex(...statements)) !== undefined).toBe(expected);
  });

  test.each<[string, string]>([
    [
      'without a justification',
      openVex({ ...VULNERABLE, status: 'not_affected', products: [OURS] }),
    ],
    ['of an unknown status', openVex({ ...VULNERABLE, status: 'fine', products: [OURS] })],
    ['without a vulnerability', openVex({ status: 'fixed', products: [OURS] })],
    [
      'that says two things under one key',
      openVex({ ...VULNERABLE, status: 'affected', products: [OURS] }).replace(
        /}$/,
        `,"st\\u0061tements":[${JSON.stringify({ ...VULNERABLE, ...HARMLESS, products: [OURS] })}]}`,
      ),
    ],
    ['that is something else', '{"statements": []}'],
    ['that is cut off', openVex(VULNERABLE).slice(0, -1)],
  ])('%s is malformed', (_what, text) => {
    expect(readVex(text).kind).toBe('malformed');
  });
});

describe('CSAF', () => {
  const csaf = (status: object, more: object = {}): string =>
    JSON.stringify({
      document: { csaf_version: '2.0', tracking: { current_release_date: '2026-11-01T00:00:00Z' } },
      product_tree: {
        branches: [
          {
            branches: [
              { product: { product_id: 'P1', product_identification_helper: { purl: PURL } } },
            ],
          },
        ],
        relationships: [{ product_reference: 'P1', full_product_name: { product_id: 'IN' } }],
      },
      vulnerabilities: [{ cve: 'CVE-2026-1', product_status: status, ...more }],
    });
  const flags = [{ label: 'component_not_present', product_ids: ['P1'] }];

  test.each<[string, string, boolean]>([
    ['not affected, with a flag, excepts', csaf({ known_not_affected: ['P1'] }, { flags }), true],
    ['not affected, without a reason, does not', csaf({ known_not_affected: ['P1'] }), false],
    [
      'not affected, with the flag of another, does not',
      csaf({ known_not_affected: ['P2'] }, { flags }),
      false,
    ],
    [
      'a product in another, with an impact, excepts',
      csaf(
        { known_not_affected: ['IN'] },
        { threats: [{ category: 'impact', details: 'not shipped', product_ids: ['IN'] }] },
      ),
      true,
    ],
    [
      'not affected, with the flag of a group, does not',
      csaf({ known_not_affected: ['P1'] }, { flags: [{ label: 'x', group_ids: ['G'] }] }),
      false,
    ],
    ['fixed excepts', csaf({ fixed: ['P1'] }), true],
    ['affected does not', csaf({ known_affected: ['P1'], fixed: ['P1'] }), false],
  ])('%s', (_what, text, expected) => {
    expect(vexReason(text) !== undefined).toBe(expected);
  });

  test('that is a draft is no word of anybody', () => {
    const draft = csaf({ fixed: ['P1'] }).replace('"tracking":{', '"tracking":{"status":"draft",');
    expect(readVex(draft)).toEqual({ kind: 'malformed', why: 'it is a draft' });
  });
});
