/** Changes that must be in force one after the other: each is written, seen, and given time to reach every proxy. */
import type { Observation } from '../release/observation.ts';
import type { TwoSidedPlan } from '../release/plan.ts';
import type { TwoSidedState } from '../release/state.ts';
import type { Stage } from '../routers/router.ts';
import type { Transition } from './strategy.ts';

interface Ends {
  readonly done: (state: TwoSidedState) => TwoSidedState;
  readonly blocked: (state: TwoSidedState, why: string) => TwoSidedState;
}

/** `endpointsSince` is when the change under way was written; undefined where nothing had to be. */
export function followStages(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  stages: readonly Stage[],
  ends: Ends,
): Transition<TwoSidedState> {
  const stage = stages[state.stage];
  if (!stage) return { state: ends.done(state), actions: [], waitingFor: '' };
  switch (stage.kind) {
    case 'blocked':
      return { state: ends.blocked(state, stage.why), actions: [], waitingFor: '' };
    case 'write': {
      const { actions, text: waitingFor } = stage;
      return { state: { ...state, endpointsSince: seen.at }, actions, waitingFor };
    }
    case 'done': {
      const waitedMs = seen.at - (state.endpointsSince ?? 0);
      if (waitedMs < plan.settings.drain.minMs) {
        return { state, actions: [], waitingFor: 'every proxy to know of the new route' };
      }
      const next = { ...state, stage: state.stage + 1, endpointsSince: undefined };
      return { state: next, actions: [], waitingFor: '' };
    }
  }
}
