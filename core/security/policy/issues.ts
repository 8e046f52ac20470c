/** What is wrong with a policy although the schema accepts it. */
import type { ConfigIssue } from '../../base/config-issue.ts';
import { isFindingId, kindOf } from '../catalogue/catalogue.ts';
import { zonedTimeOf } from '../time.ts';
import type { SecurityConfig } from './schema.ts';

/** Paths begin below the section: `/signatures`. */
export function policyIssues(written: SecurityConfig): ConfigIssue[] {
  return [
    ...signatureIssues(written),
    ...attestationIssues(written),
    ...(written.exceptions ?? []).flatMap(exceptionIssues),
  ];
}

function signatureIssues({ signatures }: SecurityConfig): ConfigIssue[] {
  if (!signatures) return [];
  const path = '/signatures';
  const { keys, identities, trustRoot, formats = [] } = signatures;
  if (!keys && !identities) {
    return [
      { path, message: 'needs keys or identities: any signature at all vouches for nothing' },
    ];
  }
  const issues: ConfigIssue[] = [];
  if (identities && trustRoot === undefined) {
    issues.push({ path, message: 'identities need trustRoot: certificates are held against it' });
  }
  if (!identities && trustRoot !== undefined) {
    issues.push({ path: `${path}/trustRoot`, message: 'is used by identities alone' });
  }
  if (identities && formats.length > 0 && !formats.includes('bundle')) {
    issues.push({ path: `${path}/formats`, message: 'identities need the format bundle' });
  }
  return issues;
}

function attestationIssues({ attestations = [], signatures }: SecurityConfig): ConfigIssue[] {
  const issues = attestations.flatMap(({ type, builders }, index): ConfigIssue[] =>
    builders && type !== 'slsa-provenance'
      ? [{ path: `/attestations/${index}/builders`, message: 'is for slsa-provenance alone' }]
      : [],
  );
  if (attestations.length > 0 && !signatures) {
    issues.push({
      path: '/attestations',
      message: 'needs signatures: what no key of the policy has signed is not read',
    });
  }
  return issues;
}

type WrittenException = NonNullable<SecurityConfig['exceptions']>[number];

function exceptionIssues({ id, expires }: WrittenException, index: number): ConfigIssue[] {
  const path = `/exceptions/${index}`;
  const issues: ConfigIssue[] = [];
  if (isFindingId(id) && !kindOf(id).excepted) {
    issues.push({ path: `${path}/id`, message: 'is a finding that cannot be excepted' });
  }
  if (/^(SCN|SIG|IMG|REG|EXC|VUL|SEC|LIC|MIS|K8S|PSS)/.test(id) && !isFindingId(id)) {
    issues.push({
      path: `${path}/id`,
      message: 'is not a finding: docs/security-scan.md lists them',
    });
  }
  if (zonedTimeOf(expires) === undefined) {
    const message = 'must be a time of RFC 3339 with its zone: 2026-12-31T00:00:00Z';
    issues.push({ path: `${path}/expires`, message });
  }
  return issues;
}
