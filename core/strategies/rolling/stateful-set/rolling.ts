/**
 * rolling, for a StatefulSet: its partition is lowered pod by pod, each new pod is judged before the
 * next one is replaced. Its pods have names and volumes of their own, so none can be made beside
 * another: one at a time is missing.
 */
import { formatDuration } from '../../../base/duration.ts';
import { sameJson } from '../../../base/json.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { ownerReleaseOf } from '../../../cluster/ownership.ts';
import { named } from '../../../kubernetes/by-name.ts';
import type { StatefulSet } from '../../../kubernetes/objects.ts';
import { isServing, lastReadyAt } from '../../../kubernetes/pods/pods.ts';
import { sidesOfOne } from '../../../plan/own-pods.ts';
import type { RollingPlan, StatefulSetSnapshot } from '../../../plan/plan.ts';
import type { RollingState } from '../../../state/state.ts';
import { countedFrom, ended, enter, turnedBack, unmeasuredMs } from '../../../state/transitions.ts';
import { analyseCandidate } from '../../common/analyse-candidate.ts';
import { handingBack } from '../../common/handing-back.ts';
import { startFailure } from '../../common/start-up.ts';
import { stay, type Transition } from '../../strategy.ts';
import { monitor } from '../phases/rolling.ts';
import { partitionOf, toCandidate, toOwnUpdates, toReplace } from './actions.ts';
import { rollBack } from './back.ts';

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
  const { replicas = 1 } = set.spec;
  if (ownerReleaseOf(set) !== plan.release) {
    return stay(state, 'the StatefulSet to change', [toCandidate(plan, set, replicas)]);
  }
  const partition = partitionOf(set);
  const { stable, candidate } = sidesOfOne(plan, seen);
  const ready = candidate.filter(isServing);
  const sides = { stable, candidate: ready };
  const watched = analyseCandidate(plan, state, seen, sides, ready.length);
  if (watched.turn !== undefined) {
    return stay(turnedBack(watched.state, 'rolling', seen.at, watched.turn), '', watched.actions);
  }
  const progress = `${ready.length} of ${replicas} candidate pods ready`;
  if (ready.length < replicas - partition) {
    const since = countedFrom(state, seen.at);
    const failure = startFailure(plan, { pods: candidate, progress, since }, seen);
    return failure
      ? stay(turnedBack(state, 'rolling', seen.at, failure.cause), '', failure.actions)
      : stay(watched.state, progress);
  }
  const leftMs =
    judgedForMs(plan) + unmeasuredMs(watched.state, seen.at) - (seen.at - lastReadyAt(ready));
  if (ready.length > 0 && leftMs > 0) {
    return stay(watched.state, `${progress}, ${formatDuration(leftMs)} more of watching the last`);
  }
  if (watched.undecided !== undefined) return stay(watched.state, watched.undecided);
  if (partition === 0) return stay(enter(watched.state, 'monitoring', seen.at), '');
  // Each pod has its own time to become ready.
  const next = enter(watched.state, 'rolling', seen.at);
  return stay(next, progress, [toReplace(plan, set, partition - 1)]);
}

/** Gives back what only the release needed: how the StatefulSet updates, and the mark of an undo. */
function settle(
  plan: RollingPlan,
  found: StatefulSetSnapshot,
  state: RollingState,
  seen: Observation,
  set: StatefulSet,
): Step {
  const forward = state.direction === 'forward';
  const mark = forward ? plan.release : plan.workload.mark;
  if (ownerReleaseOf(set) === mark && sameJson(set.spec.updateStrategy, found.updateStrategy)) {
    const back = handingBack(plan, state, seen);
    if (back) return stay(back.state, 'the fields of others to be theirs', back.actions);
    return stay(ended(state, seen.at, forward ? 'promoted' : 'rolled-back'), '');
  }
  const action = toOwnUpdates(plan, found, set, mark);
  return stay(state, 'the StatefulSet to be as it was', [action]);
}

/** So long that a trigger that is exceeded would have been seen. */
function judgedForMs({ settings }: RollingPlan): number {
  return Math.max(0, ...settings.triggers.map(({ durationMs }) => durationMs));
}
