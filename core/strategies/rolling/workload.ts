/** The one workload of a rolling release, as it is seen. */

import type { ClusterView } from '../../cluster/observation.ts';
import { named } from '../../kubernetes/by-name.ts';
import { asDeployment } from '../../kubernetes/workload.ts';
import type { Deployment, StatefulSet } from '../../kubernetes/workload-objects.ts';
import type { RollingPlan } from '../../plan/plan.ts';
import type { RollingState } from '../../state/state.ts';

export function isOver({ phase }: RollingState): boolean {
  return phase === 'done';
}

export function deploymentIn(
  { workload }: RollingPlan,
  { deployments }: ClusterView,
): Deployment | undefined {
  return deployments.get(workload.name);
}

export function statefulSetIn(
  { workload }: RollingPlan,
  { others }: ClusterView,
): StatefulSet | undefined {
  return named(others, 'StatefulSet', workload.name);
}

/** Of either kind, as far as both are alike. */
export function workloadIn(plan: RollingPlan, seen: ClusterView): Deployment | undefined {
  if (!plan.statefulSet) return deploymentIn(plan, seen);
  const set = statefulSetIn(plan, seen);
  return set && asDeployment(set);
}
