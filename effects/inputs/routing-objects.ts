/** Finds what else decides where a service's requests go: the router's objects, and the autoscalers. */
import type { Settings } from '../../core/config/settings.ts';
import { type ByName, byName } from '../../core/kubernetes/by-name.ts';
import type { KubernetesObject } from '../../core/kubernetes/objects.ts';
import { routerNamed } from '../../core/routers/registry.ts';
import type { RoutingObjects } from '../../core/routers/router.ts';
import type { Kube } from '../kube/client.ts';
import { KubeError } from '../kube/refusal.ts';
import { resourceKind } from '../kube/resources.ts';

const AUTOSCALERS: readonly RoutingObjects[] = [
  { apiVersions: ['autoscaling/v2'], kind: 'HorizontalPodAutoscaler' },
  { apiVersions: ['keda.sh/v1alpha1'], kind: 'ScaledObject' },
  { apiVersions: ['autoscaling.k8s.io/v1'], kind: 'VerticalPodAutoscaler' },
];

export async function findRoutingObjects(
  kube: Kube,
  namespace: string,
  { traffic }: Settings,
): Promise<ByName> {
  const wanted = [...AUTOSCALERS, ...routerNamed(traffic.router).wanted(traffic)];
  const found = await Promise.all(wanted.map((each) => find(kube, namespace, each)));
  return byName(found.flat());
}

/** By the first of the versions that the cluster serves; none where it serves none of them. */
async function find(
  kube: Kube,
  namespace: string,
  { apiVersions, kind, name }: RoutingObjects,
): Promise<readonly KubernetesObject[]> {
  for (const apiVersion of apiVersions) {
    if (name !== undefined) {
      const object = await kube.get({ apiVersion, kind, namespace, name });
      if (object) return [object];
      continue;
    }
    try {
      return (await kube.list({ kind: resourceKind({ apiVersion, kind }), namespace })).items;
    } catch (thrown) {
      if (!(thrown instanceof KubeError && thrown.status === 404)) throw thrown;
    }
  }
  return [];
}
