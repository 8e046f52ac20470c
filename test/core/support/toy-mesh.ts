/**
 * Where requests go in the toy cluster: through a VirtualService or an HTTPRoute where there is one,
 * else through the Service. What a real mesh answers with 503 goes nowhere.
 */
import { selects } from '../../../core/kubernetes/labels.ts';
import type { Service } from '../../../core/kubernetes/network-objects.ts';
import type { KubernetesObject, Metadata } from '../../../core/kubernetes/objects.ts';
import { APP } from './objects.ts';

interface Routes {
  spec: {
    http?: {
      name?: string;
      route?: { destination: { host: string; subset?: string }; weight?: number }[];
    }[];
    rules?: { backendRefs?: { name: string; weight?: number }[] }[];
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
  const { subsets = [] } = objects.get(`DestinationRule/${APP}`)?.spec ?? {};
  const specs = [...objects.values()].map(({ spec }) => spec);
  // Clients send no special headers, and as much by every way that leads to the service.
  const entries = specs
    .flatMap(({ http = [] }) => http)
    .filter(({ name, route }) => leads(route) && !name?.startsWith('candidate-of-'));
  const rules = specs
    .flatMap(({ rules: found = [] }) => found)
    .filter(({ backendRefs = [] }) => backendRefs.some(({ name }) => name === APP));
  if (entries.length > 0) {
    return entries.flatMap(({ route = [] }) =>
      shared(route, 100, ({ destination: { subset } }) => {
        const labels = subsets.find(({ name }) => name === subset)?.labels;
        return behind(APP).filter((pod) => !subset || selects(labels, pod.labels));
      }),
    );
  }
  if (rules.length > 0) {
    return rules.flatMap(({ backendRefs = [] }) =>
      shared(backendRefs, 1, ({ name }) => behind(name)),
    );
  }
  return [{ weight: 1, pods: behind(APP) }];
}

function leads(route: readonly { destination: { host: string } }[] = []): boolean {
  return route.some(({ destination: { host } }) => host.split('.')[0] === APP);
}

/** Parts of one whole, which is as much as any other's. */
function shared<T extends { weight?: number }>(
  parts: readonly T[],
  alone: number,
  pods: (part: T) => readonly Metadata[],
): Leg[] {
  const weightOf = ({ weight = parts.length === 1 ? alone : 0 }: T): number => weight;
  const total = parts.reduce((sum, part) => sum + weightOf(part), 0) || 1;
  return parts.map((part) => ({ weight: weightOf(part) / total, pods: pods(part) }));
}
