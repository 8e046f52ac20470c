// The matrix as a whole: whatever is written, no version is both let through and refused, order does not
// matter, and a way that is open leads past every version that lies on it.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { together } from '../../../../core/config/sections/before/compatibility.ts';
import { checkCompatibility } from '../../../../core/preflight/compatibility/check.ts';
import { crosses } from '../../../../core/preflight/compatibility/versions.ts';
import { VERSIONS } from '../../../../effects/expressions/versions.ts';
import { book, findingsOf, knownOf, version, type Written } from './support.ts';

const number = fc.integer({ min: 0, max: 4 });
const pre = fc.constantFrom('', '', '', '-rc.1', '-alpha');
const versionText = fc
  .tuple(number, number, number, pre)
  .map(([a, b, c, suffix]) => `${a}.${b}.${c}${suffix}`);
/** Without a hole in it. */
const interval = fc.oneof(
  versionText.map((each) => `>=${each}`),
  versionText.map((each) => `<${each}`),
  versionText.map((each) => `^${each}`),
  fc.tuple(number, number).map(([a, b]) => `${a}.${b}.x`),
  fc.tuple(number, number).map(([a, b]) => `>=${a} <${a + b + 1}`),
);
const rule = fc.record({ match: interval, upgradeFrom: interval, downgradeTo: interval });
const config = fc.record({
  versions: fc.array(rule, { maxLength: 3 }),
  stops: fc.array(interval, { maxLength: 2 }),
  majorsAtOnce: fc.integer({ min: 0, max: 3 }),
});
const refused = (written: Written): string[] =>
  findingsOf(written)
    .filter(({ severity }) => severity === 'refuse')
    .map(({ message }) => message);

describe('versions and ranges', () => {
  test('are in one order: what is older than what is older is older', () => {
    fc.assert(
      fc.property(versionText, versionText, versionText, (a, b, c) => {
        const [x, y, z] = [a, b, c].map(version).toSorted(VERSIONS.compare);
        if (x === undefined || y === undefined || z === undefined) throw new Error('three');
        expect(VERSIONS.compare(x, y)).toBeLessThanOrEqual(0);
        expect(VERSIONS.compare(y, z)).toBeLessThanOrEqual(0);
        expect(VERSIONS.compare(x, z)).toBeLessThanOrEqual(0);
      }),
    );
  });

  test('a version is below a range, within it or above it, and never two of these', () => {
    fc.assert(
      fc.property(versionText, interval, (text, range) => {
        const one = version(text);
        const places = [VERSIONS.below, VERSIONS.within, VERSIONS.above];
        expect(places.filter((place) => place(one, range)).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('a range is crossed in both directions, or in none', () => {
    fc.assert(
      fc.property(versionText, versionText, interval, (a, b, range) => {
        const [from, to] = [version(a), version(b)];
        expect(crosses(VERSIONS, from, to, range)).toBe(crosses(VERSIONS, to, from, range));
      }),
    );
  });
});

describe('the matrix', () => {
  test('refuses a version by one side exactly where the other side would: needing and being needed agree', () => {
    fc.assert(
      fc.property(versionText, versionText, interval, (candidate, other, range) => {
        const asNeeded = refused({
          to: candidate,
          others: { orders: { versions: [{ match: '*', requires: { payments: range } }] } },
          running: { orders: other },
        });
        const asNeeding = refused({
          to: other,
          own: { versions: [{ match: '*', requires: { ledger: range } }] },
          running: { ledger: candidate },
        });
        expect(asNeeded.length).toBe(asNeeding.length);
        expect(asNeeded.length === 0).toBe(VERSIONS.within(version(candidate), range));
      }),
    );
  });

  test('a way that is open to a version is open to all that lie between', () => {
    fc.assert(
      fc.property(config, versionText, versionText, versionText, (own, a, b, c) => {
        const [from, between, to] = [a, b, c].map(version).toSorted(VERSIONS.compare);
        fc.pre(refused({ from: from ?? '', to: to ?? '', own }).length === 0);
        expect(refused({ from: from ?? '', to: between ?? '', own })).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('what is written in two places refuses what either of them refuses, in whatever order', () => {
    fc.assert(
      fc.property(config, config, versionText, versionText, (one, two, from, to) => {
        const refusedBy = (books: Parameters<typeof together>[0]): string[] =>
          checkCompatibility(VERSIONS, { ...knownOf({ from, to }), own: together(books) })
            .filter(({ severity }) => severity === 'refuse')
            .map(({ message }) => message)
            .toSorted();
        const both = refusedBy([book(one), book(two)]);
        expect(both).toEqual(refusedBy([book(two), book(one)]));
        const each = refusedBy([book(one)]).length + refusedBy([book(two)]).length;
        expect(both.length > 0).toBe(each > 0);
      }),
    );
  });

  test('the same is said of the same, and never both yes and no', () => {
    fc.assert(
      fc.property(config, versionText, versionText, (own, from, to) => {
        const first = refused({ from, to, own });
        expect(refused({ from, to, own })).toEqual(first);
        if (version(from) === version(to)) expect(first).toEqual([]);
      }),
    );
  });
});
