/**
 * rolling: one Deployment, whose pods are replaced one after the other and never before their
 * successor is ready. The candidate is judged while it rolls. Turning back restores the whole pod
 * template as it was, not only the image.
 */
import { formatDuration } from '../../../base/duration.ts';
import { sameJson } from '../../../base/json.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { ownerReleaseOf } from '../../../cluster/ownership.ts';
import type { Deployment } from '../../../kubernetes/objects.ts';
import { isServing, isTerminating } from '../../../kubernetes/pods/pods.ts';
import { rolloutOf } from '../../../kubernetes/pods/rollout.ts';
import { sidesOfOne } from '../../../plan/own-pods.ts';
import type { RollingPlan } from '../../../plan/plan.ts';
import type { RollingState } from '../../../state/state.ts';
import {
  blocked,
  countedFrom,
  ended,
  enter,
  noting,
  turnedBack,
  watchLeftMs,
} from '../../../state/transitions.ts';
import { afterStep, analyseCandidate } from '../../common/analyse-candidate.ts';
import { handingBack } from '../../common/handing-back.ts';
import { outOfTime, startFailure } from '../../common/start-up.ts';
import { stay, type Transition } from '../../strategy.ts';
import { pauseMark, toCandidate, toGoOn, toOwnStrategy, toStable, undoMark } from '../actions.ts';

type Step = Transition<RollingState>;

export function nextRolling(plan: RollingPlan, state: RollingState, seen: Observation): Step {
  const deployment = seen.deployments.get(plan.workload.name);
  if (!deployment && state.phase !== 'done') {
    return stay(ended(state, seen.at, 'failed', `deployment ${plan.workload.name} is gone`), '');
  }
  switch (state.phase) {
    case 'rolling':
      return deployment ? roll(plan, state, seen, deployment) : stay(state, '');
    case 'monitoring':
      return monitor(plan, state, seen);
    case 'holding':
      return stay(state, 'somebody to conclude');
    case 'settling':
      return deployment ? settle(plan, state, seen, deployment) : stay(state, '');
    case 'done':
      return stay(state, 'nothing');
  }
}

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
  return stay(blocked(state, seen.at, failure.cause), '', failure.actions);
}

export function monitor(plan: RollingPlan, state: RollingState, seen: Observation): Step {
  const { stable, candidate: all } = sidesOfOne(plan, seen);
  const candidate = all.filter((pod) => !isTerminating(pod));
  const sides = { stable, candidate };
  const watched = analyseCandidate(plan, state, seen, sides, plan.workload.replicas);
  if (watched.turn !== undefined) {
    return stay(turnedBack(watched.state, 'rolling', seen.at, watched.turn), '', watched.actions);
  }
  const leftMs = watchLeftMs(watched.state, plan.settings.rolling.monitoringMs, seen.at);
  if (leftMs > 0) {
    return stay(watched.state, `${formatDuration(leftMs)} more of watching, ${watched.judged}`);
  }
  const then = afterStep(plan, watched, -leftMs);
  if (then.kind === 'wait') return stay(watched.state, then.why);
  if (then.kind === 'turn') {
    return stay(turnedBack(watched.state, 'rolling', seen.at, then.cause), '');
  }
  const next = noting(watched.state, { judged: watched.judged });
  return stay(enter(next, 'holding', seen.at), '');
}

/** Gives back what only the release needed: how the Deployment rolls, and the mark of an undo. */
function settle(
  plan: RollingPlan,
  state: RollingState,
  seen: Observation,
  deployment: Deployment,
): Step {
  const forward = state.direction === 'forward';
  const mark = forward ? plan.release : plan.workload.mark;
  const settled =
    ownerReleaseOf(deployment) === mark &&
    sameJson(deployment.spec.strategy, plan.workload.strategy);
  if (settled) {
    const back = handingBack(plan, state, seen);
    if (back) return stay(back.state, 'the fields of others to be theirs', back.actions);
    return stay(ended(state, seen.at, forward ? 'promoted' : 'rolled-back'), '');
  }
  return stay(state, 'the deployment to be as it was', [toOwnStrategy(plan, deployment, mark)]);
}
