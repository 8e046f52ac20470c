/** How many pods of a Deployment there may be too many and too few while it rolls. */
import type { Deployment } from '../../shapes.ts';

export function desiredReplicas(deployment: Deployment): number {
  return deployment.spec.replicas ?? 1;
}

export function maxSurge(deployment: Deployment): number {
  return bounds(deployment).surge;
}

export function maxUnavailable(deployment: Deployment): number {
  const { unavailable } = bounds(deployment);
  return Math.min(unavailable, desiredReplicas(deployment));
}

/** Percentages favour having pods: the surge is rounded up, what may be missing is rounded down. */
function bounds(deployment: Deployment): { surge: number; unavailable: number } {
  const { strategy } = deployment.spec;
  if (strategy?.type === 'Recreate') return { surge: 0, unavailable: 0 };
  const desired = desiredReplicas(deployment);
  const surge = resolve(strategy?.rollingUpdate?.maxSurge ?? '25%', desired, Math.ceil);
  const unavailable = resolve(
    strategy?.rollingUpdate?.maxUnavailable ?? '25%',
    desired,
    Math.floor,
  );
  // A rollout that may neither add nor remove a pod would stand still for ever.
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

function resolve(value: number | string, of: number, round: (exact: number) => number): number {
  if (typeof value === 'number') return value;
  return value.endsWith('%') ? round((Number.parseInt(value, 10) * of) / 100) : Number(value);
}
