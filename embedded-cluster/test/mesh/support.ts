// What a proxy may know, put together for tests of where it sends requests.

import { createRandom } from '../../base/random.ts';
import type { Service } from '../../kubernetes/shapes.ts';
import type {
  DestinationRule,
  Gateway,
  HttpRoute,
  Listener,
  MeshRoute,
  VirtualService,
} from '../../mesh/objects.ts';
import type { Known, KnownEndpoint, Route, RoutedRequest } from '../../mesh/routing.ts';

export const SEED = 20_261_121;

let created = 0;

/** Each younger than the one before. */
function meta(name: string, namespace = 'default') {
  created += 1;
  const creationTimestamp = new Date(created * 1000).toISOString();
  return {
    name,
    namespace,
    uid: `uid-${created}`,
    resourceVersion: `${created}`,
    creationTimestamp,
  };
}

export function service(name: string, ...ports: number[]): Service {
  const spec = {
    ports: ports.map((port) => ({ name: ports.length > 1 ? `p${port}` : '', port })),
  };
  return { apiVersion: 'v1', kind: 'Service', metadata: meta(name), spec } as unknown as Service; // enough of one
}

export function endpoint(
  of: string,
  pod: string,
  labels: Record<string, string> = {},
  portName = '',
): KnownEndpoint {
  const backend = { address: pod, port: 8080, podName: pod };
  return { namespace: 'default', service: of, portName, backend, labels };
}

const ISTIO = 'networking.istio.io/v1';
const GATEWAY_API = 'gateway.networking.k8s.io/v1';

export function virtualService(
  spec: Partial<VirtualService['spec']>,
  namespace?: string,
): VirtualService {
  const metadata = meta('shop', namespace);
  return {
    apiVersion: ISTIO,
    kind: 'VirtualService',
    metadata,
    spec: { hosts: ['shop'], ...spec },
  };
}

export function to(subset: string | undefined, weight?: number, host = 'shop') {
  const destination = subset === undefined ? { host } : { host, subset };
  return weight === undefined ? { destination } : { destination, weight };
}

export function always(...route: NonNullable<MeshRoute['route']>): MeshRoute {
  return { route };
}

export function destinationRule(host: string, ...names: string[]): DestinationRule {
  const subsets = names.map((name) => ({ name, labels: { version: name } }));
  const metadata = meta('shop');
  return { apiVersion: ISTIO, kind: 'DestinationRule', metadata, spec: { host, subsets } };
}

export function gateway(...listeners: Partial<Listener>[]): Gateway {
  const filled = listeners.map((one, at) => ({
    name: `listener-${at}`,
    port: 80,
    protocol: 'HTTP',
    ...one,
  }));
  const metadata = meta('edge');
  const spec = { gatewayClassName: 'embedded', listeners: filled };
  return { apiVersion: GATEWAY_API, kind: 'Gateway', metadata, spec };
}

export function httpRoute(
  name: string,
  spec: Partial<HttpRoute['spec']>,
  namespace?: string,
): HttpRoute {
  const metadata = meta(name, namespace);
  const parentRefs = [{ name: 'edge', namespace: 'default' }];
  return { apiVersion: GATEWAY_API, kind: 'HTTPRoute', metadata, spec: { parentRefs, ...spec } };
}

export function known(parts: Partial<Known>): Known {
  const nothing = { services: [], endpoints: [], virtualServices: [], destinationRules: [] };
  return { ...nothing, gateways: [], routes: [], ...parts };
}

export function request(
  path = '/',
  headers: Record<string, string> = {},
  method = 'GET',
): RoutedRequest {
  return { method, path, headers };
}

/** Pods by name, and what a proxy answers by its status, each with its share of a thousand requests. */
export function shares(route: (random: () => number) => Route): Record<string, number> {
  const random = createRandom(SEED);
  const counts = new Map<string, number>();
  for (let asked = 0; asked < 1000; asked++) {
    const found = route(random);
    const by = found.type === 'forward' ? (found.backend.podName ?? '') : `${found.status}`;
    counts.set(by, (counts.get(by) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].map(([by, count]) => [by, count / 1000]));
}
