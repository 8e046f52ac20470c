/** The key `strategy.blueGreen`: how traffic is switched, and how long the old pods stay. */

import type { ConfigIssue } from '../../../base/config-issue.ts';
import { durationMs } from '../../../base/duration.ts';
import type { FromSchema } from '../../../base/from-schema.ts';
import { DURATION, NAME, PERCENTAGE } from '../../../base/schema-types.ts';
import {
  type Increments,
  incrementIssues,
  incrementsMs,
  resolveSteps,
  STEPS,
  type StepSetting,
  type StepsConfig,
  stepsIssues,
  stepsMs,
} from './steps.ts';

export const BLUE_GREEN = {
  type: 'object',
  additionalProperties: false,
  properties: {
    switch: {
      enum: ['instant', 'gradual', 'weighted'],
      description:
        'instant: all at once; gradual: by incrementPercentage every interval; weighted: by steps. Default instant.',
    },
    incrementPercentage: { ...PERCENTAGE, description: 'Of a gradual switch. Default 10.' },
    interval: { ...DURATION, description: 'Of a gradual switch. Default 30s.' },
    steps: { ...STEPS, description: 'Of a weighted switch. Default 50, then all.' },
    replicas: {
      type: 'integer',
      minimum: 1,
      description: 'Pods of the candidate. Default: as many as the stable has.',
    },
    monitoring: {
      ...DURATION,
      description: 'How long the candidate is watched once it has all traffic. Default 5m.',
    },
    rollbackWindow: {
      ...DURATION,
      description:
        'How long the old pods are kept running after a promotion, out of reach, for a fast rollback; of every strategy but rolling. Default 0s.',
    },
    preview: {
      type: 'object',
      additionalProperties: false,
      properties: {
        service: { ...NAME, description: 'Default: the service name with -preview.' },
      },
    },
  },
} as const;

type BlueGreenConfig = FromSchema<typeof BLUE_GREEN>;

export interface BlueGreenSettings {
  readonly mode:
    | { readonly kind: 'instant' }
    | ({ readonly kind: 'gradual' } & Increments)
    | { readonly kind: 'weighted'; readonly steps: readonly StepSetting[] };
  /** Undefined: as many as the stable has. */
  readonly replicas: number | undefined;
  readonly monitoringMs: number;
}

const DEFAULT_STEPS: StepsConfig = [{ weight: 50 }];

export function resolveBlueGreen(written: BlueGreenConfig = {}): BlueGreenSettings {
  return {
    mode: resolveMode(written),
    replicas: written.replicas,
    monitoringMs: durationMs(written.monitoring, '5m'),
  };
}

function resolveMode(written: BlueGreenConfig): BlueGreenSettings['mode'] {
  const {
    switch: kind = 'instant',
    incrementPercentage: increment = 10,
    interval,
    steps,
  } = written;
  switch (kind) {
    case 'instant':
      return { kind };
    case 'gradual': {
      const intervalMs = durationMs(interval, '30s');
      return { kind, initial: increment, increment, target: 100, intervalMs };
    }
    case 'weighted':
      return { kind, steps: resolveSteps(steps ?? DEFAULT_STEPS) };
  }
}

export function blueGreenIssues({ mode }: BlueGreenSettings): ConfigIssue[] {
  switch (mode.kind) {
    case 'instant':
      return [];
    case 'gradual':
      return incrementIssues(mode, '/strategy/blueGreen/incrementPercentage');
    case 'weighted':
      return stepsIssues(mode.steps, '/strategy/blueGreen/steps');
  }
}

/** How long the candidate is watched in all. */
export function blueGreenMs({ mode, monitoringMs }: BlueGreenSettings): number {
  switch (mode.kind) {
    case 'instant':
      return monitoringMs;
    case 'gradual':
      return monitoringMs + incrementsMs(mode);
    case 'weighted':
      return monitoringMs + stepsMs(mode.steps);
  }
}
