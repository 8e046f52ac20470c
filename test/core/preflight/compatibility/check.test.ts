// Which versions go together: a release that would break somebody is refused before anything is touched,
// all that speaks against it at once, each with who it is about and what would satisfy it.
import { describe, expect, test } from '@jest/globals';
import { findingsOf, textsOf, type Written } from './support.ts';

describe('what the candidate needs', () => {
  const own = { versions: [{ match: '>=2', requires: { ledger: '>=2.3 <4' } }] };

  test.each<[string, Written, string[]]>([
    ['is there', { own, running: { ledger: '2.3.0' } }, []],
    ['is asked of no version that the rule is not about', { own, to: '1.9.0' }, []],
    [
      'is too old',
      { own, running: { ledger: '2.2.9' } },
      [
        'refuse needs-version: payments 2.0.0 needs ledger >=2.3 <4 (versions[0] of the release config), and 2.2.9 is there',
      ],
    ],
    [
      'is too new',
      { own, running: { ledger: '4.0.0' } },
      [
        'refuse needs-version: payments 2.0.0 needs ledger >=2.3 <4 (versions[0] of the release config), and 4.0.0 is there',
      ],
    ],
    [
      'is too new already as a pre-release: 4.0.0-rc.1 is no version below 4',
      { own, running: { ledger: '4.0.0-rc.1' } },
      [
        'refuse needs-version: payments 2.0.0 needs ledger >=2.3 <4 (versions[0] of the release config), and 4.0.0-rc.1 is there',
      ],
    ],
    [
      'is being released itself, and one of its two versions does not fit',
      { own, running: { ledger: '2.2.0,2.3.0' } },
      [
        'refuse needs-version: payments 2.0.0 needs ledger >=2.3 <4 (versions[0] of the release config), and 2.2.0 is there',
      ],
    ],
    [
      'is not there at all',
      { own },
      [
        'refuse needs-version: payments 2.0.0 needs ledger >=2.3 <4 (versions[0] of the release config), and there is no service ledger',
      ],
    ],
    [
      'is there, and no one knows in which version: that is no yes',
      { own, running: { ledger: '?' } },
      [
        'refuse needs-version: payments 2.0.0 needs ledger >=2.3 <4 (versions[0] of the release config), and its version is not known: the tag latest is none',
      ],
    ],
  ])('%s', (_how, written, expected) => {
    expect(textsOf(written)).toEqual(expected);
  });

  test('of a database is refused where it lies behind, and only warned of where this run migrates it', () => {
    const written = {
      own: { versions: [{ match: '>=2', requires: { database: '>=17' } }] },
      running: { database: '16' },
    };
    expect(findingsOf(written)).toMatchObject([{ check: 'needs-version', severity: 'refuse' }]);
    expect(findingsOf({ ...written, migrates: true })).toMatchObject([
      { severity: 'warn', advice: 'the migration of this run has to bring it there' },
    ]);
  });

  test('of a database that is past it is refused although this run migrates: no migration goes back', () => {
    const own = { versions: [{ match: '*', requires: { database: '<17' } }] };
    expect(findingsOf({ own, running: { database: '17' }, migrates: true })).toMatchObject([
      { check: 'needs-version', severity: 'refuse' },
    ]);
  });
});

describe('who needs the candidate', () => {
  const orders = {
    versions: [
      { match: '<2', requires: { payments: '<2' } },
      { match: '>=2', requires: { payments: '>=1.5' } },
    ],
  };

  test('is named, with the version that would take it', () => {
    expect(findingsOf({ others: { orders }, running: { orders: '1.4.0' } })).toEqual([
      {
        check: 'breaks-consumer',
        severity: 'refuse',
        message:
          'orders 1.4.0 needs payments <2 (versions[0] of orders.yaml), and 2.0.0 is to be released',
        advice: 'release orders >=2 first, or release a version of payments within <2',
      },
    ]);
  });

  test.each<[string, Written]>([
    ['runs in a version that takes it', { others: { orders }, running: { orders: '2.0.1' } }],
    ['does not run here', { others: { orders } }],
    [
      'needs somebody else',
      { others: { orders: { versions: [{ match: '*', requires: { x: '1' } }] } } },
    ],
  ])('breaks nothing where it %s', (_how, written) => {
    expect(textsOf(written)).toEqual([]);
  });

  test('and runs in a version that no one knows: that is no yes', () => {
    expect(textsOf({ others: { orders }, running: { orders: '?' } })).toEqual([
      'refuse version-unknown: orders needs payments in versions that depend on its own, which is not known: the tag latest is none',
    ]);
  });
});

describe('the way from the stable to the candidate', () => {
  const FROM = { versions: [{ match: '>=2', upgradeFrom: '>=1.8', downgradeTo: '>=1.9' }] };

  test.each<[string, Written, readonly string[]]>([
    ['is open from where it may be reached', { from: '1.8.0', own: FROM }, []],
    [
      'begins at a version that is old enough to be refused',
      { from: '1.7.9', own: FROM },
      [
        'payments may not go from 1.7.9 to 2.0.0: >=2 is reached from >=1.8 (versions[0] of the release config)',
        'release a version within >=1.8 first',
      ],
    ],
    ['is open within the range', { from: '2.0.0', to: '2.1.0', own: FROM }, []],
    [
      'cannot go round a range that lies between',
      { from: '1.0.0', to: '4.0.0', own: { versions: [{ match: '2.x', upgradeFrom: '>=1.8' }] } },
      [
        'payments may not go from 1.0.0 to 4.0.0: 2.x is reached from >=1.8 (versions[0] of the release config)',
        'release a version within >=1.8 first',
      ],
    ],
    ['is open back to what is allowed', { from: '2.0.0', to: '1.9.3', own: FROM }, []],
    [
      'is closed back to what is too old',
      { from: '2.0.0', to: '1.8.0', own: FROM },
      [
        'payments may not go from 2.0.0 to 1.8.0: from >=2 there is a way back to >=1.9 alone (versions[0] of the release config)',
        'release a version within >=1.9',
      ],
    ],
    [
      'stops where no upgrade passes by',
      { from: '1.8.0', to: '2.3.0', own: { stops: ['1.9.x'] } },
      [
        'payments may not go from 1.8.0 to 2.3.0: no upgrade passes by 1.9.x (stops)',
        'release 1.9.x first, then 2.3.0',
      ],
    ],
    ['has stopped there', { from: '1.9.4', to: '2.3.0', own: { stops: ['1.9.x'] } }, []],
    [
      'goes up more major versions than may be at once',
      { from: '1.0.0', to: '3.0.0', own: { majorsAtOnce: 1 } },
      [
        'payments may not go from 1.0.0 to 3.0.0: it goes up 2 major versions, and 1 may be at once',
        'release a version 2.x first',
      ],
    ],
    [
      'goes up more minor versions than may be at once',
      { from: '1.2.0', to: '1.6.0', own: { minorsAtOnce: 2 } },
      [
        'payments may not go from 1.2.0 to 1.6.0: it goes up 4 minor versions, and 2 may be at once',
        'release a version 1.4.x first',
      ],
    ],
    ['is not counted back', { from: '3.0.0', to: '1.0.0', own: { majorsAtOnce: 1 } }, []],
    ['of the same version is none', { from: '2.0.0', own: { majorsAtOnce: 0, ...FROM } }, []],
  ])('%s', (_how, written, refused) => {
    const [message, advice] = refused;
    const expected = { check: 'upgrade-path', severity: 'refuse', message, advice };
    expect(findingsOf(written)).toEqual(message === undefined ? [] : [expected]);
  });

  test('tells what breaks and what people have to do, and refuses it where that is wanted', () => {
    const own = {
      versions: [
        {
          match: '>=2',
          breaking: ['amounts are cents'],
          before: ['warn the bank'],
          after: ['drop v1'],
        },
      ],
    };
    expect(textsOf({ own })).toEqual([
      'warn breaking-change: payments 2.0.0 after 1.0.0 breaks what others may rely on (>=2): amounts are cents',
      'warn upgrade-steps: payments 2.0.0 after 1.0.0, before it is released: warn the bank',
      'warn upgrade-steps: payments 2.0.0 after 1.0.0, once it is released: drop v1',
    ]);
    expect(findingsOf({ own: { ...own, breakingChanges: 'refuse' } })[0]).toMatchObject({
      severity: 'refuse',
    });
    expect(textsOf({ own, from: '2.0.0', to: '1.0.0' })).toEqual([
      'warn breaking-change: payments 1.0.0, back from 2.0.0 takes back a change that others may rely on by now (>=2): amounts are cents',
    ]);
    expect(textsOf({ own, from: '2.0.0', to: '2.1.0' })).toEqual([]);
  });
});

describe('what is not known', () => {
  const own = { versions: [{ match: '*', upgradeFrom: '>=1' }] };

  test.each<[string, Written, string[]]>([
    [
      'of the candidate, is a refusal where anything depends on it',
      { own, to: '?' },
      [
        'refuse version-unknown: it is not known which version of payments is to be released: the tag latest is none',
      ],
    ],
    [
      'of the stable, is a refusal where the way depends on it',
      { own, from: '?' },
      [
        'refuse version-unknown: it is not known which version of payments serves: the tag latest is none',
      ],
    ],
    ['of both, is no matter where nothing is written', { from: '?', to: '?' }, []],
    [
      'of the stable, is no matter where only needs are written',
      {
        own: { versions: [{ match: '*', requires: { ledger: '1' } }] },
        from: '?',
        running: { ledger: '1' },
      },
      [],
    ],
  ])('%s', (_how, written, expected) => {
    expect(textsOf(written)).toEqual(expected);
  });
});

test('all that speaks against a release is told at once', () => {
  const checks = findingsOf({
    from: '1.0.0',
    own: {
      versions: [{ match: '>=2', requires: { ledger: '>=2', mail: '1' }, upgradeFrom: '>=1.8' }],
      stops: ['1.5.x'],
      majorsAtOnce: 0,
    },
    others: {
      orders: { versions: [{ match: '*', requires: { payments: '<2' } }] },
      web: { versions: [{ match: '*', requires: { payments: '^1.2' } }] },
    },
    running: { ledger: '1.9.0', orders: '1.4.0', web: '0.3.0' },
  }).map(({ check }) => check);
  expect(checks).toEqual([
    'needs-version',
    'needs-version',
    'breaks-consumer',
    'breaks-consumer',
    'upgrade-path',
    'upgrade-path',
    'upgrade-path',
  ]);
});
