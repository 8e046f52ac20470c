/** By which steps a strategy moves traffic: settings to weights, each with its time of watching. */
import type { Increments } from '../../config/sections/strategy/steps.ts';
import type { Settings } from '../../config/settings.ts';
import type { WeightStep } from '../plan.ts';

/** In order; the last step is all of it. */
export function blueGreenSteps({ blueGreen }: Settings): readonly WeightStep[] {
  const { mode, monitoringMs } = blueGreen;
  const earlier =
    mode.kind === 'instant' ? [] : mode.kind === 'weighted' ? mode.steps : counted(mode);
  return whole(earlier, monitoringMs);
}

/** Likewise. */
export function canarySteps({ canary }: Settings): readonly WeightStep[] {
  const { moving, monitoringMs } = canary;
  return whole(moving.kind === 'steps' ? moving.steps : counted(moving), monitoringMs);
}

function counted({ initial, increment, target, intervalMs }: Increments): WeightStep[] {
  const steps: WeightStep[] = [];
  for (let weight = initial; weight < target; weight += increment) {
    steps.push({ weightPercent: weight, watchMs: intervalMs });
  }
  return target < 100 ? [...steps, { weightPercent: target, watchMs: intervalMs }] : steps;
}

function whole(steps: readonly WeightStep[], monitoringMs: number): readonly WeightStep[] {
  const partial = steps.filter(({ weightPercent }) => weightPercent < 100);
  const last = steps.find(({ weightPercent }) => weightPercent === 100);
  return [...partial, { weightPercent: 100, watchMs: last?.watchMs ?? monitoringMs }];
}
