/**
 * The way back of a StatefulSet. Its controller would end the last of the new pods at once, whatever
 * becomes of the others, and wait for ever for one that never gets ready. So it is told to end none
 * (OnDelete), and the pods are ended from here: those that are not ready first, then one after the
 * other, each once all the others serve.
 */

import type { Need, Observation } from '../../../cluster/observation.ts';
import { ownerReleaseOf } from '../../../cluster/ownership.ts';
import type { Pod } from '../../../kubernetes/objects.ts';
import { isServing, isTerminating } from '../../../kubernetes/pods/pods.ts';
import type { StatefulSet } from '../../../kubernetes/workload-objects.ts';
import { sidesOfOne } from '../../../plan/own-pods.ts';
import type { RollingPlan } from '../../../plan/plan.ts';
import type { RollingState } from '../../../state/state.ts';
import { blocked, enter } from '../../../state/transitions.ts';
import { outOfTime } from '../../common/start-up.ts';
import { stay, type Transition } from '../../strategy.ts';
import { undoMark } from '../actions.ts';
import { toEnd, toStable } from './actions.ts';

/** A look at the pods that is younger than the last end among them. */
export function needsOnTheWayBack(plan: RollingPlan, state: RollingState): Need[] {
  return state.lastEndAt === undefined ? [] : [{ kind: 'pods-anew', key: lookKey(plan, state) }];
}

export function rollBack(
  plan: RollingPlan,
  state: RollingState,
  seen: Observation,
  set: StatefulSet,
): Transition<RollingState> {
  const { replicas = 1 } = set.spec;
  if (ownerReleaseOf(set) !== undoMark(plan)) {
    return stay(state, 'the StatefulSet to change', [toStable(plan, set)]);
  }
  const { stable, candidate } = sidesOfOne(plan, seen);
  const ready = stable.filter(isServing).length;
  if (ready >= replicas && candidate.length === 0) {
    return stay(enter(state, 'settling', seen.at), '');
  }
  const progress = `${ready} of ${replicas} stable pods ready`;
  const standsStill = (set.status?.observedGeneration ?? 0) >= (set.metadata.generation ?? 0);
  const isLooked = state.lastEndAt !== undefined && seen.reports.has(lookKey(plan, state));
  const next = standsStill && isLooked ? nextToEnd(stable, candidate, replicas) : [];
  if (next.length > 0) {
    // Each pod has its own time to become ready, however long it took to see that the last one was.
    return stay(
      enter({ ...state, lastEndAt: seen.at }, 'rolling', seen.at),
      progress,
      next.map((pod) => toEnd(plan, pod)),
    );
  }
  // After what can be done: a process that stood still for that long has not looked whether the pod is ready.
  const failure = outOfTime(plan, { pods: stable, progress, since: state.since }, seen);
  if (failure) return stay(blocked(state, seen.at, failure.cause.text), '', failure.actions);
  const isFirst = standsStill && state.lastEndAt === undefined;
  return stay(isFirst ? { ...state, lastEndAt: seen.at } : state, progress);
}

function nextToEnd(
  stable: readonly Pod[],
  candidate: readonly Pod[],
  replicas: number,
): readonly Pod[] {
  const broken = candidate.filter((pod) => !isServing(pod) && !isTerminating(pod));
  if (broken.length > 0) return broken;
  const serving = candidate.filter(isServing);
  const isWhole = stable.filter(isServing).length + serving.length >= replicas;
  return isWhole ? serving.sort((a, b) => ordinalOf(a) - ordinalOf(b)).slice(-1) : [];
}

function ordinalOf({ metadata: { name } }: Pod): number {
  return Number(name.slice(name.lastIndexOf('-') + 1));
}

function lookKey({ release }: RollingPlan, { lastEndAt }: RollingState): string {
  return `${release}/pods-after-${lastEndAt}`;
}
