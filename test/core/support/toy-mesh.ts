/**
 * Where requests go in the toy cluster: through a VirtualService or an HTTPRoute where there is one,
 * else through the Service. What a real mesh answers with 503 goes nowhere.
 */
import { selects } from '../../../core/kubernetes/labels.ts';
import type { KubernetesObject, Metadata, Service } from '../../../core/kubernetes/objects.ts';
import { APP } from './objects.ts';

interface Routes {
  spec: {
    http?: { match?: unknown; route: { destination: { subset?: string }; weight?: number }[] }[];
    rules?: { matches?: unknown; backendRefs: { name: string; weight?: number }[] }[];
    subsets?: { name: string; labels: Record<string, string> }[];
  };
}

interface Leg {
  readonly weight: number;
  readonly pods: readonly Metadata[];
}

/** The share of all requests by pod, and the share that reaches nobody. */
export function routedShares(
  others: ReadonlyMap<string, KubernetesObject>,
  services: ReadonlyMap<string, Service>,
  pods: readonly Metadata[],
): { readonly shares: ReadonlyMap<string, number>; readonly nowhere: number } {
  const behind = (service: string): Metadata[] =>
    pods.filter(({ labels }) => selects(services.get(service)?.spec.selector, labels));
  const objects = others as ReadonlyMap<string, KubernetesObject & Routes>;
  const legs = legsOf(objects, behind);
  const total = legs.reduce((sum, { weight }) => sum + weight, 0);
  const shares = new Map<string, number>();
  let nowhere = 0;
  for (const leg of legs) {
    const share = total === 0 ? 1 : leg.weight / total;
    if (leg.pods.length === 0) nowhere += share;
    for (const { name } of leg.pods) {
      shares.set(name, (shares.get(name) ?? 0) + share / leg.pods.length);
    }
  }
  return { shares, nowhere };
}

function legsOf(
  objects: ReadonlyMap<string, KubernetesObject & Routes>,
  behind: (service: string) => readonly Metadata[],
): Leg[] {
  const { http } = objects.get(`VirtualService/${APP}`)?.spec ?? {};
  const { rules } = objects.get(`HTTPRoute/${APP}`)?.spec ?? {};
  const { subsets = [] } = objects.get(`DestinationRule/${APP}`)?.spec ?? {};
  // Load without special headers takes the last entry, which matches everything.
  const route = http?.at(-1)?.route;
  if (route) {
    return route.map(({ destination: { subset }, weight = route.length === 1 ? 100 : 0 }) => {
      const labels = subsets.find(({ name }) => name === subset)?.labels;
      const reached = behind(APP).filter((pod) => !subset || selects(labels, pod.labels));
      return { weight, pods: reached };
    });
  }
  if (rules) {
    const [rule] = rules;
    return (rule?.backendRefs ?? []).map(({ name, weight = 1 }) => ({
      weight,
      pods: behind(name),
    }));
  }
  return [{ weight: 1, pods: behind(APP) }];
}
