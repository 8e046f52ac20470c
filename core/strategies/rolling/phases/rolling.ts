/**
 * Pods are replaced one after the other and never before their successor is ready. The candidate is
 * judged while it rolls. Turning back restores the whole pod template as it was, not only the image.
 */
import type { Observation } from '../../../cluster/observation.ts';
import { ownerReleaseOf } from '../../../cluster/ownership.ts';
import { isServing } from '../../../kubernetes/pods/pods.ts';
import { rolloutOf } from '../../../kubernetes/pods/rollout.ts';
import type { Deployment } from '../../../kubernetes/workload-objects.ts';
import { sidesOfOne } from '../../../plan/own-pods.ts';
import type { RollingPlan } from '../../../plan/plan.ts';
import type { RollingState } from '../../../state/state.ts';
import { blocked, countedFrom, enter, turnedBack } from '../../../state/transitions.ts';
import { analyseCandidate } from '../../common/analyse-candidate.ts';
import { outOfTime, startFailure } from '../../common/start-up.ts';
import { stay, type Transition } from '../../strategy.ts';
import { pauseMark, toCandidate, toGoOn, toStable, undoMark } from '../actions.ts';
import { judgingNeeds } from '../needs.ts';
import type { Phase } from '../phase.ts';
import { needsOnTheWayBack } from '../stateful-set/back.ts';
import { rollStatefulSet } from '../stateful-set/rolling.ts';
import { deploymentIn } from '../workload.ts';

type Step = Transition<RollingState>;

export const rolling: Phase = {
  waitsFor: 'evidence',
  replacesPods: true,
  next: (plan, state, seen) => {
    if (plan.statefulSet) return rollStatefulSet(plan, state, seen);
    const deployment = deploymentIn(plan, seen);
    return deployment ? roll(plan, state, seen, deployment) : stay(state, '');
  },
  needs: (plan, state, seen) =>
    state.direction === 'back' ? needsOnTheWayBack(plan, state) : judgingNeeds(plan, seen),
};

function roll(
  plan: RollingPlan,
  state: RollingState,
  seen: Observation,
  deployment: Deployment,
): Step {
  if (state.direction === 'back') {
    return ownerReleaseOf(deployment) === undoMark(plan)
      ? awaitRollout(plan, state, seen, deployment)
      : stay(state, 'the deployment to change', [toStable(plan, deployment)]);
  }
  // The candidate answers requests from its first ready pod on, so it is judged from there on.
  const { stable, candidate: begun } = sidesOfOne(plan, seen);
  const candidate = begun.filter(isServing);
  const sides = { stable, candidate };
  const watched = analyseCandidate(plan, state, seen, sides, candidate.length);
  if (watched.turn !== undefined) {
    return stay(turnedBack(watched.state, 'rolling', seen.at, watched.turn), '', watched.actions);
  }
  switch (ownerReleaseOf(deployment)) {
    case plan.release:
      return awaitRollout(plan, watched.state, seen, deployment);
    case pauseMark(plan):
      return stay(watched.state, 'the rollout to go on', [toGoOn(plan, deployment)]);
    default:
      return stay(watched.state, 'the deployment to change', [toCandidate(plan, deployment)]);
  }
}

/** Complete is a rollout when the wanted pods are ready and none of the others is left. */
function awaitRollout(
  plan: RollingPlan,
  state: RollingState,
  seen: Observation,
  deployment: Deployment,
): Step {
  const forward = state.direction === 'forward';
  const { stable, candidate } = sidesOfOne(plan, seen);
  const [wanted, others] = forward ? [candidate, stable] : [stable, candidate];
  const rollout = rolloutOf(deployment);
  if (rollout.kind === 'complete' && others.length === 0) {
    return stay(enter(state, forward ? 'monitoring' : 'settling', seen.at), '');
  }
  const ready = wanted.filter(isServing).length;
  const side = forward ? 'candidate' : 'stable';
  const progress = `${ready} of ${plan.workload.replicas} ${side} pods ready`;
  const failureOf = forward ? startFailure : outOfTime;
  const since = countedFrom(state, seen.at);
  const failure = failureOf(plan, { pods: wanted, rollout, progress, since }, seen);
  if (!failure) return stay(state, progress);
  if (forward)
    return stay(turnedBack(state, 'rolling', seen.at, failure.cause), '', failure.actions);
  return stay(blocked(state, seen.at, failure.cause.text), '', failure.actions);
}
