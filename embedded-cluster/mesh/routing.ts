/** What routing is about: a request, what a proxy knows, and where it then goes. Pure, as its users. */

import type { Random } from '../base/random.ts';
import type { Service } from '../kubernetes/shapes.ts';
import type { ServicePort } from '../network/service-proxy.ts';
import type { Backend } from '../network/service-view.ts';
import type { DestinationRule, Gateway, HttpRoute, VirtualService } from './objects.ts';

export interface RoutedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Forward {
  readonly type: 'forward';
  readonly backend: Backend;
  /** Whose endpoint it is: the upstream cluster that the proxy chose. */
  readonly of: ServicePort;
}

export type Route =
  | Forward
  | { readonly type: 'answer'; readonly status: number; readonly because: string };

/** What a proxy answers, with 503, where the pod that it chose takes no connection. */
export const NO_CONNECTION = 'UF: upstream connect error or disconnect/reset before headers';

/** What one proxy has heard of so far. */
export interface Known {
  readonly services: readonly Service[];
  readonly endpoints: readonly KnownEndpoint[];
  readonly virtualServices: readonly VirtualService[];
  readonly destinationRules: readonly DestinationRule[];
  readonly gateways: readonly Gateway[];
  readonly routes: readonly HttpRoute[];
}

export interface KnownEndpoint {
  readonly namespace: string;
  readonly service: string;
  readonly portName: string;
  readonly backend: Backend;
  /** Of its pod. */
  readonly labels: Readonly<Record<string, string>>;
}

export function findService(
  { services }: Pick<Known, 'services'>,
  namespace: string,
  name: string,
): Service | undefined {
  return services.find(
    ({ metadata }) => metadata.namespace === namespace && metadata.name === name,
  );
}

export function hasPort(service: Service, port: number): boolean {
  return (service.spec.ports ?? []).some((one) => one.port === port);
}

/**
 * The endpoints that are ready and have these labels. Unlike a node's proxy, one of a mesh has no use
 * for those that end, and says so when none is left.
 */
export function readyBackends(
  { endpoints }: Known,
  service: Service,
  port: number,
  labels: Readonly<Record<string, string>> = {},
): readonly Backend[] {
  const portName = service.spec.ports?.find((one) => one.port === port)?.name ?? '';
  return endpoints
    .filter(
      (endpoint) =>
        endpoint.namespace === service.metadata.namespace &&
        endpoint.service === service.metadata.name &&
        endpoint.portName === portName &&
        Object.entries(labels).every(([name, value]) => endpoint.labels[name] === value),
    )
    .map(({ backend }) => backend);
}

/** One of a Service's, or that there is none. */
export function toAnyOf(
  { metadata }: Service,
  port: number,
  backends: readonly Backend[],
  random: Random,
): Route {
  const backend = backends[Math.floor(random() * backends.length)];
  const of = { namespace: metadata.namespace ?? '', service: metadata.name, port };
  return backend
    ? { type: 'forward', backend, of }
    : { type: 'answer', status: 503, because: 'UH: no healthy upstream' };
}

/** In proportion to the weights, whatever they add up to; undefined where all of them are 0. */
export function chooseByWeight<T extends { readonly weight: number }>(
  choices: readonly T[],
  random: Random,
): T | undefined {
  const total = choices.reduce((sum, { weight }) => sum + weight, 0);
  let left = random() * total;
  return choices.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
}

/** `/a/b?c=d` as `/a/b` and its parameters. */
export function parsePath(path: string): { path: string; query: URLSearchParams } {
  const [plain = '', ...query] = path.split('?');
  return { path: plain, query: new URLSearchParams(query.join('?')) };
}

/** From the beginning to the end. What is no expression fits nothing. */
export function fits(expression: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${expression})$`).test(text);
  } catch {
    return false;
  }
}
