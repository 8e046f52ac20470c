/** Steps and increments, in which blue-green and canary move traffic alike. */

import type { ConfigIssue } from '../../../base/config-issue.ts';
import { durationMs } from '../../../base/duration.ts';
import type { FromSchema } from '../../../base/from-schema.ts';
import { DURATION, PERCENTAGE } from '../../../base/schema-types.ts';

/** Each stands in the plan, and so in the journal; a route's weight is a whole percentage. */
const MOST_STEPS = 100;

export const STEPS = {
  type: 'array',
  minItems: 1,
  maxItems: MOST_STEPS,
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['weight'],
    properties: {
      weight: { ...PERCENTAGE, description: 'Percent of the traffic.' },
      duration: { ...DURATION, description: 'How long it is watched at this weight. Default 5m.' },
    },
  },
} as const;

export type StepsConfig = FromSchema<typeof STEPS>;

export interface StepSetting {
  readonly weightPercent: number;
  readonly watchMs: number;
}

/** From `initial` by `increment` to `target`, in percent. */
export interface Increments {
  readonly initial: number;
  readonly increment: number;
  readonly target: number;
  readonly intervalMs: number;
}

/** How long a step is watched, unless it says. */
export const STEP = '5m';

export function resolveSteps(steps: StepsConfig): StepSetting[] {
  return steps.map(({ weight, duration }) => ({
    weightPercent: weight,
    watchMs: durationMs(duration, STEP),
  }));
}

/** Every step sends more to the candidate than the one before it. */
export function stepsIssues(steps: readonly StepSetting[], path: string): ConfigIssue[] {
  return steps.flatMap(({ weightPercent }, index) => {
    const before = steps[index - 1]?.weightPercent ?? 0;
    if (weightPercent > before) return [];
    const message = `${weightPercent} does not rise above ${before}, the step before it`;
    return [{ path: `${path}/${index}/weight`, message }];
  });
}

/** So many steps that no one watches them are a slip, such as 0.001 for 1. */
export function incrementIssues(
  { initial, increment, target }: Increments,
  path: string,
): ConfigIssue[] {
  if ((target - initial) / increment <= MOST_STEPS) return [];
  return [{ path, message: `makes more than ${MOST_STEPS} steps of ${increment} percent` }];
}

export function stepsMs(steps: readonly StepSetting[]): number {
  return steps.reduce((sum, { watchMs }) => sum + watchMs, 0);
}

export function incrementsMs({ initial, increment, target, intervalMs }: Increments): number {
  return Math.max(0, Math.ceil((target - initial) / increment)) * intervalMs;
}
