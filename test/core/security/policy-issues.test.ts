// A policy that the schema accepts may still ask for nothing, or for what can never be: that is refused.
import { describe, expect, test } from '@jest/globals';
import { policyIssues } from '../../../core/security/policy/issues.ts';
import { resolvePolicy } from '../../../core/security/policy/policy.ts';
import type { SecurityConfig } from '../../../core/security/policy/schema.ts';

function issues(written: SecurityConfig): string[] {
  return policyIssues(written).map(({ path, message }) => `${path} ${message}`);
}

const KEYS = ['a.pub'];
const IDENTITIES = [{ issuer: 'https://ci', subject: 'build' }];
const ANY = '/signatures needs keys or identities: any signature at all vouches for nothing';

describe('signatures', () => {
  test.each<[string, NonNullable<SecurityConfig['signatures']>, string[]]>([
    ['by keys alone', { keys: KEYS }, []],
    ['by identities with a root', { identities: IDENTITIES, trustRoot: 'root.json' }, []],
    ['by both', { keys: KEYS, identities: IDENTITIES, trustRoot: 'root.json' }, []],
    ['by anybody', {}, [ANY]],
    ['by anybody under a root', { trustRoot: 'root.json' }, [ANY]],
    [
      'by identities without a root',
      { identities: IDENTITIES },
      ['/signatures identities need trustRoot: certificates are held against it'],
    ],
    [
      'by keys under a root',
      { keys: KEYS, trustRoot: 'root.json' },
      ['/signatures/trustRoot is used by identities alone'],
    ],
    [
      'by identities in a format that has none',
      { identities: IDENTITIES, trustRoot: 'root.json', formats: ['legacy'] },
      ['/signatures/formats identities need the format bundle'],
    ],
    [
      'by identities in both formats',
      { identities: IDENTITIES, trustRoot: 'root.json', formats: ['legacy', 'bundle'] },
      [],
    ],
    ['by keys in the format that only they have', { keys: KEYS, formats: ['legacy'] }, []],
  ])('%s', (_what, signatures, expected) => {
    expect(issues({ signatures })).toEqual(expected);
  });

  test('that are not asked for have no fault', () => {
    expect(issues({})).toEqual([]);
  });
});

describe('attestations', () => {
  const signatures = { keys: KEYS };
  test.each<[string, SecurityConfig, string[]]>([
    ['with signatures', { signatures, attestations: [{ type: 'vuln' }] }, []],
    [
      'without signatures are not read',
      { attestations: [{ type: 'vuln' }] },
      ['/attestations needs signatures: what no key of the policy has signed is not read'],
    ],
    ['none, without signatures', { attestations: [] }, []],
    [
      'of a builder',
      { signatures, attestations: [{ type: 'slsa-provenance', builders: ['x'] }] },
      [],
    ],
    [
      'with builders of what is not built',
      { signatures, attestations: [{ type: 'vuln' }, { type: 'spdx', builders: ['x'] }] },
      ['/attestations/1/builders is for slsa-provenance alone'],
    ],
  ])('%s', (_what, written, expected) => {
    expect(issues(written)).toEqual(expected);
  });
});

describe('what is not written', () => {
  test('is decided for the careful', () => {
    expect(resolvePolicy({ gates: {}, podSecurity: {}, signatures: {} }, 'installer')).toEqual({
      enforce: 'block',
      gates: {
        failOn: 'high',
        unfixed: 'block',
        unknownSeverity: 'block',
        newOnly: false,
        setAside: 'count',
        maxReportAgeMs: 24 * 3_600_000,
        maxDatabaseAgeMs: 120 * 3_600_000,
        databaseAgeRequired: false,
        platforms: undefined,
        knownExploited: 'block',
        epss: undefined,
        licences: [],
      },
      signatures: [
        {
          author: 'installer',
          mode: 'any',
          keys: [],
          formats: ['legacy', 'bundle'],
          identities: [],
          trustRoot: undefined,
        },
      ],
      attestations: [],
      podSecurity: { level: 'restricted', minor: undefined, failOn: 'high' },
      networkPolicies: undefined,
      registries: [],
      exceptions: [],
      vex: [],
    });
  });

  test('of a part that is not written nothing is asked', () => {
    expect(resolvePolicy({}, 'installer')).toMatchObject({
      gates: undefined,
      signatures: [],
      podSecurity: undefined,
    });
  });
});

describe('what is written', () => {
  test('counts', () => {
    const gates = {
      maxReportAge: '1h',
      maxDatabaseAge: '2h',
      epss: 0.5,
      platforms: ['linux/arm64'],
    };
    const resolved = resolvePolicy(
      {
        enforce: 'warn',
        gates,
        podSecurity: { level: 'baseline', version: 'v1.29', failOn: 'low' },
        attestations: [{ type: 'vuln' }, { type: 'slsa-provenance', builders: ['x'] }],
        registries: ['registry.example'],
        vex: ['vex.json'],
        exceptions: [
          { id: 'CVE-1', owner: 'o', reason: 'r', scope: {}, expires: '2026-12-31T00:00:00Z' },
        ],
      },
      'release config',
    );
    expect(resolved).toMatchObject({
      enforce: 'warn',
      gates: {
        maxReportAgeMs: 3_600_000,
        maxDatabaseAgeMs: 7_200_000,
        databaseAgeRequired: true,
        epss: 0.5,
        platforms: ['linux/arm64'],
      },
      podSecurity: { level: 'baseline', minor: 29, failOn: 'low' },
      attestations: [
        { author: 'release config', type: 'vuln', builders: [] },
        { author: 'release config', type: 'slsa-provenance', builders: ['x'] },
      ],
      registries: [['registry.example']],
      vex: [{ author: 'release config', name: 'vex.json' }],
      exceptions: [{ id: 'CVE-1', expires: Date.parse('2026-12-31T00:00:00Z') }],
    });
  });

  test('the latest version of the standards is named as such', () => {
    const { podSecurity } = resolvePolicy({ podSecurity: { version: 'latest' } }, 'installer');
    expect(podSecurity?.minor).toBeUndefined();
  });
});
