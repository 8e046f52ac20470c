/** How a strategy makes its plan, and what a release by it looks at. */

import type { Target } from '../cluster/action.ts';
import type { PlanInput, WorkloadSnapshot } from '../cluster/plan-input.ts';
import type { LabelSelector } from '../kubernetes/objects.ts';
import type { Plan, PlanBase } from './plan.ts';

export interface PlanMaker<P extends Plan> {
  /**
   * The plan, or why there cannot be one. `isUnchanged`: the image runs already, and is to be started
   * in new pods.
   */
  plan(input: PlanInput, base: PlanBase, isUnchanged: boolean): P | string;
  scope(plan: P): Scope;
  /** What else than image, settings and metrics is compared with what was validated, by name. */
  parts(plan: P): Readonly<Record<string, unknown>>;
}

/** Which release has marked a workload says nothing of what it is. */
export function withoutMark({ mark: _, ...workload }: WorkloadSnapshot): object {
  return workload;
}

/** Which objects a release has to look at: no more than these are watched. */
export interface Scope {
  readonly deployments: readonly string[];
  readonly service: string;
  readonly previewService: string | undefined;
  readonly furtherServices: readonly string[];
  /** The router's objects, and the autoscaler. */
  readonly others: readonly Target[];
  /** Of the pods of either side, and of their ReplicaSets. */
  readonly podSelector: LabelSelector;
}
