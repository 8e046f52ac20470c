/** Sees to it that no request reaches the candidate's pods before it is meant to. */
import { routerOf } from '../../../routers/registry.ts';
import { enter } from '../../../state/transitions.ts';
import { baselineNeeds } from '../needs.ts';
import { type Phase, UNREACHED } from '../phase.ts';
import { followRouteChanges } from '../route/changes.ts';
import { routeToPrepare } from '../route/expected.ts';

export const routing: Phase = {
  ...UNREACHED,
  waitsFor: 'write',
  writesRoutes: true,
  ownership: 'taking',
  loser: 'kept',
  next: (plan, state, seen) => {
    const changes = routerOf(plan.routing).preparation(plan, seen);
    return followRouteChanges(plan, state, seen, changes, (then) =>
      enter(then, 'preparing', seen.at),
    );
  },
  needs: (plan, state, _seen, sides) => baselineNeeds(plan, state, sides),
  expectedRoute: (plan, _state, seen) => routeToPrepare(plan, seen),
};
