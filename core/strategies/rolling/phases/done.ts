/** The release has ended. */
import { stay } from '../../strategy.ts';
import type { Phase } from '../phase.ts';

export const done: Phase = {
  waitsFor: 'end',
  replacesPods: false,
  next: (_plan, state) => stay(state, 'nothing'),
  needs: () => [],
};
