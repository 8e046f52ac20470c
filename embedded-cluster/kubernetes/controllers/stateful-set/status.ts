/** What a StatefulSet's status says of its pods. */
import type { Pod, StatefulSet } from '../../shapes.ts';
import { hasEnded, isReady } from '../pods.ts';

type StatefulSetStatus = NonNullable<StatefulSet['status']>;

export const REVISION_LABEL = 'controller-revision-hash';

export function statusOf(
  { metadata, spec }: StatefulSet,
  owned: readonly Pod[],
  revisions: { readonly updateRevision: string; readonly currentRevision: string },
): StatefulSetStatus {
  const { updateRevision, currentRevision } = revisions;
  const present = owned.filter((pod) => !hasEnded(pod));
  const living = present.filter((pod) => !pod.metadata.deletionTimestamp);
  const of = (revision: string): number =>
    living.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === revision).length;
  const ready = present.filter(isReady).length;
  const replicas = spec.replicas ?? 1;
  // The update is the present once nothing is left of what was before.
  const isDone = of(updateRevision) === replicas && ready === replicas;
  const { generation } = metadata;
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    replicas: present.length,
    readyReplicas: ready,
    availableReplicas: ready,
    currentReplicas: of(isDone ? updateRevision : currentRevision),
    updatedReplicas: of(updateRevision),
    currentRevision: isDone ? updateRevision : currentRevision,
    updateRevision,
    collisionCount: 0,
  };
}
