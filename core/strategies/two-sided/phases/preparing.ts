/** Pods start, as many as the next weight takes: of the candidate, or of the stable on the way back. */
import { formatDuration } from '../../../base/duration.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { rolloutOf } from '../../../kubernetes/pods/rollout.ts';
import { type Sides, sidesOfTwo } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { candidatePodsAt, fullSize } from '../../../plan/sizing.ts';
import { routerOf } from '../../../routers/registry.ts';
import type { TwoSidedState } from '../../../state/state.ts';
import { blocked, countedFrom, elapsedMs, enter } from '../../../state/transitions.ts';
import { analyseCandidate } from '../../common/analyse-candidate.ts';
import { startFailure } from '../../common/start-up.ts';
import { stay } from '../../strategy.ts';
import { baselineNeeds, judgingNeeds } from '../needs.ts';
import { type Phase, turnBackFrom } from '../phase.ts';
import { type ExpectedRoute, routeAtStep, routeFinal, routePrepared } from '../route/expected.ts';
import { isUnreached } from '../route/misled.ts';
import { stableNeeded } from '../sizes.ts';
import { serving, stepOf, type TwoSidedTransition } from '../transition.ts';
import { candidateActions, isCandidateApplied, stableActions, workloadOf } from '../workloads.ts';

export const preparing: Phase = {
  waitsFor: 'evidence',
  writesRoutes: false,
  isAboutWeight: false,
  ownership: 'held',
  loser: 'kept',
  next: (plan, state, seen, sides) =>
    state.direction === 'forward'
      ? prepareCandidate(plan, state, seen, sides)
      : prepareStable(plan, state, seen, sides),
  needs: (plan, state, _seen, sides) =>
    state.step > 0 ? judgingNeeds(plan, state, sides) : baselineNeeds(plan, state, sides),
  // From the second step on the candidate serves while it grows.
  mayServe: ({ step }) => step > 0,
  isDispensable: isUnreached,
  stepInForce: ({ step }) => step - 1,
  expectedRoute: (plan, state, seen) => {
    if (state.direction === 'back') return routeToSomebody(plan, seen);
    return state.step === 0
      ? routePrepared(plan, seen)
      : routeAtStep(plan, state, seen, state.step - 1);
  },
  triedAgainIn: () => undefined,
  scaledSide: () => 'stable',
};

/** Until the stable has pods again, a route that leads to it leads to none. */
function routeToSomebody(plan: TwoSidedPlan, seen: Observation): ExpectedRoute | undefined {
  const { stable, candidate } = sidesOfTwo(plan, seen);
  const isUnserved = serving(stable) === 0 && serving(candidate) > 0;
  if (!isUnserved || routerOf(plan.routing).written(plan, seen, 100).kind === 'as-wanted') {
    return undefined;
  }
  return { ...routeFinal(plan, seen), always: true };
}

function prepareCandidate(
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
  // Late is not never: what could not be seen in time may be there all the same.
  const failure = isThere
    ? undefined
    : startFailure(plan, { pods, rollout, progress, since }, seen);
  if (failure)
    return stay(turnBackFrom(preparing, state, seen.at, failure.cause), '', failure.actions);
  if (actions.length > 0) return stay(state, 'the candidate to be created', actions);
  const watched = analyseCandidate(plan, state, seen, sides, 0);
  if (state.step > 0 && watched.turn !== undefined) {
    return stay(turnBackFrom(preparing, watched.state, seen.at, watched.turn), '', watched.actions);
  }
  const next = state.step > 0 ? watched.state : state;
  if (!isThere) return stay(next, progress);
  return stay(enter(next, state.step === 0 ? 'testing' : 'switching', seen.at), '');
}

/** Before traffic goes back: as many stable pods as there were, or as serve it now. */
function prepareStable(
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
