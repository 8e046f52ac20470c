/** Before the weight of a step is written: routes, pods, the drain probe, smoke checks. */
import { formatDuration } from '../../../base/duration.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { rolloutOf } from '../../../kubernetes/pods/rollout.ts';
import type { Sides } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { candidatePodsAt, fullSize } from '../../../plan/sizing.ts';
import { routerOf } from '../../../routers/registry.ts';
import type { TwoSidedState } from '../../../state/state.ts';
import { blocked, countedFrom, elapsedMs, enter, noting } from '../../../state/transitions.ts';
import { analyseCandidate } from '../../common/analyse-candidate.ts';
import { startFailure } from '../../common/start-up.ts';
import { stay } from '../../strategy.ts';
import { mostPods } from '../autoscaler.ts';
import { type ProbeVerdict, probeVerdict } from '../drain/probe.ts';
import { followRouteChanges } from '../route/changes.ts';
import { serving, stepOf, type TwoSidedTransition, turnBack } from '../transition.ts';
import { candidateActions, isCandidateApplied, stableActions, workloadOf } from '../workloads.ts';

export function smokeKey(plan: TwoSidedPlan, state: TwoSidedState): string {
  return `${plan.release}/smoke/${state.since}`;
}

/** Sees to it that no request reaches the candidate's pods before it is meant to. */
export function route(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): TwoSidedTransition {
  const stages = routerOf(plan.routing).preparation(plan, seen);
  return followRouteChanges(plan, state, seen, stages, (next) => enter(next, 'preparing', seen.at));
}

export function prepareCandidate(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  sides: Sides,
): TwoSidedTransition {
  const step = stepOf(plan, state);
  const wanted = candidatePodsAt(plan, step.weightPercent, fullSize(plan, seen));
  const actions = candidateActions(plan, seen, wanted);
  const deployment = workloadOf(plan, seen, 'candidate');
  const applied = deployment && isCandidateApplied(plan, deployment, wanted);
  const rollout = applied ? rolloutOf(deployment) : undefined;
  const ready = serving(sides.candidate);
  const progress = `${ready} of ${wanted} candidate pods ready`;
  const pods = applied ? sides.candidate : [];
  const isThere = rollout?.kind === 'complete' && ready >= wanted;
  const since = countedFrom(state, seen.at);
  // Late is not never: what nobody could see in time may be there all the same.
  const failure = isThere
    ? undefined
    : startFailure(plan, { pods, rollout, progress, since }, seen);
  if (failure) return stay(turnBack(state, seen.at, failure.cause), '', failure.actions);
  if (actions.length > 0) return stay(state, 'the candidate to be created', actions);
  // From the second step on the candidate serves while it grows.
  const watched = analyseCandidate(plan, state, seen, sides, 0);
  if (state.step > 0 && watched.turn !== undefined) {
    return stay(turnBack(watched.state, seen.at, watched.turn), '', watched.actions);
  }
  const next = state.step > 0 ? watched.state : state;
  if (!isThere) return stay(next, progress);
  return stay(enter(next, state.step === 0 ? 'testing' : 'switching', seen.at), '');
}

/** Before traffic goes back: as many stable pods as there were, or as serve it now. */
export function prepareStable(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  sides: Sides,
): TwoSidedTransition {
  const needed = stableNeeded(plan, seen);
  const ready = serving(sides.stable);
  // Where the candidate has no pod left, a few of the stable's are better than none; and where the
  // stable has all requests already, with all the pods asked for that it may have, more are no condition.
  const hasAll =
    routerOf(plan.routing).written(plan, seen, 0).kind === 'as-wanted' &&
    stableActions(plan, seen, needed).length === 0;
  const enough = serving(sides.candidate) === 0 || hasAll ? Math.min(1, needed) : needed;
  if (ready >= enough) return stay(enter(state, 'switching', seen.at), '');
  const progress = `${ready} of ${needed} stable pods ready`;
  const { readyMs } = plan.settings.limits;
  if (elapsedMs(state, seen.at) < readyMs) {
    return stay(state, progress, stableActions(plan, seen, needed));
  }
  // Sending traffic to too few pods would be worse than leaving it where it is.
  return stay(blocked(state, seen.at, `only ${progress} after ${formatDuration(readyMs)}`), '');
}

/** The stable's pods from before; where an autoscaler let the candidate grow with the load, as many. */
export function stableNeeded(plan: TwoSidedPlan, seen: Observation): number {
  if (!plan.autoscaler) return plan.floor;
  const grown = workloadOf(plan, seen, 'candidate')?.spec.replicas ?? 0;
  return Math.min(mostPods(plan, seen), Math.max(plan.floor, grown));
}

/** The drain probe's word on the candidate; nothing is switched before its pods are all there again. */
export function probed(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  sides: Sides,
): ProbeVerdict {
  const { weightPercent } = stepOf(plan, state);
  const planned = candidatePodsAt(plan, weightPercent, plan.candidate.replicas);
  // Not as many as an autoscaler would have by now: those are started before the switch.
  const wanted = workloadOf(plan, seen, 'candidate')?.spec.replicas ?? planned;
  return probeVerdict(plan, seen, sides.candidate, wanted, countedFrom(state, seen.at));
}

export function test(
  plan: TwoSidedPlan,
  begun: TwoSidedState,
  seen: Observation,
  sides: Sides,
): TwoSidedTransition {
  const probe = probed(plan, begun, seen, sides);
  if (probe.kind === 'wait') return stay(begun, probe.waitingFor);
  if (probe.kind === 'refuse') {
    return stay(turnBack(begun, seen.at, probe.cause), '', probe.actions);
  }
  const { evidence: drainProbe } = probe;
  const state = drainProbe === undefined ? begun : noting(begun, { drainProbe });
  const report = seen.reports.get(smokeKey(plan, state));
  if (!report) return stay(state, 'smoke checks of the candidate');
  const failure = report.failures[0];
  if (failure === undefined) return stay(enter(state, 'switching', seen.at), '');
  const more = report.failures.length > 1 ? ` (and ${report.failures.length - 1} more)` : '';
  return stay(turnBack(state, seen.at, `smoke check failed: ${failure}${more}`), '');
}
