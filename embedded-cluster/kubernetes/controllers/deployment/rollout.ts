/** From the old ReplicaSets to the new one, by the Deployment's strategy. */

import { pods, replicaSets } from '../../collection.ts';
import { ApiFailure } from '../../definitions/failure.ts';
import type { ReplicaSet } from '../../shapes.ts';
import { controllerOf } from '../owners.ts';
import { hasEnded } from '../pods.ts';
import { desiredReplicas, maxUnavailable } from './bounds.ts';
import { byAge, revisionOf } from './revisions.ts';
import { type DeploymentWorld, replicasForNew, resize } from './sizing.ts';
import { allOf, isComplete, type Rollout, wantedPods } from './status.ts';

/** One step of a rolling update: makes room above, or removes below, as far as the bounds allow. */
export function rollOn(context: DeploymentWorld, rollout: Rollout): void {
  const { deployment, newOne, oldOnes } = rollout;
  if (!newOne) return;
  const current = newOne.spec.replicas ?? 1;
  const desired = desiredReplicas(deployment);
  const size =
    current > desired ? desired : replicasForNew(deployment, wantedPods(oldOnes), current);
  if (size !== current) {
    resize(context, deployment, newOne, size);
    return;
  }
  if (wantedPods(oldOnes) > 0) {
    scaleDownOldOnes(context, rollout, newOne);
    return;
  }
  cleanUp(context, rollout);
}

function scaleDownOldOnes(context: DeploymentWorld, rollout: Rollout, newOne: ReplicaSet): void {
  const { deployment } = rollout;
  const floor = desiredReplicas(deployment) - maxUnavailable(deployment);
  const newUnavailable = (newOne.spec.replicas ?? 1) - (newOne.status?.availableReplicas ?? 0);
  const removable = wantedPods(allOf(rollout)) - floor - newUnavailable;
  if (removable <= 0) return;
  const oldOnes = rollout.oldOnes.filter(({ spec }) => (spec.replicas ?? 1) > 0).sort(byAge);

  // First what does not work anyway: removing it takes nothing from anybody.
  const take = (from: readonly ReplicaSet[], limit: number, spare: (one: ReplicaSet) => number) => {
    let left = limit;
    return from.map((one) => {
      const count = Math.min(Math.max(left, 0), spare(one));
      left -= count;
      return count === 0 ? one : resize(context, deployment, one, (one.spec.replicas ?? 1) - count);
    });
  };
  const unhealthy = (one: ReplicaSet): number =>
    Math.max((one.spec.replicas ?? 1) - (one.status?.availableReplicas ?? 0), 0);
  const healthyOnes = take(oldOnes, removable, unhealthy);
  const surplus = availableAndWanted([...healthyOnes, newOne]) - floor;
  take(healthyOnes, surplus, (one) => one.spec.replicas ?? 1);
}

/** A ReplicaSet that has just been made smaller still counts pods that are about to go. */
function availableAndWanted(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce(
    (sum, { spec, status }) => sum + Math.min(status?.availableReplicas ?? 0, spec.replicas ?? 1),
    0,
  );
}

/** Whether the old pods are gone, so that `Recreate` may make new ones. */
export function oldPodsAreGone({ world }: DeploymentWorld, { oldOnes }: Rollout): boolean {
  const uids = new Set(oldOnes.map(({ metadata }) => metadata.uid));
  const namespace = oldOnes[0]?.metadata.namespace;
  return !pods(world)
    .list(namespace)
    .some((pod) => uids.has(controllerOf(pod)?.uid ?? '') && !hasEnded(pod));
}

/** Scales every old ReplicaSet to nothing; whether there was one to scale. */
export function removeOldPods(context: DeploymentWorld, rollout: Rollout): boolean {
  const active = rollout.oldOnes.filter(({ spec }) => (spec.replicas ?? 1) > 0);
  for (const one of active) resize(context, rollout.deployment, one, 0);
  return active.length > 0;
}

/** Once all is done, forgets the oldest revisions beyond what the Deployment wants to remember. */
export function cleanUp({ world }: DeploymentWorld, rollout: Rollout): void {
  const { deployment, oldOnes } = rollout;
  const isDone = deployment.spec.paused || isComplete(deployment, deployment.status ?? {});
  const limit = deployment.spec.revisionHistoryLimit;
  if (!isDone || limit === undefined) return;
  const alive = oldOnes.filter(({ metadata }) => !metadata.deletionTimestamp);
  const surplus = [...alive]
    .sort((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, Math.max(alive.length - limit, 0));
  for (const one of surplus.filter(isEmpty)) {
    ignoringMissing(() => replicaSets(world).delete(one.metadata.namespace, one.metadata.name));
  }
}

function isEmpty({ metadata, spec, status }: ReplicaSet): boolean {
  return (
    (spec.replicas ?? 1) === 0 &&
    (status?.replicas ?? 0) === 0 &&
    (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  );
}

function ignoringMissing(remove: () => void): void {
  try {
    remove();
  } catch (failure) {
    if (!(failure instanceof ApiFailure) || failure.reason !== 'NotFound') throw failure;
  }
}
