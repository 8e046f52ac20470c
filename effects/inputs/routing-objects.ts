/** Finds what else decides where a service's requests go: the router's objects, and the autoscalers. */
import type { Settings } from '../../core/config/settings.ts';
import { type ByName, byName } from '../../core/kubernetes/by-name.ts';
import type { KubernetesObject } from '../../core/kubernetes/objects.ts';
import { type Kube, KubeError } from '../kube/client.ts';
import type { ResourceKind } from '../kube/resources.ts';

const AUTOSCALERS = [
  'autoscaling/v2/HorizontalPodAutoscaler',
  'keda.sh/v1alpha1/ScaledObject',
  'autoscaling.k8s.io/v1/VerticalPodAutoscaler',
] as const;

export async function findRoutingObjects(
  kube: Kube,
  namespace: string,
  { traffic }: Settings,
): Promise<ByName> {
  const lists = AUTOSCALERS.map((kind) => listFirst(kube, namespace, [kind]));
  const found = await Promise.all([...lists, routesOf(kube, namespace, traffic)]);
  return byName(found.flat());
}

/** Every route of the namespace: several may lead to the service, under whatever names. */
async function routesOf(
  kube: Kube,
  namespace: string,
  traffic: Settings['traffic'],
): Promise<readonly KubernetesObject[]> {
  switch (traffic.router) {
    case 'service':
      return [];
    case 'istio': {
      const [virtualServices, rule] = await Promise.all([
        listFirst(kube, namespace, [
          'networking.istio.io/v1/VirtualService',
          'networking.istio.io/v1beta1/VirtualService',
        ]),
        destinationRule(kube, namespace, traffic.destinationRule.name),
      ]);
      return [...virtualServices, ...(rule ? [rule] : [])];
    }
    case 'gateway-api': {
      const kinds = ['HTTPRoute', 'GRPCRoute'] as const;
      const lists = kinds.map((kind) =>
        listFirst(kube, namespace, [`gateway.networking.k8s.io/v1/${kind}`]),
      );
      return (await Promise.all(lists)).flat();
    }
  }
}

/** By the first of the versions that the cluster serves; none where it serves none of them. */
async function listFirst(
  kube: Kube,
  namespace: string,
  kinds: readonly ResourceKind[],
): Promise<readonly KubernetesObject[]> {
  for (const kind of kinds) {
    try {
      return (await kube.list({ kind, namespace })).items;
    } catch (thrown) {
      if (!(thrown instanceof KubeError && thrown.status === 404)) throw thrown;
    }
  }
  return [];
}

async function destinationRule(
  kube: Kube,
  namespace: string,
  name: string,
): Promise<KubernetesObject | undefined> {
  for (const version of ['v1', 'v1beta1']) {
    const apiVersion = `networking.istio.io/${version}`;
    const rule = await kube.get({ apiVersion, kind: 'DestinationRule', namespace, name });
    if (rule) return rule;
  }
  return undefined;
}
