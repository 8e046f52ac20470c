/** What `rolling` writes to a StatefulSet, and how it ends one of its pods. */
import { shortImage } from '../../../base/image.ts';
import {
  type Action,
  actionId,
  type PatchOperation,
  patchOf,
  targetOf,
} from '../../../cluster/action.ts';
import { ownershipAnnotation } from '../../../cluster/ownership.ts';
import type { Pod } from '../../../kubernetes/objects.ts';
import { isServing } from '../../../kubernetes/pods/pods.ts';
import type { StatefulSet } from '../../../kubernetes/workload-objects.ts';
import type { RollingPlan, StatefulSetSnapshot } from '../../../plan/plan.ts';
import { templateChanges, undoMark } from '../actions.ts';

/** The new template, and a partition that keeps every pod as it is until it is lowered. */
export function toCandidate(plan: RollingPlan, set: StatefulSet, replicas: number): Action {
  const { name } = plan.workload;
  return {
    id: actionId(plan.release, 'roll', name),
    text: `give StatefulSet ${name} ${shortImage(plan.image.reference)}, for no pod yet`,
    effect: patchOf(set, [
      ...ownershipAnnotation(set, plan.release),
      partitioned(replicas),
      ...templateChanges(plan, set.spec.template),
    ]),
  };
}

export function toReplace(plan: RollingPlan, set: StatefulSet, ordinal: number): Action {
  const { name } = plan.workload;
  return {
    id: actionId(plan.release, `partition-${ordinal}`, name),
    text: `let StatefulSet ${name} replace ${name}-${ordinal}`,
    effect: patchOf(set, [partitioned(ordinal)]),
  };
}

/** How a StatefulSet updates that is told to end no pod. */
export const ON_DELETE = { type: 'OnDelete' } as const;

/** The old template, for no pod before it is ended. */
export function toStable(plan: RollingPlan, set: StatefulSet): Action {
  const { name, template } = plan.workload;
  return {
    id: actionId(plan.release, 'roll-back', name),
    text: `give StatefulSet ${name} ${shortImage(plan.previousImage)} back`,
    effect: patchOf(set, [
      ...ownershipAnnotation(set, undoMark(plan)),
      { op: 'add', path: '/spec/updateStrategy', value: ON_DELETE },
      { op: 'replace', path: '/spec/template', value: template },
    ]),
  };
}

export function partitionOf({ spec }: StatefulSet): number {
  return spec.updateStrategy?.rollingUpdate?.partition ?? 0;
}

function partitioned(partition: number): PatchOperation {
  const value = { type: 'RollingUpdate', rollingUpdate: { partition } };
  return { op: 'add', path: '/spec/updateStrategy', value };
}

/**
 * The controller makes it anew, of the template that there is by then. One that was seen not ready, and
 * has become ready since, is not ended: it may be one of those that carry the traffic.
 */
export function toEnd(plan: RollingPlan, pod: Pod): Action {
  const { name, uid = '', resourceVersion } = pod.metadata;
  return {
    id: actionId(plan.release, 'end', uid || name),
    text: `end pod ${name}${isServing(pod) ? '' : ', which is not ready'}`,
    effect: {
      kind: 'delete',
      target: targetOf({ ...pod, apiVersion: 'v1', kind: 'Pod' }),
      uid,
      resourceVersion,
    },
  };
}

/** How the StatefulSet updates, as it was found, and the mark that it is to bear. */
export function toOwnUpdates(
  plan: RollingPlan,
  { updateStrategy }: StatefulSetSnapshot,
  set: StatefulSet,
  mark: string | undefined,
): Action {
  return {
    id: actionId(plan.release, 'settle', plan.workload.name),
    text: `give StatefulSet ${plan.workload.name} its own update strategy back`,
    effect: patchOf(set, [
      ...ownershipAnnotation(set, mark),
      { op: 'add', path: '/spec/updateStrategy', value: updateStrategy },
    ]),
  };
}
