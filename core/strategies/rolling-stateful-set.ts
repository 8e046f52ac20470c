/**
 * rolling, for a StatefulSet: its partition is lowered pod by pod, each new pod is judged before the
 * next one is replaced. Its pods have names and volumes of their own, so none can be made beside
 * another: one at a time is missing. Turning back restores the template exactly, and ends by hand
 * what the controller would wait for for ever.
 */
import { formatDuration } from '../duration.ts';
import { shortImage } from '../image.ts';
import { sameJson } from '../json.ts';
import { named } from '../kubernetes/by-name.ts';
import type { Pod, StatefulSet } from '../kubernetes/objects.ts';
import { condition, isServing, isTerminating } from '../kubernetes/pods.ts';
import { timeOf } from '../kubernetes/time.ts';
import {
  type Action,
  actionId,
  type PatchOperation,
  patchOf,
  targetOf,
} from '../release/action.ts';
import { marking, markOf } from '../release/mark.ts';
import type { Observation } from '../release/observation.ts';
import type { RollingPlan, StatefulSetSnapshot } from '../release/plan.ts';
import { countedFrom, ended, enter, turned, unseenMs } from '../release/progress.ts';
import { startFailure } from '../release/start-up.ts';
import type { RollingState } from '../release/state.ts';
import { watchCandidate } from '../release/watch.ts';
import { templateChanges, undoMark } from './rolling-actions.ts';
import { candidatePods, monitor, stablePods } from './rolling-phases.ts';
import { stay, type Transition } from './strategy.ts';

type Step = Transition<RollingState>;

export function nextStatefulSet(
  plan: RollingPlan,
  found: StatefulSetSnapshot,
  state: RollingState,
  seen: Observation,
): Step {
  const { name } = plan.workload;
  const set = named<StatefulSet>(seen.others, 'StatefulSet', name);
  if (!set && state.phase !== 'done') {
    return stay(ended(state, seen.at, 'failed', `StatefulSet ${name} is gone`), '');
  }
  switch (state.phase) {
    case 'rolling':
      if (!set) return stay(state, '');
      return state.direction === 'forward'
        ? roll(plan, state, seen, set)
        : rollBack(plan, state, seen, set);
    case 'monitoring':
      return monitor(plan, state, seen);
    case 'holding':
      return stay(state, 'somebody to conclude');
    case 'settling':
      return set ? settle(plan, found, state, seen, set) : stay(state, '');
    case 'done':
      return stay(state, 'nothing');
  }
}

function roll(plan: RollingPlan, state: RollingState, seen: Observation, set: StatefulSet): Step {
  const { replicas = 1, updateStrategy } = set.spec;
  if (markOf(set) !== plan.release) {
    return stay(state, 'the StatefulSet to change', [toCandidate(plan, set, replicas)]);
  }
  const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
  const candidate = candidatePods(plan, seen);
  const ready = candidate.filter(isServing);
  const sides = { stable: stablePods(plan, seen), candidate: ready };
  const watched = watchCandidate(plan, state, seen, sides, ready.length);
  if (watched.turn !== undefined) {
    return stay(turned(watched.state, 'rolling', seen.at, watched.turn), '', watched.actions);
  }
  const progress = `${ready.length} of ${replicas} candidate pods ready`;
  if (ready.length < replicas - partition) {
    const failure = startFailure(
      plan,
      candidate,
      undefined,
      progress,
      countedFrom(state, seen.at),
      seen,
    );
    return failure
      ? stay(turned(state, 'rolling', seen.at, failure.cause), '', failure.actions)
      : stay(watched.state, progress);
  }
  const leftMs =
    judgedForMs(plan) + unseenMs(watched.state, seen.at) - (seen.at - lastReadyAt(ready));
  if (ready.length > 0 && leftMs > 0) {
    return stay(watched.state, `${progress}, ${formatDuration(leftMs)} more of watching the last`);
  }
  if (watched.undecided !== undefined) return stay(watched.state, watched.undecided);
  if (partition === 0) return stay(enter(watched.state, 'monitoring', seen.at), '');
  // Each pod has its own time to become ready.
  const next = enter(watched.state, 'rolling', seen.at);
  return stay(next, progress, [lowerTo(plan, set, partition - 1)]);
}

function rollBack(
  plan: RollingPlan,
  state: RollingState,
  seen: Observation,
  set: StatefulSet,
): Step {
  const { replicas = 1 } = set.spec;
  if (markOf(set) !== undoMark(plan)) {
    return stay(state, 'the StatefulSet to change', [toStable(plan, set)]);
  }
  const [stable, candidate] = [stablePods(plan, seen), candidatePods(plan, seen)];
  const ready = stable.filter(isServing).length;
  if (ready >= replicas && candidate.length === 0) {
    return stay(enter(state, 'settling', seen.at), '');
  }
  const progress = `${ready} of ${replicas} stable pods ready`;
  const failure = startFailure(plan, stable, undefined, progress, state.since, seen);
  if (failure) {
    const cause = `${state.cause}; and the way back is blocked: ${failure.cause}`;
    return stay(ended({ ...state, cause }, seen.at, 'failed'), '', failure.actions);
  }
  const known = (set.status?.observedGeneration ?? 0) >= (set.metadata.generation ?? 0);
  return stay(state, progress, known ? endBroken(plan, candidate) : []);
}

/** Gives back what only the release needed: how the StatefulSet updates, and the mark of an undo. */
function settle(
  plan: RollingPlan,
  { updateStrategy }: StatefulSetSnapshot,
  state: RollingState,
  seen: Observation,
  set: StatefulSet,
): Step {
  const forward = state.direction === 'forward';
  const mark = forward ? plan.release : plan.workload.mark;
  if (markOf(set) === mark && sameJson(set.spec.updateStrategy, updateStrategy)) {
    return stay(ended(state, seen.at, forward ? 'promoted' : 'rolled-back'), '');
  }
  const action: Action = {
    id: actionId(plan.release, 'settle', plan.workload.name),
    text: `give StatefulSet ${plan.workload.name} its own update strategy back`,
    effect: patchOf(set, [
      ...marking(set, mark),
      { op: 'add', path: '/spec/updateStrategy', value: updateStrategy },
    ]),
  };
  return stay(state, 'the StatefulSet to be as it was', [action]);
}

/** The new template, and a partition that keeps every pod as it is until it is lowered. */
function toCandidate(plan: RollingPlan, set: StatefulSet, replicas: number): Action {
  const { name } = plan.workload;
  return {
    id: actionId(plan.release, 'roll', name),
    text: `give StatefulSet ${name} ${shortImage(plan.image.reference)}, for no pod yet`,
    effect: patchOf(set, [
      ...marking(set, plan.release),
      partitioned(replicas),
      ...templateChanges(plan, set.spec.template),
    ]),
  };
}

function lowerTo(plan: RollingPlan, set: StatefulSet, partition: number): Action {
  const { name } = plan.workload;
  return {
    id: actionId(plan.release, `partition-${partition}`, name),
    text: `let StatefulSet ${name} replace ${name}-${partition}`,
    effect: patchOf(set, [partitioned(partition)]),
  };
}

function toStable(plan: RollingPlan, set: StatefulSet): Action {
  const { name, template } = plan.workload;
  return {
    id: actionId(plan.release, 'roll-back', name),
    text: `roll StatefulSet ${name} back to ${shortImage(plan.previousImage)}`,
    effect: patchOf(set, [
      ...marking(set, undoMark(plan)),
      partitioned(0),
      { op: 'replace', path: '/spec/template', value: template },
    ]),
  };
}

function partitioned(partition: number): PatchOperation {
  const value = { type: 'RollingUpdate', rollingUpdate: { partition } };
  return { op: 'add', path: '/spec/updateStrategy', value };
}

/** The controller waits for a pod to be ready before it replaces it, and some never will be. */
function endBroken(plan: RollingPlan, candidate: readonly Pod[]): Action[] {
  return candidate
    .filter((pod) => !isServing(pod) && !isTerminating(pod))
    .map((pod) => ({
      id: actionId(plan.release, 'end', pod.metadata.uid ?? pod.metadata.name),
      text: `end pod ${pod.metadata.name}, which is not ready`,
      effect: {
        kind: 'delete',
        target: targetOf({ ...pod, apiVersion: 'v1', kind: 'Pod' }),
        uid: pod.metadata.uid ?? '',
      },
    }));
}

/** So long that a trigger that is exceeded would have been seen. */
function judgedForMs({ settings }: RollingPlan): number {
  return Math.max(0, ...settings.triggers.map(({ durationMs }) => durationMs));
}

function lastReadyAt(pods: readonly Pod[]): number {
  const times = pods.map(
    ({ status }) => timeOf(condition(status?.conditions, 'Ready')?.lastTransitionTime) ?? 0,
  );
  return Math.max(0, ...times);
}
