/** The key `strategy.canary`: how much traffic the candidate gets, and when it gets more. */

import type { ConfigIssue } from '../../../base/config-issue.ts';
import { durationMs } from '../../../base/duration.ts';
import type { FromSchema } from '../../../base/from-schema.ts';
import { DURATION, PERCENTAGE } from '../../../base/schema-types.ts';
import {
  type Increments,
  incrementIssues,
  incrementsMs,
  resolveSteps,
  STEP,
  STEPS,
  type StepSetting,
  type StepsConfig,
  stepsIssues,
  stepsMs,
} from './steps.ts';

export const CANARY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    steps: { ...STEPS, description: 'Default 10, 25, 50, then all.' },
    initialPercentage: { ...PERCENTAGE, description: 'Instead of steps: where to begin.' },
    incrementPercentage: { ...PERCENTAGE, description: 'Default: initialPercentage, or 10.' },
    incrementInterval: { ...DURATION, description: 'Default 5m.' },
    targetPercentage: {
      ...PERCENTAGE,
      description: 'The last weight before all of it. Default 100.',
    },
    headers: {
      type: 'object',
      minProperties: 1,
      additionalProperties: { type: 'string', minLength: 1 },
      description:
        'Requests with these headers go to the candidate, whatever the weight; router istio or gateway-api.',
    },
    monitoring: {
      ...DURATION,
      description: 'How long the candidate is watched once it has all traffic. Default 5m.',
    },
  },
} as const;

type CanaryConfig = FromSchema<typeof CANARY>;

export interface CanarySettings {
  readonly moving:
    | { readonly kind: 'steps'; readonly steps: readonly StepSetting[] }
    | ({ readonly kind: 'increments' } & Increments);
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly monitoringMs: number;
}

const DEFAULT_STEPS: StepsConfig = [{ weight: 10 }, { weight: 25 }, { weight: 50 }];

export function resolveCanary(written: CanaryConfig = {}): CanarySettings {
  const { initialPercentage: initial, incrementPercentage: increment, targetPercentage } = written;
  const counted =
    initial !== undefined || increment !== undefined || targetPercentage !== undefined;
  return {
    moving:
      counted && !written.steps
        ? {
            kind: 'increments',
            initial: initial ?? 10,
            increment: increment ?? initial ?? 10,
            target: targetPercentage ?? 100,
            intervalMs: durationMs(written.incrementInterval, STEP),
          }
        : { kind: 'steps', steps: resolveSteps(written.steps ?? DEFAULT_STEPS) },
    headers: written.headers,
    monitoringMs: durationMs(written.monitoring, '5m'),
  };
}

export function canaryIssues({ moving }: CanarySettings): ConfigIssue[] {
  if (moving.kind === 'steps') return stepsIssues(moving.steps, '/strategy/canary/steps');
  if (moving.target >= moving.initial) {
    return incrementIssues(moving, '/strategy/canary/incrementPercentage');
  }
  const message = `${moving.target} is less than initialPercentage ${moving.initial}`;
  return [{ path: '/strategy/canary/targetPercentage', message }];
}

/** How long the candidate is watched in all. */
export function canaryMs({ moving, monitoringMs }: CanarySettings): number {
  return monitoringMs + (moving.kind === 'steps' ? stepsMs(moving.steps) : incrementsMs(moving));
}
