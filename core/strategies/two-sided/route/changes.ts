/** Changes that must be in force one after the other: each is written, seen, and given time to reach every proxy. */
import { because } from '../../../base/vocabulary.ts';
import type { Observation } from '../../../cluster/observation.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import type { RouteChange } from '../../../routers/router.ts';
import type { TwoSidedState } from '../../../state/state.ts';
import { ended, isPropagating, observedSince } from '../../../state/transitions.ts';
import { stay, type Transition } from '../../strategy.ts';

export const FIRST_ROUTE_CHANGE = { nth: 0, change: 'none' } as const;

/**
 * `done` is where the release goes after the last; it fails where one cannot be written.
 * `endpointsSince` is when the change under way was first seen in force: a write may take long, and
 * the process that sent it may be gone.
 */
export function followRouteChanges(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  changes: readonly RouteChange[],
  done: (state: TwoSidedState) => TwoSidedState,
): Transition<TwoSidedState> {
  const { nth, change: written } = state.stage;
  const change = changes[nth];
  if (!change) return stay(done(state), '');
  switch (change.kind) {
    case 'blocked':
      return stay(ended(state, seen.at, 'failed', because('route-refused', change.why)), '');
    case 'write':
      return stay(
        { ...state, stage: { nth, change: 'sent' }, endpointsSince: undefined },
        change.text,
        change.actions,
      );
    case 'done': {
      const there = observedSince(state, seen.at);
      if (written === 'sent' && isPropagating(there, plan.settings.drain.minMs, seen.at)) {
        return stay(there, 'every proxy to know of the new route');
      }
      const next = { nth: nth + 1, change: 'none' } as const;
      return stay({ ...state, stage: next, endpointsSince: undefined }, '');
    }
  }
}
