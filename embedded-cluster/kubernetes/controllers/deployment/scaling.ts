/** How a change of a Deployment's size is shared among its ReplicaSets. */
import type { ReplicaSet } from '../../shapes.ts';
import { desiredReplicas, maxSurge } from './bounds.ts';
import { byAge, desiredWhenSized, maxWhenSized } from './revisions.ts';
import { type DeploymentWorld, resize } from './sizing.ts';
import { allOf, type Rollout, wantedPods } from './status.ts';

const sizeOf = ({ spec }: ReplicaSet): number => spec.replicas ?? 1;
const active = (all: readonly ReplicaSet[]): ReplicaSet[] => all.filter((one) => sizeOf(one) > 0);

/** Whether the Deployment's size was changed since its ReplicaSets were last sized. */
export function isScaling(rollout: Rollout): boolean {
  const desired = desiredReplicas(rollout.deployment);
  return active(allOf(rollout)).some((one) => (desiredWhenSized(one) ?? desired) !== desired);
}

export function rescale(context: DeploymentWorld, rollout: Rollout): void {
  const { deployment, newOne, oldOnes } = rollout;
  const desired = desiredReplicas(deployment);
  const only = onlyActive(rollout);
  if (only) {
    if (sizeOf(only) !== desired) resize(context, deployment, only, desired);
    return;
  }
  if (newOne && isSaturated(newOne, desired)) {
    for (const one of active(oldOnes)) resize(context, deployment, one, 0);
    return;
  }
  if (deployment.spec.strategy?.type === 'Recreate') return;
  for (const [one, size] of shares(rollout)) resize(context, deployment, one, size);
}

/** The one ReplicaSet that has pods; the newest where none has; none where several have. */
function onlyActive({ newOne, oldOnes }: Rollout): ReplicaSet | undefined {
  const withPods = active(newOne ? [...oldOnes, newOne] : oldOnes);
  if (withPods.length > 1) return undefined;
  return withPods[0] ?? newOne ?? [...oldOnes].sort(byAge).at(-1);
}

function isSaturated(newOne: ReplicaSet, desired: number): boolean {
  return (
    sizeOf(newOne) === desired &&
    desiredWhenSized(newOne) === desired &&
    (newOne.status?.availableReplicas ?? 0) === desired
  );
}

/** While a rollout is under way each ReplicaSet grows or shrinks in proportion to its size. */
function shares(rollout: Rollout): [ReplicaSet, number][] {
  const { deployment } = rollout;
  const all = active(allOf(rollout));
  const desired = desiredReplicas(deployment);
  const allowed = desired > 0 ? desired + maxSurge(deployment) : 0;
  const total = allowed - wantedPods(all);
  const direction = total < 0 ? 1 : -1;
  const ordered = all.sort((a, b) => sizeOf(b) - sizeOf(a) || direction * byAge(a, b));
  let added = 0;
  const sizes = ordered.map((one): [ReplicaSet, number] => {
    const share = shareOf(one, { desired, allowed, left: total - added });
    added += share;
    return [one, sizeOf(one) + share];
  });
  const [largest] = sizes;
  if (largest) largest[1] = Math.max(largest[1] + total - added, 0);
  return sizes;
}

function shareOf(
  replicaSet: ReplicaSet,
  { desired, allowed, left }: { desired: number; allowed: number; left: number },
): number {
  if (left === 0) return 0;
  const size = sizeOf(replicaSet);
  const before = maxWhenSized(replicaSet) ?? allowed;
  const fraction = desired === 0 ? -size : Math.round((size * allowed) / before) - size;
  return left > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
}
