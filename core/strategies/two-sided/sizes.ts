/** How many pods of either side a two-sided release rests on. */

import type { Observation } from '../../cluster/observation.ts';
import type { TwoSidedPlan } from '../../plan/plan.ts';
import { candidatePodsAt } from '../../plan/sizing.ts';
import type { TwoSidedState } from '../../state/state.ts';
import { mostPods } from './autoscaler.ts';
import { stepOf } from './transition.ts';
import { workloadOf } from './workloads.ts';

/**
 * Pods that the candidate has at the weight of the step that is in force; 0 before the first, where
 * requests reach none of it yet.
 */
export function candidateNeeded(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  stepInForce: number,
): number {
  if (stepInForce < 0) return 0;
  const { weightPercent } = stepOf(plan, { ...state, step: stepInForce });
  const planned = candidatePodsAt(plan, weightPercent, plan.candidate.replicas);
  const { replicas = planned } = workloadOf(plan, seen, 'candidate')?.spec ?? {};
  // Where an autoscaler decides, fewer may be right, and none never is.
  return plan.autoscaler ? Math.max(1, Math.min(replicas, planned)) : planned;
}

/** The stable's pods from before; where an autoscaler let the candidate grow with the load, as many. */
export function stableNeeded(plan: TwoSidedPlan, seen: Observation): number {
  if (!plan.autoscaler) return plan.floor;
  const grown = workloadOf(plan, seen, 'candidate')?.spec.replicas ?? 0;
  return Math.min(mostPods(plan, seen), Math.max(plan.floor, grown));
}
