/** How a strategy makes its plan, and what others ask of a plan of its kind. */

import type { Target } from '../cluster/action.ts';
import type { ClusterView } from '../cluster/observation.ts';
import type { PlanInput, WorkloadSnapshot } from '../cluster/plan-input.ts';
import type { LabelSelector, PodTemplate } from '../kubernetes/objects.ts';
import type { FormerRevision } from './former-revision.ts';
import type { Plan, PlanBase } from './plan.ts';
import type { JsonShape } from './shape/json.ts';

export interface PlanMaker<P extends Plan> {
  /**
   * The plan, or why there cannot be one. `isUnchanged`: the image runs already, and is to be started
   * in new pods.
   */
  plan(input: PlanInput, base: PlanBase, isUnchanged: boolean): P | string;
  scope(plan: P): Scope;
  /** What else than image, settings and metrics is compared with what was validated, by name. */
  parts(plan: P): Readonly<Record<string, unknown>>;
  /** What a plan of this kind has in a journal, as far as it is acted on. */
  readonly shape: JsonShape;
  /** The workload that serves when the release begins. */
  stable(plan: P): WorkloadSnapshot;
  /** The candidate's pods to be. */
  candidate(plan: P): CandidatePods;
  /** The workloads that it changes, Deployments or StatefulSets, by name. */
  workloads(plan: P): readonly string[];
  /** Other Services that it moves along, by name. */
  furtherServices(plan: P): readonly string[];
  /** So long the old pods go on running after a promotion; 0: they do not. */
  rollbackWindowMs(plan: P): number;
  /** The pod templates of which ReplicaSets keep a copy. */
  templates(plan: P): readonly TemplateSlot<P>[];
  /** The plan as it is for going back to pods that served before. */
  goingBack(plan: P, former: FormerRevision): P;
  /** Why an object that the plan names is not the release's; undefined where all are. */
  strange(plan: P, view: ClusterView): string | undefined;
}

export interface CandidatePods {
  readonly template: PodTemplate;
  /** Of the Deployment or StatefulSet that they are of. */
  readonly workload: string;
  /** What makes them. */
  readonly controller: 'ReplicaSet' | 'StatefulSet';
}

/** A pod template in a plan, and the workload whose ReplicaSets keep it. */
export interface TemplateSlot<P extends Plan> {
  readonly workload: string;
  readonly template: PodTemplate;
  /** Of a workload that the release itself makes: there may be no ReplicaSet yet. */
  readonly isToBeMade?: boolean;
  put(into: P, template: PodTemplate): P;
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
