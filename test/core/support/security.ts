// Builders for what security-scan looks at: everything fit to serve, but for what a test says.
import { instant } from '../../../core/base/vocabulary.ts';
import type { PodTemplate } from '../../../core/kubernetes/objects.ts';
import { exceptingBy } from '../../../core/security/exceptions/excepting.ts';
import type { VexStatement } from '../../../core/security/exceptions/statement.ts';
import type { Finding } from '../../../core/security/finding.ts';
import { type Exception, resolvePolicy } from '../../../core/security/policy/policy.ts';
import type { SecurityConfig } from '../../../core/security/policy/schema.ts';
import { zonedTimeOf } from '../../../core/security/time.ts';

export const NOW = zonedTimeOf('2026-11-30T12:00:00Z') ?? instant(0);
export const DAY_MS = 86_400_000;
export const PURL = 'pkg:deb/debian/openssl@3.0.1?arch=amd64';
const DIGEST = `sha256:${'a'.repeat(64)}`;
export const SUBJECT = { repository: 'registry.example/team/payment', digests: [DIGEST] };

export function policy(written: SecurityConfig) {
  return resolvePolicy(written, 'release config');
}

export function vulnerability(over: Partial<Finding> = {}): Finding {
  return {
    id: 'VUL001',
    severity: 'high',
    message: 'openssl 3.0.1: something bad',
    place: { purl: PURL, path: 'usr/lib/libssl.so' },
    names: ['CVE-2026-1'],
    fixedIn: ['3.0.2'],
    ...over,
  };
}

export function exception(over: Partial<Exception> = {}): Exception {
  return {
    id: 'CVE-2026-1',
    scope: { purl: 'pkg:deb/debian/openssl' },
    owner: 'payments',
    reason: 'not reachable',
    expires: instant(NOW + DAY_MS),
    ...over,
  };
}

export function excepting(
  exceptions: readonly Exception[] = [],
  vex: readonly VexStatement[] = [],
) {
  return exceptingBy(exceptions, vex, SUBJECT, NOW);
}

/** A pod that `restricted` of every version accepts, and of which nothing else is to be said. */
export function goodTemplate(): PodTemplate {
  const probe = { httpGet: { path: '/', port: 8080 } };
  const container = {
    name: 'app',
    image: `registry.example/team/payment:v1@${DIGEST}`,
    readinessProbe: probe,
    livenessProbe: probe,
    resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
  const spec = { automountServiceAccountToken: false, containers: [container] };
  return { metadata: { labels: { app: 'payment' } }, spec };
}
