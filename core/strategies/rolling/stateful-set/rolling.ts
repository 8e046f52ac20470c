/**
 * A StatefulSet is rolled: its partition is lowered pod by pod, each new pod is judged before the
 * next one is replaced. Its pods have names and volumes of their own, so none can be made beside
 * another: one at a time is missing.
 */
import { formatDuration } from '../../../base/duration.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { ownerReleaseOf } from '../../../cluster/ownership.ts';
import { isServing, lastReadyAt } from '../../../kubernetes/pods/pods.ts';
import type { StatefulSet } from '../../../kubernetes/workload-objects.ts';
import { sidesOfOne } from '../../../plan/own-pods.ts';
import type { RollingPlan } from '../../../plan/plan.ts';
import type { RollingState } from '../../../state/state.ts';
import { countedFrom, enter, turnedBack, unmeasuredMs } from '../../../state/transitions.ts';
import { analyseCandidate } from '../../common/analyse-candidate.ts';
import { startFailure } from '../../common/start-up.ts';
import { stay, type Transition } from '../../strategy.ts';
import { statefulSetIn } from '../workload.ts';
import { partitionOf, toCandidate, toReplace } from './actions.ts';
import { rollBack } from './back.ts';

type Step = Transition<RollingState>;

export function rollStatefulSet(plan: RollingPlan, state: RollingState, seen: Observation): Step {
  const set = statefulSetIn(plan, seen);
  if (!set) return stay(state, '');
  return state.direction === 'forward'
    ? roll(plan, state, seen, set)
    : rollBack(plan, state, seen, set);
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

/** So long that a trigger that is exceeded would have been seen. */
function judgedForMs({ settings }: RollingPlan): number {
  return Math.max(0, ...settings.triggers.map(({ durationMs }) => durationMs));
}
