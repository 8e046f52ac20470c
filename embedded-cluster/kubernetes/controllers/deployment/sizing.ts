/** How large ReplicaSets may be, and how they are made that large. */
import { replicaSets } from '../../collection.ts';
import type { Deployment, ReplicaSet } from '../../shapes.ts';
import type { World } from '../../world.ts';
import type { RecordEvent } from '../events.ts';
import { desiredReplicas, maxSurge } from './bounds.ts';
import { sizeAnnotations } from './revisions.ts';

export interface DeploymentWorld {
  readonly world: World;
  readonly record: RecordEvent;
}

/** How many pods the new revision may have, given what there is and what may be too many. */
export function replicasForNew(deployment: Deployment, otherPods: number, current: number): number {
  const desired = desiredReplicas(deployment);
  if (deployment.spec.strategy?.type === 'Recreate') return desired;
  const room = desired + maxSurge(deployment) - otherPods - current;
  return room <= 0 ? current : current + Math.min(room, desired - current);
}

/** Sets the size; `annotated` also where only the noted size of the Deployment is out of date. */
export function resize(
  { world, record }: DeploymentWorld,
  deployment: Deployment,
  replicaSet: ReplicaSet,
  replicas: number,
): ReplicaSet {
  const before = replicaSet.spec.replicas ?? 1;
  const annotations = { ...replicaSet.metadata.annotations, ...sizeAnnotations(deployment) };
  const resized = replicaSets(world).update({
    ...replicaSet,
    metadata: { ...replicaSet.metadata, annotations },
    spec: { ...replicaSet.spec, replicas },
  });
  if (before !== replicas) {
    const message = scalingMessage(before < replicas ? 'up' : 'down', resized, before);
    record(deployment, 'Normal', 'ScalingReplicaSet', message);
  }
  return resized;
}

export function scalingMessage(
  direction: 'up' | 'down',
  { metadata, spec }: ReplicaSet,
  before: number,
): string {
  return `Scaled ${direction} replica set ${metadata.name} from ${before} to ${spec.replicas ?? 1}`;
}
