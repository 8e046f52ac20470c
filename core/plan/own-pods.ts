/**
 * The pods of a release, by who controls them, and on which side each is. Pods that have ended
 * (evicted, failed, completed) are on no side: not waited for, not judged, not counted, not ended.
 */

import type { ClusterView } from '../cluster/observation.ts';
import { named } from '../kubernetes/by-name.ts';
import type { Pod, PodTemplate } from '../kubernetes/objects.ts';
import {
  controllerOf,
  REVISION_HASH,
  revisionIn,
  sameTemplate,
  type WorkloadRef,
  workloadRef,
} from '../kubernetes/owners.ts';
import { hasEnded, isTerminating } from '../kubernetes/pods/pods.ts';
import type { ReplicaSet, StatefulSet } from '../kubernetes/workload-objects.ts';
import type { RollingPlan, TwoSidedPlan } from './plan.ts';

/** What must be seen to know whose a pod is; where no Deployments are, their names decide. */
export type OwnershipView = Pick<ClusterView, 'pods' | 'deployments' | 'replicaSets' | 'others'>;

/** A pod of the workload, and the name of its revision. */
interface OwnPod {
  readonly pod: Pod;
  readonly revision: string;
}

/** The pods of a workload that have not ended, ready or not. */
export function podsOf(
  workload: WorkloadRef,
  { pods, replicaSets }: Pick<ClusterView, 'pods' | 'replicaSets'>,
): OwnPod[] {
  return pods.flatMap((pod) => {
    const revision = hasEnded(pod) ? undefined : revisionIn(pod, workload, replicaSets);
    return revision === undefined ? [] : [{ pod, revision }];
  });
}

export function sidesOfTwo(plan: TwoSidedPlan, seen: OwnershipView): Sides {
  const of = (name: string): Pod[] => podsOf(deploymentRef(name, seen), seen).map(({ pod }) => pod);
  return { stable: of(plan.stable.name), candidate: of(plan.candidate.name) };
}

/** The candidate's are those of any revision that the workload did not have before. */
export function sidesOfOne(plan: RollingPlan, seen: OwnershipView): Sides {
  const own = podsOf(rolledWorkload(plan, seen), seen);
  const isOld = revisionsBefore(plan, seen.replicaSets);
  return {
    stable: own.filter(isOld).map(({ pod }) => pod),
    candidate: own.filter((each) => !isOld(each)).map(({ pod }) => pod),
  };
}

function deploymentRef(name: string, { deployments }: OwnershipView): WorkloadRef {
  return { kind: 'Deployment', name, uid: deployments.get(name)?.metadata.uid };
}

function rolledWorkload({ statefulSet, workload: { name } }: RollingPlan, seen: OwnershipView) {
  if (!statefulSet) return deploymentRef(name, seen);
  const set = named<StatefulSet>(seen.others, 'StatefulSet', name);
  return set ? workloadRef(set) : { kind: 'StatefulSet', name, uid: undefined };
}

/** Whether a pod is of a revision that was there before the release. */
function revisionsBefore(plan: RollingPlan, replicaSets: readonly ReplicaSet[]) {
  const templates = new Map(
    replicaSets.map(({ metadata, spec }) => [metadata.name, spec.template]),
  );
  return ({ pod, revision }: OwnPod): boolean => {
    // Only a Deployment has its templates in ReplicaSets; a pod's own spec may have been rewritten.
    const template = plan.statefulSet ? { spec: pod.spec } : templates.get(revision);
    // What is not known to be new, since its ReplicaSet is gone or not yet seen, is not judged as new.
    return template === undefined || isBefore(plan, revision, template);
  };
}

/** Images decide only where they are the very ones that were written; webhooks rewrite them. */
function isBefore(plan: RollingPlan, revision: string, template: PodTemplate): boolean {
  const image = template.spec.containers.find(({ name }) => name === plan.container)?.image;
  if (plan.image.reference !== plan.previousImage) {
    if (image === plan.image.reference) return false;
    if (image === plan.previousImage) return true;
  }
  return plan.revisionsBefore?.includes(revision) || sameTemplate(template, plan.workload.template);
}

/** The revisions that have pods now, by name, of pods that one workload controls. */
export function revisionsAmong(pods: readonly Pod[]): string[] {
  const living = pods.filter((pod) => !isTerminating(pod));
  const names = living.map(
    (pod) => pod.metadata.labels?.[REVISION_HASH] ?? controllerOf(pod)?.name,
  );
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

export interface Sides {
  readonly stable: readonly Pod[];
  readonly candidate: readonly Pod[];
}
