/**
 * Whose pod is it? By who controls it, never by its labels or its image: labels are shared by
 * workers and strangers, and images are rewritten by webhooks.
 */
import { sameJson } from '../base/json.ts';
import type { Labels } from './labels.ts';
import type { KubernetesObject, OwnerReference, Pod, PodTemplate } from './objects.ts';
import type { ReplicaSet } from './workload-objects.ts';

/** On every pod and ReplicaSet of a Deployment. */
export const TEMPLATE_HASH = 'pod-template-hash';
/** On every pod of a StatefulSet. */
export const REVISION_HASH = 'controller-revision-hash';

export interface WorkloadRef {
  readonly kind: string;
  readonly name: string;
  /** Undefined where it is not known: then the name alone decides. */
  readonly uid: string | undefined;
}

export function workloadRef({ kind, metadata: { name, uid } }: KubernetesObject): WorkloadRef {
  return { kind, name, uid };
}

export function controllerOf({ metadata }: KubernetesObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/**
 * The name of the workload's revision that a pod is of: its ReplicaSet's, or what a StatefulSet
 * calls it. Undefined for a pod of anybody else.
 */
export function revisionIn(
  pod: Pod,
  workload: WorkloadRef,
  replicaSets: readonly ReplicaSet[],
): string | undefined {
  const owner = controllerOf(pod);
  if (!owner) return undefined;
  if (isOwner(owner, workload)) return pod.metadata.labels?.[REVISION_HASH] ?? '';
  if (owner.kind !== 'ReplicaSet' || workload.kind !== 'Deployment') return undefined;
  const replicaSet = replicaSets.find(({ metadata }) => metadata.uid === owner.uid);
  if (!replicaSet) return isNamedAfter(pod, owner, workload) ? owner.name : undefined;
  const above = controllerOf(replicaSet);
  return above && isOwner(above, workload) ? owner.name : undefined;
}

function isOwner(owner: OwnerReference, { kind, name, uid }: WorkloadRef): boolean {
  return owner.kind === kind && owner.name === name && (uid === undefined || owner.uid === uid);
}

/**
 * A ReplicaSet that is not known: its Deployment may keep none of the old ones, or a watch tells of
 * a new one later than of its pods. `<deployment>-<hash>` is how the controller names it.
 */
function isNamedAfter(pod: Pod, owner: OwnerReference, { name }: WorkloadRef): boolean {
  return owner.name === `${name}-${pod.metadata.labels?.[TEMPLATE_HASH]}`;
}

/** Whether pods of both templates are the same: a ReplicaSet adds its hash to the labels. */
export function sameTemplate(a: PodTemplate, b: PodTemplate): boolean {
  return sameJson(withoutHash(a), withoutHash(b));
}

export function withoutHash({ metadata, spec }: PodTemplate): PodTemplate {
  const { [TEMPLATE_HASH]: _hash, ...labels }: Labels = metadata?.labels ?? {};
  return { metadata: { ...metadata, labels }, spec };
}
