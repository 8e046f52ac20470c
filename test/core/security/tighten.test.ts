// A release config that could loosen what the installer wants would make the installer's policy a wish.
import { describe, expect, test } from '@jest/globals';
import { type Gates, resolvePolicy } from '../../../core/security/policy/policy.ts';
import type { SecurityConfig } from '../../../core/security/policy/schema.ts';
import { overruled, tightened } from '../../../core/security/policy/tighten.ts';

const LOOSE: SecurityConfig = {
  enforce: 'warn',
  gates: {
    failOn: 'critical',
    unfixed: 'ignore',
    unknownSeverity: 'ignore',
    newOnly: true,
    setAside: 'accept',
    maxReportAge: '1000h',
    maxDatabaseAge: '1000h',
    platforms: ['linux/amd64'],
    knownExploited: 'ignore',
    epss: 0.99,
  },
  podSecurity: { level: 'privileged', version: 'v1.20', failOn: 'critical' },
  networkPolicies: 'warn',
  registries: ['registry.example'],
};
const STRICT: SecurityConfig = {
  enforce: 'block',
  gates: {
    failOn: 'low',
    maxReportAge: '1h',
    maxDatabaseAge: '2h',
    epss: 0.1,
    licences: ['AGPL-3.0'],
  },
  podSecurity: { level: 'restricted', version: 'latest', failOn: 'low' },
  networkPolicies: 'block',
  registries: ['registry.example/team'],
};

function both(
  installer: SecurityConfig,
  own: SecurityConfig,
  exceptions: 'allowed' | 'refused' = 'allowed',
) {
  const policy = resolvePolicy(installer, 'installer');
  return tightened({ policy, exceptions }, resolvePolicy(own, 'release config'));
}

test.each([
  ['a strict installer and a loose release config', STRICT, LOOSE],
  ['a loose installer and a strict release config', LOOSE, STRICT],
])('of %s the stricter counts, part by part', (_what, installer, own) => {
  const merged = both(installer, own);
  const { gates, ...rest } = merged ?? { registries: [] };
  const expected: Gates = {
    failOn: 'low',
    unfixed: 'block',
    unknownSeverity: 'block',
    newOnly: false,
    setAside: 'count',
    maxReportAgeMs: 3_600_000,
    maxDatabaseAgeMs: 7_200_000,
    databaseAgeRequired: true,
    platforms: undefined,
    knownExploited: 'block',
    epss: 0.1,
    licences: ['AGPL-3.0'],
  };
  expect(gates).toEqual(expected);
  expect(rest).toMatchObject({
    enforce: 'block',
    podSecurity: { level: 'restricted', minor: undefined, failOn: 'low' },
    networkPolicies: 'block',
  });
  expect(rest.registries).toHaveLength(2);
});

test.each(Object.keys(STRICT) as (keyof SecurityConfig)[])(
  'a release config that leaves out %s has the one of the installer',
  (key) => {
    const { [key]: _left, ...own } = LOOSE;
    const alone = resolvePolicy(STRICT, 'installer');
    expect(both(STRICT, own)?.[key]).toEqual(alone[key]);
  },
);

describe('signatures', () => {
  const keyed = (key: string): SecurityConfig => ({ signatures: { keys: [key] } });

  test('of a release config come beside those of the installer, and each has to hold', () => {
    const { signatures = [] } = both(keyed('A'), keyed('B')) ?? {};
    expect(signatures.map(({ author, keys }) => [author, keys])).toEqual([
      ['installer', ['A']],
      ['release config', ['B']],
    ]);
  });
});

describe('exceptions', () => {
  const excepting: SecurityConfig = {
    vex: ['own.json'],
    exceptions: [
      {
        id: 'CVE-1',
        scope: { path: 'x' },
        owner: 'o',
        reason: 'r',
        expires: '2026-12-31T00:00:00Z',
      },
    ],
  };

  test('of a release config count where the installer allows them', () => {
    expect(both({}, excepting)).toMatchObject({ exceptions: [{ id: 'CVE-1' }], vex: [{}] });
  });

  test('of a release config do not where the installer does not, and that is said', () => {
    expect(both({}, excepting, 'refused')).toMatchObject({ exceptions: [], vex: [] });
    const policy = resolvePolicy(STRICT, 'installer');
    const own = resolvePolicy({ ...LOOSE, ...excepting }, 'release config');
    expect(overruled({ policy, exceptions: 'refused' }, own)).toEqual([
      'enforce warn counts as block',
      'gates.failOn critical counts as low',
      'gates.newOnly true counts as false',
      'podSecurity.level privileged counts as restricted',
      '2 exceptions do not count',
    ]);
  });
});

test('where no one asks for anything there is no policy', () => {
  expect(tightened(undefined, undefined)).toBeUndefined();
});
