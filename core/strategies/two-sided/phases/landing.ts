/** Found good: every route is given the form in which it stays. */
import { routerOf } from '../../../routers/registry.ts';
import { enter } from '../../../state/transitions.ts';
import { ALL_WATCHED, type Phase } from '../phase.ts';
import { followRouteChanges } from '../route/changes.ts';
import { routeFinalSoFar } from '../route/expected.ts';

export const landing: Phase = {
  ...ALL_WATCHED,
  waitsFor: 'end',
  writesRoutes: true,
  ownership: 'held',
  loser: 'kept',
  next: (plan, state, seen) => {
    const changes = routerOf(plan.routing).finalForm(plan, seen);
    return followRouteChanges(plan, state, seen, changes, (then) =>
      enter(then, 'draining', seen.at),
    );
  },
  needs: () => [],
  expectedRoute: (plan, state, seen) => routeFinalSoFar(plan, state, seen, state.stage.nth),
};
