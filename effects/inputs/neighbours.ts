/** Lists who else there is in a namespace: whatever a selector of a release could reach. */

import type { Neighbours } from '../../core/cluster/neighbours.ts';
import type { Service } from '../../core/kubernetes/network-objects.ts';
import type { KubernetesObject, Pod } from '../../core/kubernetes/objects.ts';
import type {
  CronJob,
  Deployment,
  ReplicaSet,
  StatefulSet,
} from '../../core/kubernetes/workload-objects.ts';
import type { Kube } from '../kube/client.ts';
import { KubeError } from '../kube/refusal.ts';
import type { ResourceKind } from '../kube/resources.ts';

export async function listNeighbours(kube: Kube, namespace: string): Promise<Neighbours> {
  const all = async <T extends KubernetesObject>(kind: ResourceKind): Promise<readonly T[]> => {
    const apiVersion = kind.slice(0, kind.lastIndexOf('/'));
    const { items } = await kube.list<T>({ kind, namespace });
    // The objects of a list come without their type.
    return items.map((each) => ({ ...each, apiVersion, kind: kind.slice(apiVersion.length + 1) }));
  };
  const [services, deployments, statefulSets, replicaSets, pods, cronJobs] = await Promise.all([
    all<Service>('v1/Service'),
    all<Deployment>('apps/v1/Deployment'),
    all<StatefulSet>('apps/v1/StatefulSet'),
    all<ReplicaSet>('apps/v1/ReplicaSet'),
    all<Pod>('v1/Pod'),
    all<CronJob>('batch/v1/CronJob').catch(noneWhereRefused),
  ]);
  return { services, deployments, statefulSets, replicaSets, pods, cronJobs };
}

/** Without the right to look at CronJobs, their pods are seen once they run. */
function noneWhereRefused(thrown: unknown): readonly CronJob[] {
  if (thrown instanceof KubeError && (thrown.status === 403 || thrown.status === 404)) return [];
  throw thrown;
}
