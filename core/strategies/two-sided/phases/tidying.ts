/** Takes away what only the release needed, once the pods of the losing side are gone. */
import type { Observation } from '../../../cluster/observation.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { routerOf } from '../../../routers/registry.ts';
import type { TwoSidedState } from '../../../state/state.ts';
import { elapsedMs, ended } from '../../../state/transitions.ts';
import { handingBack } from '../../common/handing-back.ts';
import { stay } from '../../strategy.ts';
import { autoscalerActions } from '../autoscaler.ts';
import { ALL_WATCHED, type Phase } from '../phase.ts';
import { followRouteChanges } from '../route/changes.ts';
import { routeFinal, routeGivenBack } from '../route/expected.ts';
import { loserOf, type TwoSidedTransition } from '../transition.ts';

export const tidying: Phase = {
  ...ALL_WATCHED,
  waitsFor: 'end',
  writesRoutes: true,
  ownership: 'returning',
  loser: 'ended',
  next: cleanUp,
  needs: () => [],
  expectedRoute: (plan, state, seen) => {
    const givenBack = routeGivenBack(plan, state, seen);
    return state.direction === 'back' ? givenBack : (givenBack ?? routeFinal(plan, seen));
  },
};

function cleanUp(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): TwoSidedTransition {
  const forward = state.direction === 'forward';
  const winner = forward ? 'candidate' : 'stable';
  const outcome = forward ? 'promoted' : 'rolled-back';
  const changes = routerOf(plan.routing).cleanUp(plan, seen, winner);
  const { minMs } = plan.settings.drain;
  if (changes[state.stage.nth]?.kind === 'write' && elapsedMs(state, seen.at) < minMs) {
    // A route that keeps to no side any more leads to whomever a proxy has not yet heard to be gone.
    return stay(state, `every proxy to know that the ${loserOf(state)} pods are gone`);
  }
  const followed = followRouteChanges(plan, state, seen, changes, (next) =>
    autoscalerActions(plan, next, seen, tidying).length > 0 ? next : ended(next, seen.at, outcome),
  );
  if (followed.state.outcome !== outcome) return followed;
  const back = handingBack(plan, state, seen);
  return back ? stay(back.state, 'the fields of others to be theirs', back.actions) : followed;
}
