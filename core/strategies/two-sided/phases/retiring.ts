/** Takes the losing side away, once no proxy can still lead to it. */
import type { Observation } from '../../../cluster/observation.ts';
import { keepsRollbackWindow } from '../../../journal/rollback-window.ts';
import { isServing } from '../../../kubernetes/pods/pods.ts';
import { type Sides, sidesOfTwo } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { routerOf } from '../../../routers/registry.ts';
import type { TwoSidedState } from '../../../state/state.ts';
import { elapsedMs, enter } from '../../../state/transitions.ts';
import { stay } from '../../strategy.ts';
import { ALL_WATCHED, type Phase } from '../phase.ts';
import { FIRST_ROUTE_CHANGE } from '../route/changes.ts';
import { routeFinal, routeToStable } from '../route/expected.ts';
import { awaitHearing } from '../route/misled.ts';
import { loserOf, type TwoSidedTransition } from '../transition.ts';
import { emptyCandidate, retireActions } from '../workloads.ts';

export const retiring: Phase = {
  ...ALL_WATCHED,
  waitsFor: 'end',
  writesRoutes: false,
  ownership: 'held',
  loser: 'ended',
  next: retire,
  needs: () => [],
  expectedRoute: (plan, state, seen) =>
    state.direction === 'back' ? routeToStable(plan, state, seen) : routeFinal(plan, seen),
};

function retire(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  sides: Sides,
): TwoSidedTransition {
  const first = outOfTheWay(plan, state, seen);
  if (first) return first;
  const loser = loserOf(state);
  const unheard = awaitHearing(plan, state, seen, sides, loser);
  if (unheard) return unheard;
  const actions = retireActions(plan, seen, loser);
  const kept = loser === 'candidate' ? (plan.candidate.before?.replicas ?? 0) : 0;
  const left = loser === 'stable' && keepsRollbackWindow(plan) ? 0 : sides[loser].length - kept;
  const patient = elapsedMs(state, seen.at) < plan.settings.limits.readyMs;
  if (actions.length > 0 || (left > 0 && patient)) {
    return stay(state, `${left} ${loser} pods to end`, actions);
  }
  return stay(enter({ ...state, stage: FIRST_ROUTE_CHANGE }, 'tidying', seen.at), '');
}

/** What comes before the rest of the way back; undefined where nothing does, or not any more. */
function outOfTheWay(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): TwoSidedTransition | undefined {
  if (state.atOnce !== true) return undefined;
  const router = routerOf(plan.routing);
  // Other Services that moved along were narrowed to the same hash.
  const further = plan.furtherServices?.length ? router.cleanUp(plan, seen, 'stable') : [];
  const changes = [router.ownRoute(plan, seen), ...further.slice(-1)];
  const actions = changes.flatMap((change) => (change.kind === 'write' ? change.actions : []));
  const [first] = actions;
  if (!first) return undefined;
  const ready = sidesOfTwo(plan, seen).candidate.filter(isServing).length;
  const emptying = emptyCandidate(plan, seen);
  if (ready > 0 || emptying.length > 0) {
    return stay(state, `${ready} candidate pods to be out of the way`, emptying);
  }
  return stay(state, first.text, actions);
}
