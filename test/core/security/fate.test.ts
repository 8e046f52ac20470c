// What blocks, what only warns, and what an exception can let pass: one finding at a time.
import { describe, expect, test } from '@jest/globals';
import { FINDINGS, type FindingId } from '../../../core/security/catalogue/catalogue.ts';
import { type Finding, found, keyOf } from '../../../core/security/finding.ts';
import { fateOf } from '../../../core/security/judging/fate.ts';
import type { SecurityConfig } from '../../../core/security/policy/schema.ts';
import { excepting, exception, policy, vulnerability } from '../support/security.ts';

type Gates = NonNullable<SecurityConfig['gates']>;

function fate(finding: Finding, gates: Gates = {}, baseline?: ReadonlySet<string>): string {
  return fateOf(finding, policy({ gates }), excepting(), baseline).kind;
}

describe('a vulnerability', () => {
  test.each<[string, Partial<Finding>, Gates, string]>([
    ['at the threshold blocks', { severity: 'high' }, {}, 'blocks'],
    ['above it blocks', { severity: 'critical' }, {}, 'blocks'],
    ['below it is told', { severity: 'medium' }, {}, 'warned'],
    ['below a higher threshold is told', { severity: 'high' }, { failOn: 'critical' }, 'warned'],
    ['that no version mends blocks all the same', { fixedIn: [] }, {}, 'blocks'],
    ['that no version mends may be let go', { fixedIn: [] }, { unfixed: 'ignore' }, 'warned'],
    ['that no one has rated blocks', { severity: 'unknown' }, {}, 'blocks'],
    [
      'that no one has rated may be let go',
      { severity: 'unknown' },
      { unknownSeverity: 'ignore' },
      'warned',
    ],
    [
      'that is known to be exploited blocks, however low and unmended',
      { severity: 'low', knownExploited: true, fixedIn: [] },
      { unfixed: 'ignore' },
      'blocks',
    ],
    [
      'as likely to be exploited as the limit blocks',
      { severity: 'low', epss: 0.5 },
      { epss: 0.5 },
      'blocks',
    ],
    ['less likely than that is told', { severity: 'low', epss: 0.49 }, { epss: 0.5 }, 'warned'],
    ['that the scanner set aside counts', { setAside: 'ignored' }, {}, 'blocks'],
    [
      'that the scanner set aside passes where the policy says so',
      { setAside: 'ignored' },
      { setAside: 'accept' },
      'excepted',
    ],
  ])('%s', (_what, over, gates, expected) => {
    expect(fate(vulnerability(over), gates)).toBe(expected);
  });

  test('that the stable has too is old, in another version of the package as well', () => {
    const stable = keyOf(
      vulnerability({ place: { purl: 'pkg:deb/debian/openssl@3.0.0?arch=arm64' } }),
    );
    const newOnly = { newOnly: true };
    expect(fate(vulnerability(), newOnly, new Set([stable]))).toBe('old');
    expect(fate(vulnerability({ names: ['CVE-2026-2'] }), newOnly, new Set([stable]))).toBe(
      'blocks',
    );
    expect(fate(vulnerability(), {}, new Set([stable]))).toBe('blocks');
  });

  test('is new where nothing is known of the stable', () => {
    expect(fate(vulnerability(), { newOnly: true }, undefined)).toBe('blocks');
  });
});

const UNEXCEPTED: FindingId[] = ['IMG002', 'IMG003', 'SIG001', 'SIG002', 'SIG003', 'REG001'];
const SCANS: FindingId[] = ['SCN001', 'SCN002', 'SCN003', 'SCN004', 'SCN005', 'SCN006'];

describe('what cannot be excepted', () => {
  test.each([...UNEXCEPTED, ...SCANS])('%s blocks whatever the policy says', (id) => {
    const all = excepting([exception({ id, scope: { path: 'x' } })]);
    const { kind } = fateOf(found(id, 'm', { path: 'x' }), policy({}), all, undefined);
    expect(kind).toBe(SCANS.includes(id) || id === 'REG001' ? 'undecided' : 'blocks');
    expect(FINDINGS[id].excepted).toBe(false);
  });

  test('a new image is not measured by the old one where its signature is asked for', () => {
    const finding = found('SIG001', 'm');
    const known = new Set([keyOf(finding)]);
    const { kind } = fateOf(finding, policy({ gates: { newOnly: true } }), excepting(), known);
    expect(kind).toBe('blocks');
  });
});

describe('what is not a vulnerability', () => {
  test.each<[FindingId, SecurityConfig, string]>([
    ['SEC001', { gates: {} }, 'blocks'],
    ['VUL002', { gates: { failOn: 'critical' } }, 'warned'],
    ['VUL002', { gates: {} }, 'blocks'],
    ['VUL003', { gates: {} }, 'blocks'],
    ['PSS-PRIVILEGED', { podSecurity: {} }, 'blocks'],
    ['PSS-PRIVILEGED', {}, 'warned'],
    ['PSS-PRIVILEGED', { podSecurity: { failOn: 'critical' } }, 'warned'],
    ['K8S004', { podSecurity: {} }, 'warned'],
    ['K8S004', { podSecurity: { failOn: 'medium' } }, 'blocks'],
    ['K8S010', { networkPolicies: 'warn' }, 'warned'],
    ['K8S010', { networkPolicies: 'block' }, 'blocks'],
    ['EXC002', { gates: {} }, 'warned'],
  ])('%s under %j is %s', (id, written, expected) => {
    expect(fateOf(found(id, 'm'), policy(written), excepting(), undefined).kind).toBe(expected);
  });

  test('is judged without any gates, whatever the scanner set aside', () => {
    const finding: Finding = { ...found('SEC001', 'm'), setAside: 'ignored' };
    expect(fateOf(finding, policy({}), excepting(), undefined).kind).toBe('blocks');
  });

  test('a licence blocks where the policy names it', () => {
    const finding: Finding = { ...found('LIC001', 'AGPL-3.0 of x'), names: ['AGPL-3.0'] };
    expect(fate(finding, { licences: ['AGPL-3.0'] })).toBe('blocks');
    expect(fate(finding, { licences: ['GPL-3.0'] })).toBe('warned');
  });
});
