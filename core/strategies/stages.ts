/** Changes that must be in force one after the other: each is written, seen, and given time to reach every proxy. */
import type { Observation } from '../release/observation.ts';
import type { TwoSidedPlan } from '../release/plan.ts';
import { ended } from '../release/progress.ts';
import type { TwoSidedState } from '../release/state.ts';
import type { Stage } from '../routers/router.ts';
import { stay, type Transition } from './strategy.ts';

/**
 * `done` is where the release goes after the last; it fails where one cannot be written.
 * `endpointsSince` is when the change under way was written; undefined where nothing had to be.
 */
export function followStages(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  stages: readonly Stage[],
  done: (state: TwoSidedState) => TwoSidedState,
): Transition<TwoSidedState> {
  const stage = stages[state.stage];
  if (!stage) return stay(done(state), '');
  switch (stage.kind) {
    case 'blocked':
      return stay(ended(state, seen.at, 'failed', stage.why), '');
    case 'write':
      return stay({ ...state, endpointsSince: seen.at }, stage.text, stage.actions);
    case 'done': {
      const waitedMs = seen.at - (state.endpointsSince ?? 0);
      if (waitedMs < plan.settings.drain.minMs) {
        return stay(state, 'every proxy to know of the new route');
      }
      return stay({ ...state, stage: state.stage + 1, endpointsSince: undefined }, '');
    }
  }
}
