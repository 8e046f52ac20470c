/** What preflight finds, and what a user may decide to live with. */

import type { Instant } from '../base/vocabulary.ts';
import type { Settings } from '../config/settings.ts';
import { timeOf } from '../kubernetes/time.ts';

export const CHECKS = [
  'breaking-change',
  'breaks-consumer',
  'capacity',
  'certificate-expires',
  'colour-in-manifest',
  'config-missing',
  'dependency-away',
  'deployment-paused',
  'deployment-unhealthy',
  'endpoints',
  'error-budget',
  'frozen',
  'grace-too-short',
  'headless',
  'image-not-pinned',
  'image-old',
  'load-balancer',
  'local-traffic',
  'max-unavailable',
  'mesh-clients',
  'needs-version',
  'no-backup',
  'no-metrics',
  'no-pdb',
  'no-pre-stop',
  'no-readiness-probe',
  'no-surge',
  'node-pressure',
  'not-admitted',
  'not-ready-addresses',
  'owned-by-controller',
  'pdb-blocks',
  'pdb-misses-candidate',
  'routes-follow',
  'schema-floor',
  'session-affinity',
  'single-replica',
  'slow-readiness',
  'stable-fails-smoke',
  'stable-lacks-header',
  'stable-lacks-hook',
  'stable-too-few',
  'too-long',
  'two-versions',
  'unsafe-migration',
  'upgrade-path',
  'upgrade-steps',
  'version-unknown',
] as const;
export type Check = (typeof CHECKS)[number];

/** `refuse` stops the release, `warn` is for the person who reads the log. */
export interface Finding {
  readonly check: Check;
  readonly severity: 'refuse' | 'warn';
  readonly message: string;
  readonly advice: string;
}

export interface Sorted {
  readonly refused: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** Refusals that the config ignores, each with the reason given there. */
  readonly ignored: readonly { readonly finding: Finding; readonly reason: string }[];
}

/** Sets aside what the config says to ignore, as long as it says so. */
export function sortFindings(
  findings: readonly Finding[],
  ignore: Settings['ignoredChecks'],
  at: Instant,
): Sorted {
  const ignored: Sorted['ignored'][number][] = [];
  const refused: Finding[] = [];
  const warnings: Finding[] = [];
  for (const finding of findings) {
    const rule = ignore.find(({ check }) => check === finding.check);
    const expired = rule?.expires !== undefined && endOf(rule.expires) < at;
    if (rule && !expired) ignored.push({ finding, reason: rule.reason });
    else if (finding.severity === 'warn') warnings.push(finding);
    else if (rule) refused.push({ ...finding, advice: `ignored until ${rule.expires}, now over` });
    else refused.push(finding);
  }
  return { refused, warnings, ignored };
}

function endOf(day: string): number {
  return timeOf(`${day}T23:59:59Z`) ?? 0;
}
