/** A single look at the pods of a release, for stages that do not watch them. */
import { queryText } from '../../core/kubernetes/labels.ts';
import type { Pod } from '../../core/kubernetes/objects.ts';
import type { ReplicaSet } from '../../core/kubernetes/workload-objects.ts';
import type { OwnershipView } from '../../core/plan/own-pods.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { scopeOf } from '../../core/plan/scope.ts';
import type { Kube } from '../kube/client.ts';

/** Without the workloads themselves: whose a pod is, their names tell. */
export async function observePods(kube: Kube, plan: Plan): Promise<OwnershipView> {
  const { namespace } = plan;
  const labelSelector = queryText(scopeOf(plan).podSelector);
  const [{ items: pods }, { items: replicaSets }] = await Promise.all([
    kube.list<Pod>({ kind: 'v1/Pod', namespace, labelSelector }),
    kube.list<ReplicaSet>({ kind: 'apps/v1/ReplicaSet', namespace, labelSelector }),
  ]);
  return { pods, replicaSets, deployments: new Map(), others: new Map() };
}
