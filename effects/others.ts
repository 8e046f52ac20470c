/** Finds what else decides where a service's requests go: the router's objects, and the autoscalers. */
import type { Settings } from '../core/config/settings.ts';
import { type ByName, byName } from '../core/kubernetes/by-name.ts';
import type { Target } from '../core/release/action.ts';
import type { Kube } from './kube/client.ts';

export async function findOthers(
  kube: Kube,
  namespace: string,
  { traffic }: Settings,
): Promise<ByName> {
  const autoscalers = kube.list({
    kind: 'autoscaling/v2/HorizontalPodAutoscaler',
    namespace,
  });
  const routes = routeTargets(namespace, traffic).map(async (targets) => {
    for (const target of targets) {
      const object = await kube.get(target);
      if (object) return object;
    }
    return undefined;
  });
  const [{ items }, ...found] = await Promise.all([autoscalers, ...routes]);
  const all = [...items, ...found.filter((object) => object !== undefined)];
  return byName(all);
}

/** Each object of the router, under every version that a cluster may serve it by. */
function routeTargets(namespace: string, traffic: Settings['traffic']): Target[][] {
  const istio = (kind: string, { name }: { name: string }): Target[] =>
    ['v1', 'v1beta1'].map((version) => {
      return { apiVersion: `networking.istio.io/${version}`, kind, namespace, name };
    });
  switch (traffic.router) {
    case 'service':
      return [];
    case 'istio':
      return [
        istio('VirtualService', traffic.virtualService),
        istio('DestinationRule', traffic.destinationRule),
      ];
    case 'gateway-api': {
      const apiVersion = 'gateway.networking.k8s.io/v1';
      return [[{ apiVersion, kind: 'HTTPRoute', namespace, name: traffic.httpRoute.name }]];
    }
  }
}
