/** Deploy hands over: the candidate serves, and the release waits for somebody to conclude it. */
import { stay } from '../../strategy.ts';
import { ALL_WATCHED, type Phase } from '../phase.ts';
import { routeAtStep } from '../route/expected.ts';

export const holding: Phase = {
  ...ALL_WATCHED,
  waitsFor: 'validation',
  writesRoutes: false,
  ownership: 'held',
  loser: 'kept',
  next: (_plan, state) => stay(state, 'somebody to conclude'),
  needs: () => [],
  expectedRoute: (plan, state, seen) => routeAtStep(plan, state, seen),
};
