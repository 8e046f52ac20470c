/** How traffic is moved: the settings of blue-green and canary, decided, and what contradicts itself in them. */
import { durationMs } from '../../../base/duration.ts';
import type { RouterName, StrategyName } from '../../../base/vocabulary.ts';
import type { Beside } from '../../../judge/policy.ts';
import type { ConfigIssue } from '../../issue.ts';
import type { BlueGreenConfig, CanaryConfig, StepConfig } from '../../release-config.ts';

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

export interface BlueGreenSettings {
  readonly mode:
    | { readonly kind: 'instant' }
    | ({ readonly kind: 'gradual' } & Increments)
    | { readonly kind: 'weighted'; readonly steps: readonly StepSetting[] };
  /** Undefined: as many as the stable has. */
  readonly replicas: number | undefined;
  readonly monitoringMs: number;
}

export interface CanarySettings {
  readonly moving:
    | { readonly kind: 'steps'; readonly steps: readonly StepSetting[] }
    | ({ readonly kind: 'increments' } & Increments);
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly monitoringMs: number;
}

/** The settings that say together how traffic is moved. */
interface Moving {
  readonly strategy: StrategyName;
  readonly rolling: { readonly monitoringMs: number };
  readonly blueGreen: BlueGreenSettings;
  readonly canary: CanarySettings;
  readonly traffic: { readonly router: RouterName };
}

const STEP = '5m';
const DEFAULT_STEPS: readonly StepConfig[] = [{ weight: 10 }, { weight: 25 }, { weight: 50 }];
const DEFAULT_WEIGHTED: readonly StepConfig[] = [{ weight: 50 }];

export function resolveBlueGreen(written: BlueGreenConfig = {}): BlueGreenSettings {
  const increment = written.incrementPercentage ?? 10;
  const intervalMs = durationMs(written.interval, '30s');
  const mode = written.switch ?? 'instant';
  return {
    mode:
      mode === 'instant'
        ? { kind: mode }
        : mode === 'gradual'
          ? { kind: mode, initial: increment, increment, target: 100, intervalMs }
          : { kind: mode, steps: settleSteps(written.steps ?? DEFAULT_WEIGHTED) },
    replicas: written.replicas,
    monitoringMs: durationMs(written.monitoring, '5m'),
  };
}

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
        : { kind: 'steps', steps: settleSteps(written.steps ?? DEFAULT_STEPS) },
    headers: written.headers,
    monitoringMs: durationMs(written.monitoring, '5m'),
  };
}

/** Where a stable serves beside the candidate, so that each can be compared in the same moments. */
export function besideIn(strategy: StrategyName, { mode }: BlueGreenSettings): Beside {
  if (strategy === 'rolling') return 'at first';
  return strategy === 'blue-green' && mode.kind === 'instant' ? 'never' : 'always';
}

/** How long the candidate is watched in all, and where that is written. */
export function watchedMs({ strategy, rolling, blueGreen, canary }: Moving): {
  readonly watchMs: number;
  readonly path: string;
} {
  switch (strategy) {
    case 'rolling':
      return { watchMs: rolling.monitoringMs, path: '/strategy/rolling/monitoring' };
    case 'blue-green': {
      const watchMs = blueGreen.monitoringMs + movingMs(blueGreen.mode);
      return { watchMs, path: '/strategy/blueGreen/monitoring' };
    }
    case 'canary':
    case 'blue-green-with-canary': {
      const watchMs = canary.monitoringMs + movingMs(canary.moving);
      return { watchMs, path: '/strategy/canary' };
    }
  }
}

/** Steps that do not rise, a target below the beginning, headers that nothing can route by. */
export function trafficStepIssues({ strategy, blueGreen, canary, traffic }: Moving): ConfigIssue[] {
  const faults: ConfigIssue[] = [];
  const rising = (steps: readonly StepSetting[], path: string): void => {
    steps.forEach(({ weightPercent }, index) => {
      const before = steps[index - 1]?.weightPercent ?? 0;
      if (weightPercent > before) return;
      const message = `${weightPercent} does not rise above ${before}, the step before it`;
      faults.push({ path: `${path}/${index}/weight`, message });
    });
  };
  if (blueGreen.mode.kind === 'weighted') rising(blueGreen.mode.steps, '/strategy/blueGreen/steps');
  if (canary.moving.kind === 'steps') rising(canary.moving.steps, '/strategy/canary/steps');
  else if (canary.moving.target < canary.moving.initial) {
    const message = `${canary.moving.target} is less than initialPercentage ${canary.moving.initial}`;
    faults.push({ path: '/strategy/canary/targetPercentage', message });
  }
  if (canary.headers && traffic.router === 'service' && strategy !== 'rolling') {
    const message = 'a Service cannot route by headers: traffic.router needs istio or gateway-api';
    faults.push({ path: '/strategy/canary/headers', message });
  }
  if (strategy === 'rolling' && traffic.router !== 'service') {
    const message = `strategy rolling moves no traffic, so router ${traffic.router} has nothing to do`;
    faults.push({ path: '/traffic/router', message });
  }
  return faults;
}

function movingMs(moving: BlueGreenSettings['mode'] | CanarySettings['moving']): number {
  switch (moving.kind) {
    case 'instant':
      return 0;
    case 'steps':
    case 'weighted':
      return moving.steps.reduce((sum, { watchMs }) => sum + watchMs, 0);
    case 'gradual':
    case 'increments': {
      const { initial, increment, target, intervalMs } = moving;
      return Math.max(0, Math.ceil((target - initial) / increment)) * intervalMs;
    }
  }
}

function settleSteps(steps: readonly StepConfig[]): StepSetting[] {
  return steps.map(({ weight, duration }) => ({
    weightPercent: weight,
    watchMs: durationMs(duration, STEP),
  }));
}
