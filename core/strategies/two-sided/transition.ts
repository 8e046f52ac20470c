/** What every phase of a two-sided release knows: the step under way, and the way back. */

import type { Instant } from '../../base/vocabulary.ts';
import { isServing } from '../../kubernetes/pods/pods.ts';
import type { Sides } from '../../plan/own-pods.ts';
import type { TwoSidedPlan, WeightStep } from '../../plan/plan.ts';
import type { TwoSidedState } from '../../state/state.ts';
import { turnedBack } from '../../state/transitions.ts';
import type { Transition } from '../strategy.ts';

export type TwoSidedTransition = Transition<TwoSidedState>;

const NOTHING: WeightStep = { weightPercent: 0, watchMs: 0 };

/** The step under way; going back, none of the traffic is the candidate's. */
export function stepOf(plan: TwoSidedPlan, state: TwoSidedState): WeightStep {
  return state.direction === 'back' ? NOTHING : (plan.steps[state.step] ?? NOTHING);
}

/** Where a release goes when it turns back: the way depends on whether requests may reach the candidate. */
export function turnBack(state: TwoSidedState, at: Instant, cause: string): TwoSidedState {
  switch (state.phase) {
    case 'preparing':
      return turnedBack(state, state.step === 0 ? 'retiring' : 'preparing', at, cause);
    case 'routing':
    case 'testing':
      // No request has reached the candidate, and none will: it can go as it is.
      return turnedBack(state, 'retiring', at, cause);
    case 'switching':
    case 'confirming':
    case 'monitoring':
    case 'holding':
      return turnedBack(state, 'preparing', at, cause);
    case 'landing':
    case 'draining':
    case 'retiring':
    case 'tidying':
    case 'done':
      // Found good and concluded: from here on, finishing is the safe way.
      return state;
  }
}

/**
 * Turns back from wherever it is, because what serves cannot be relied on any more. Where the stable
 * has been let go already, it is brought back before anything leads to it.
 */
export function reversed(state: TwoSidedState, at: Instant, cause: string): TwoSidedState {
  switch (state.phase) {
    case 'landing':
    case 'draining':
    case 'retiring':
    case 'tidying':
      return turnedBack({ ...state, repairing: undefined }, 'preparing', at, cause);
    default:
      return turnBack({ ...state, repairing: undefined }, at, cause);
  }
}

export function serving(pods: Sides['stable']): number {
  return pods.filter(isServing).length;
}
