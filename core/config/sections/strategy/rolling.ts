/** The key `strategy.rolling`: counts as Kubernetes wants them written, and what it refuses. */

import type { ConfigIssue } from '../../../base/config-issue.ts';
import { durationMs } from '../../../base/duration.ts';
import type { FromSchema } from '../../../base/from-schema.ts';
import { DURATION } from '../../../base/schema-types.ts';

export const ROLLING = {
  type: 'object',
  additionalProperties: false,
  properties: {
    maxSurge: {
      type: ['integer', 'string'],
      format: 'count-or-share',
      minimum: 1,
      description: 'How many pods more than asked for while it rolls. Default 25%.',
    },
    maxUnavailable: {
      type: ['integer', 'string'],
      format: 'count-or-share',
      minimum: 0,
      description:
        'How many pods fewer than asked for while it rolls. Default 0; more costs capacity.',
    },
    monitoring: {
      ...DURATION,
      description: 'How long the candidate is watched once it has all traffic. Default 5m.',
    },
  },
} as const;

type RollingConfig = FromSchema<typeof ROLLING>;

export interface RollingSettings {
  readonly maxSurge: number | string;
  readonly maxUnavailable: number | string;
  readonly monitoringMs: number;
}

export function resolveRolling(written: RollingConfig = {}): RollingSettings {
  return {
    maxSurge: resolveCount(written.maxSurge ?? '25%'),
    maxUnavailable: resolveCount(written.maxUnavailable ?? 0),
    monitoringMs: durationMs(written.monitoring, '5m'),
  };
}

/** A number that was written as a text is a number: the API takes only percentages as texts. */
function resolveCount(written: number | string): number | string {
  return typeof written === 'string' && /^\d+$/.test(written) ? Number(written) : written;
}

/** Nothing can be replaced where no pod may be added and none may be missing. */
export function rollingIssues({ maxSurge, maxUnavailable }: RollingSettings): ConfigIssue[] {
  if (!isNone(maxSurge) || !isNone(maxUnavailable)) return [];
  const message = `${maxSurge} and maxUnavailable ${maxUnavailable} cannot both be 0: no pod could ever be replaced. Let one more pod run (maxSurge: 1)`;
  return [{ path: '/strategy/rolling/maxSurge', message }];
}

function isNone(count: number | string): boolean {
  return Number.parseInt(String(count), 10) === 0;
}
