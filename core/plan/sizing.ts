/** How many pods either side has at a step, and what share of the traffic that truly is. */

import type { Observation } from '../cluster/observation.ts';
import { routerOf } from '../routers/registry.ts';
import type { TwoSidedPlan, WeightStep } from './plan.ts';

/**
 * Pods of a side that serves alone. Where an autoscaler decides, its current count: a candidate of
 * yesterday's size is no match for today's load.
 */
export function fullSize(plan: TwoSidedPlan, seen: Observation): number {
  if (!plan.autoscaler) return plan.candidate.replicas;
  const current = seen.deployments.get(plan.stable.name)?.spec.replicas ?? 0;
  return Math.max(plan.candidate.replicas, current);
}

/** Pods of the candidate at a weight. */
export function candidatePodsAt(plan: TwoSidedPlan, weightPercent: number, full: number): number {
  return routerOf(plan.routing).candidatePods(weightPercent, full, plan.sizing);
}

/** `10%`, or `25% (asked for 10%: 1 of 4 pods)` where pods cannot express it. */
export function weightText(plan: TwoSidedPlan, { weightPercent }: WeightStep): string {
  const full = plan.candidate.replicas;
  const achieved = routerOf(plan.routing).achieved(weightPercent, full);
  if (Math.round(achieved) === Math.round(weightPercent)) return `${weightPercent}%`;
  const pods = candidatePodsAt(plan, weightPercent, full);
  return `${Math.round(achieved)}% (asked for ${weightPercent}%: ${pods} of ${pods + full} pods)`;
}
