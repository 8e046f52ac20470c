/** The release has ended. */
import { stay } from '../../strategy.ts';
import { ALL_WATCHED, type Phase } from '../phase.ts';

export const done: Phase = {
  ...ALL_WATCHED,
  waitsFor: 'end',
  writesRoutes: false,
  ownership: 'held',
  loser: 'ended',
  next: (_plan, state) => stay(state, 'nothing'),
  needs: () => [],
  expectedRoute: () => undefined,
  // Nothing rests on a weight any more.
  stepInForce: () => -1,
};
