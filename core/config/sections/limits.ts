/** The key `limits`: how long a release may take, and how long it may wait for what. */

import type { ConfigIssue } from '../../base/config-issue.ts';
import { durationMs } from '../../base/duration.ts';
import type { FromSchema } from '../../base/from-schema.ts';
import { DURATION } from '../../base/schema-types.ts';
import { timeIssues } from '../deadline.ts';

export const LIMITS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    maxDuration: { ...DURATION, description: 'Of the deploy stage. Default 35m.' },
    readyTimeout: {
      ...DURATION,
      description: 'For new pods to become ready; counted anew from each that does. Default 10m.',
    },
    schedulingTimeout: {
      ...DURATION,
      description:
        'For a new pod to find a node. Default 30s; longer where an autoscaler adds nodes.',
    },
    viewAge: {
      ...DURATION,
      description:
        'What is seen of the cluster may be so old; on what is older nothing goes forward, and after analysis.unmeasurableLimit it goes back. At least 45s. Default 60s.',
    },
    apiAway: {
      ...DURATION,
      description:
        'So long a release holds where the API server does not answer anybody. Default 10m.',
    },
  },
} as const;

type LimitsConfig = FromSchema<typeof LIMITS>;

export interface LimitsSettings {
  readonly maxMs: number;
  readonly readyMs: number;
  /** A new pod is given this long to find a node. */
  readonly schedulingMs: number;
  /** What is seen of the cluster may be so old; undefined in plans from before there was a limit. */
  readonly viewAgeMs?: number;
  /** So long a release holds for an API server that does not answer. */
  readonly apiAwayMs?: number;
}

/** Everything is listed anew every 30 s, and a list takes its time. */
const LEAST_VIEW_AGE_MS = 45_000;
export const DEFAULT_SCHEDULING_MS = 30_000;

export function resolveLimits(limits: LimitsConfig = {}): LimitsSettings {
  return {
    maxMs: durationMs(limits.maxDuration, '35m'),
    readyMs: durationMs(limits.readyTimeout, '10m'),
    schedulingMs: durationMs(limits.schedulingTimeout, `${DEFAULT_SCHEDULING_MS / 1000}s`),
    viewAgeMs: durationMs(limits.viewAge, '60s'),
    apiAwayMs: durationMs(limits.apiAway, '10m'),
  };
}

/** `stageMs` is the time that the deploy stage is given. */
export function limitsIssues(
  { maxMs, readyMs, viewAgeMs = LEAST_VIEW_AGE_MS }: LimitsSettings,
  stageMs: number,
): ConfigIssue[] {
  const issues = timeIssues(maxMs, stageMs);
  if (viewAgeMs < LEAST_VIEW_AGE_MS) {
    const message = 'everything is listed every 30s: nothing younger than 45s can be relied on';
    issues.push({ path: '/limits/viewAge', message });
  }
  if (readyMs >= maxMs) {
    issues.push({ path: '/limits/readyTimeout', message: 'leaves nothing of limits.maxDuration' });
  }
  return issues;
}
