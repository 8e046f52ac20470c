/** Having written a weight is not having seen its effect: what a two-sided release waits to see. */
import { formatDuration } from '../../../base/duration.ts';
import { because } from '../../../base/vocabulary.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { endpointsAre } from '../../../kubernetes/endpoints.ts';
import { isServing } from '../../../kubernetes/pods/pods.ts';
import type { Sides } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { routerOf } from '../../../routers/registry.ts';
import { furtherSelected } from '../../../routers/service/further-services.ts';
import { confirmMove, ownEndpoints } from '../../../state/confirmation.ts';
import type { TwoSidedState } from '../../../state/state.ts';
import { elapsedMs, ended, enter, isPropagating, noting } from '../../../state/transitions.ts';
import { analyseCandidate } from '../../common/analyse-candidate.ts';
import { stay, type Transition } from '../../strategy.ts';
import { judgingNeeds } from '../needs.ts';
import { type Phase, turnBackFrom } from '../phase.ts';
import { routeAtStep, routeToStable } from '../route/expected.ts';
import { stepOf, watchedAgainIn } from '../transition.ts';
import { drainActions } from '../workloads.ts';

export const confirming: Phase = {
  waitsFor: 'evidence',
  writesRoutes: false,
  isAboutWeight: true,
  ownership: 'held',
  loser: 'kept',
  next: confirm,
  needs: (plan, state, _seen, sides) => {
    const judging = judgingNeeds(plan, state, sides);
    const key = answersKey(plan, state);
    return key && state.endpointsSince !== undefined
      ? [...judging, { kind: 'answers', key, side: 'candidate' }]
      : judging;
  },
  mayServe: () => true,
  isDispensable: () => false,
  stepInForce: ({ step }) => step,
  expectedRoute: (plan, state, seen) =>
    state.direction === 'back' ? routeToStable(plan, state, seen) : routeAtStep(plan, state, seen),
  triedAgainIn: watchedAgainIn,
  scaledSide: () => 'stable',
};

/** Fresh connections can tell the sides apart only where the config says how, and one side serves alone. */
function answersKey(plan: TwoSidedPlan, state: TwoSidedState): string | undefined {
  const alone = routerOf(plan.routing).endpoints(stepOf(plan, state).weightPercent);
  // A headless Service has no address to ask: its clients go to the pods that its endpoints name.
  const asked = plan.settings.drain.confirm && alone === 'candidate' && !plan.headless;
  return asked ? `${plan.release}/answers/${state.since}` : undefined;
}

function confirm(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  sides: Sides,
): Transition<TwoSidedState> {
  const { weightPercent } = stepOf(plan, state);
  const router = routerOf(plan.routing);
  const { limits, drain } = plan.settings;
  if (router.written(plan, seen, weightPercent).kind !== 'as-wanted') {
    return stay(enter(state, 'switching', seen.at), '');
  }
  const watched = analyseCandidate(plan, state, seen, sides, 0);
  if (watched.turn !== undefined) {
    return stay(
      turnBackFrom(confirming, watched.state, seen.at, watched.turn),
      '',
      watched.actions,
    );
  }
  const pending = router.pending(plan, seen) ?? furtherPending(plan, seen, sides, weightPercent);
  const {
    state: next,
    evidence,
    waitingFor,
  } = confirmMove(watched.state, seen, sides, {
    // Without a route of its own the Service leads to one side alone.
    endpoints: router.unrouted?.(plan, seen, 'stable') ? 'stable' : router.endpoints(weightPercent),
    weightPercent,
    answersKey: answersKey(plan, state),
    propagationMs: drain.minMs,
    pending,
  });
  if (evidence) {
    const after = state.watchedStep === state.step ? 'holding' : 'monitoring';
    return state.direction === 'forward'
      ? stay(enter(noting(next, { moved: evidence }), after, seen.at), '')
      : stay(enter(noting(next, { movedBack: evidence }), 'draining', seen.at), '');
  }
  // Where the cluster could not be seen for a while, the time is over and the endpoints have only now been seen.
  if (isPropagating(next, drain.minMs, seen.at) || elapsedMs(state, seen.at) < limits.readyMs) {
    // A bad version must not keep the clients that hold connections until every proxy knows.
    const letGo = state.direction === 'back' ? sides.candidate.filter(isServing) : [];
    return stay(next, waitingFor, drainActions(plan, seen, letGo));
  }
  const cause = `traffic was not seen to move within ${formatDuration(limits.readyMs)}: still waiting for ${waitingFor}`;
  return state.direction === 'forward'
    ? stay(turnBackFrom(confirming, next, seen.at, because('traffic-not-moved', cause)), '')
    : stay(ended({ ...next, cause: `${state.cause}; ${cause}` }, seen.at, 'failed'), '');
}

/** What is still to be seen of the Services that move along; undefined where each leads where it should. */
function furtherPending(
  { furtherServices = [] }: TwoSidedPlan,
  seen: Observation,
  sides: Sides,
  weightPercent: number,
): string | undefined {
  const side = furtherSelected(weightPercent);
  const wanted = new Set(sides[side].filter(isServing).map(({ metadata }) => metadata.name));
  const late = furtherServices.find(({ name }) => {
    const slices = seen.furtherServices?.get(name)?.slices ?? [];
    return !endpointsAre(wanted, ownEndpoints(slices, seen, sides));
  });
  return late && `endpoints of service ${late.name} to be the ${side}'s, ${wanted.size} pods`;
}
