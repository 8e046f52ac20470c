/** What every phase of a two-sided release knows: the step under way, and who serves. */

import type { Side } from '../../base/vocabulary.ts';
import { isServing } from '../../kubernetes/pods/pods.ts';
import type { Sides } from '../../plan/own-pods.ts';
import type { TwoSidedPlan, WeightStep } from '../../plan/plan.ts';
import type { TwoSidedPhase, TwoSidedState } from '../../state/state.ts';
import type { Transition } from '../strategy.ts';

export type TwoSidedTransition = Transition<TwoSidedState>;

const NOTHING: WeightStep = { weightPercent: 0, watchMs: 0 };

/** The step under way; going back, none of the traffic is the candidate's. */
export function stepOf(plan: TwoSidedPlan, state: TwoSidedState): WeightStep {
  return state.direction === 'back' ? NOTHING : (plan.steps[state.step] ?? NOTHING);
}

/** Other pods than those that were watched have not been watched; what is paused keeps its phase. */
export function watchedAgainIn({ wait }: TwoSidedState): TwoSidedPhase | undefined {
  return wait.kind === 'paused' ? undefined : 'confirming';
}

export function isOver({ phase }: TwoSidedState): boolean {
  return phase === 'done';
}

/** The side that does not serve once the release is over. */
export function loserOf({ direction }: TwoSidedState): Side {
  return direction === 'forward' ? 'stable' : 'candidate';
}

export function serving(pods: Sides['stable']): number {
  return pods.filter(isServing).length;
}

/** The side that requests are to reach, or the other, where that alone has a pod for them. */
export function orWhoServes(sides: Sides, wanted: Side): Side {
  const other = wanted === 'stable' ? 'candidate' : 'stable';
  return serving(sides[wanted]) === 0 && serving(sides[other]) > 0 ? other : wanted;
}
