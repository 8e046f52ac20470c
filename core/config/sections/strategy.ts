/** The key `strategy`: how a release moves traffic, and how long it watches meanwhile. */

import type { ConfigIssue } from '../../base/config-issue.ts';
import { durationMs } from '../../base/duration.ts';
import type { FromSchema } from '../../base/from-schema.ts';
import { STRATEGIES, type StrategyName } from '../../base/vocabulary.ts';
import type { Beside } from '../../judge/policy.ts';
import { derivedName } from '../../kubernetes/names.ts';
import {
  BLUE_GREEN,
  type BlueGreenSettings,
  blueGreenIssues,
  blueGreenMs,
  resolveBlueGreen,
} from './strategy/blue-green.ts';
import {
  CANARY,
  type CanarySettings,
  canaryIssues,
  canaryMs,
  resolveCanary,
} from './strategy/canary.ts';
import {
  ROLLING,
  type RollingSettings,
  resolveRolling,
  rollingIssues,
} from './strategy/rolling.ts';
import type { TrafficSettings } from './traffic.ts';

export const STRATEGY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    type: { enum: STRATEGIES, description: 'The param deployment-strategy wins over it.' },
    rolling: ROLLING,
    blueGreen: BLUE_GREEN,
    canary: CANARY,
  },
} as const;

type StrategyConfig = FromSchema<typeof STRATEGY>;

export interface StrategySettings {
  readonly strategy: StrategyName;
  readonly rolling: RollingSettings;
  readonly blueGreen: BlueGreenSettings;
  readonly canary: CanarySettings;
  readonly previewService: string;
  /** How long the old pods outlive a promotion, of every strategy with two sides. */
  readonly rollbackWindowMs: number;
}

/** The param wins over the file; an empty one was not given. */
export function resolveStrategy(
  params: { readonly service: string; readonly strategy: StrategyName | '' },
  { type = 'rolling', rolling, blueGreen, canary }: StrategyConfig = {},
): StrategySettings {
  return {
    strategy: params.strategy || type,
    rolling: resolveRolling(rolling),
    blueGreen: resolveBlueGreen(blueGreen),
    canary: resolveCanary(canary),
    previewService: blueGreen?.preview?.service ?? derivedName(params.service, 'preview'),
    rollbackWindowMs: durationMs(blueGreen?.rollbackWindow, '0s'),
  };
}

/** Where a stable serves beside the candidate, so that each can be compared in the same moments. */
export function besideIn({ strategy, blueGreen: { mode } }: StrategySettings): Beside {
  if (strategy === 'rolling') return 'at first';
  return strategy === 'blue-green' && mode.kind === 'instant' ? 'never' : 'always';
}

/** How long the candidate is watched in all, and where that is written. */
export function watchedMs({ strategy, rolling, blueGreen, canary }: StrategySettings): {
  readonly watchMs: number;
  readonly path: string;
} {
  switch (strategy) {
    case 'rolling':
      return { watchMs: rolling.monitoringMs, path: '/strategy/rolling/monitoring' };
    case 'blue-green':
      return { watchMs: blueGreenMs(blueGreen), path: '/strategy/blueGreen/monitoring' };
    case 'canary':
    case 'blue-green-with-canary':
      return { watchMs: canaryMs(canary), path: '/strategy/canary' };
  }
}

/** What contradicts itself in how traffic is moved, or asks of a router what it cannot do. */
export function strategyIssues(
  { strategy, rolling, blueGreen, canary }: StrategySettings,
  { router }: TrafficSettings,
): ConfigIssue[] {
  const issues = [
    ...(strategy === 'rolling' ? rollingIssues(rolling) : []),
    ...blueGreenIssues(blueGreen),
    ...canaryIssues(canary),
  ];
  if (canary.headers && router === 'service' && strategy !== 'rolling') {
    const message = 'a Service cannot route by headers: traffic.router needs istio or gateway-api';
    issues.push({ path: '/strategy/canary/headers', message });
  }
  if (strategy === 'rolling' && router !== 'service') {
    const message = `strategy rolling moves no traffic, so router ${router} has nothing to do`;
    issues.push({ path: '/traffic/router', message });
  }
  return issues;
}
