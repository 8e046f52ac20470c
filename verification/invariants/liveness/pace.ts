/**
 * Invariant 14, in worlds in which nothing goes wrong that takes time: a phase takes no longer than its own
 * bound explains.
 */
import type { Scenario } from '../../world/scenario.ts';
import type { Report } from '../broken.ts';
import type { Calm } from './calm.ts';
import { type Stretch, seconds } from './course.ts';
import { GRACE_MS, LOOK_MS, propagatedMs, routedMs, startMs } from './explained.ts';

/** The next stage of the pipeline begins. */
const HAND_OVER_MS = 5_000;
/** A few errors that the stable's rate does not explain are watched for longer (insufficientData). */
const UNEXPLAINED_MS = 120_000;
/** So many changes of routes follow each other, each of which every proxy has to hear of. */
const MOST_CHANGES = 4;

export function checkPace(
  scenario: Scenario,
  stretches: readonly Stretch[],
  isCalm: Calm,
  report: Report,
): void {
  for (const { release, phase, direction, fromMs, toMs } of stretches) {
    if (toMs === undefined || phase === 'done' || !isCalm(fromMs, toMs)) continue;
    const boundMs = LONGEST[phase]?.(scenario) ?? 0;
    if (toMs - fromMs <= boundMs) continue;
    const seen = `${release} was ${seconds(toMs - fromMs)} in phase ${phase} (${direction}), and no more than ${seconds(boundMs)} are explained`;
    report('a phase takes no longer than its own bound explains', seen);
  }
}

type Bound = (scenario: Scenario) => number;

const LONGEST: Readonly<Record<string, Bound>> = {
  routing: changesMs,
  preparing: ({ windows }) => windows.readySeconds * 1000 + LOOK_MS,
  // The drain probe ends a pod, which is then started anew.
  testing: (scenario) => startMs(scenario) + GRACE_MS,
  switching: propagatedMs,
  confirming: routedMs,
  monitoring: ({ windows, candidate }) =>
    windows.monitoringSeconds * 1000 + LOOK_MS + (candidate === 'good' ? 0 : UNEXPLAINED_MS),
  holding: () => HAND_OVER_MS,
  landing: changesMs,
  draining: ({ windows }) => windows.drainMaxSeconds * 1000 + LOOK_MS,
  retiring: () => GRACE_MS + LOOK_MS,
  tidying: changesMs,
  rolling: (scenario) =>
    scenario.shape === 'stateful-set'
      ? scenario.replicas * (startMs(scenario) + GRACE_MS)
      : scenario.windows.readySeconds * 1000 + GRACE_MS,
  settling: () => LOOK_MS,
};

function changesMs(scenario: Scenario): number {
  return MOST_CHANGES * routedMs(scenario);
}
