/** Whether the workload of a plan out of a journal is the release's. */

import type { ClusterView } from '../../cluster/observation.ts';
import { ownerReleaseOf } from '../../cluster/ownership.ts';
import { selects } from '../../kubernetes/labels.ts';
import type { KubernetesObject, PodTemplate } from '../../kubernetes/objects.ts';
import { notOurs } from '../not-ours.ts';
import type { RollingPlan } from '../plan.ts';

export function strangeWorkload(plan: RollingPlan, view: ClusterView): string | undefined {
  const { name } = plan.workload;
  const found = plan.statefulSet
    ? view.others.get(`StatefulSet/${name}`)
    : view.deployments.get(name);
  if (!found || ownerReleaseOf(found) === plan.release) return undefined;
  const reached = selects(view.service?.spec.selector ?? {}, templateOf(found)?.metadata?.labels);
  return reached ? undefined : notOurs(found, plan);
}

function templateOf(found: KubernetesObject): PodTemplate | undefined {
  const { spec } = found as { spec?: { template?: PodTemplate } }; // a workload, as its kind says
  return spec?.template;
}
