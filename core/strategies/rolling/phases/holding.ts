/** Deploy hands over: the candidate serves, and the release waits for somebody to conclude it. */
import { stay } from '../../strategy.ts';
import type { Phase } from '../phase.ts';

export const holding: Phase = {
  waitsFor: 'validation',
  replacesPods: false,
  next: (_plan, state) => stay(state, 'somebody to conclude'),
  needs: () => [],
};
