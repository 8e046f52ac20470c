/**
 * Where Istio sends a request to a Service: the VirtualService that names the Service's host decides,
 * and the subsets of its DestinationRules. What a proxy has not heard of yet it answers 503 to, with
 * Envoy's reasons: NC, no such cluster; UH, nobody healthy in it; NR, no route.
 */

import type { Random } from '../../base/random.ts';
import type { Service } from '../../kubernetes/shapes.ts';
import type { KubeObject } from '../../kubernetes/store/object.ts';
import type { ServicePort } from '../../network/service-proxy.ts';
import type { Destination, MeshRoute, VirtualService } from '../objects.ts';
import {
  chooseByWeight,
  findService,
  hasPort,
  type Known,
  type Route,
  type RoutedRequest,
  readyBackends,
  toAnyOf,
} from '../routing.ts';
import { matchesAny } from './istio-matching.ts';

const DOMAIN = 'svc.cluster.local';

export function routeInMesh(
  known: Known,
  to: ServicePort,
  request: RoutedRequest,
  random: Random,
): Route {
  const virtualService = governing(known, to.namespace, to.service);
  if (!virtualService) return toService(known, to, random);
  const { http = [] } = virtualService.spec;
  const route = http.find(({ match }) => matchesAny(match, request, to.port));
  if (!route) return { type: 'answer', status: 404, because: 'NR: no route matches' };
  if (!route.delegate) return follow(known, virtualService, route, to.port, random);
  const delegate = delegateOf(known, virtualService, route.delegate);
  const handedOn = delegate?.spec.http?.find(({ match }) => matchesAny(match, request, to.port));
  if (!delegate || !handedOn) return { type: 'answer', status: 404, because: 'NR: no delegate' };
  return follow(known, delegate, handedOn, to.port, random);
}

/** Of the root's namespace where it names none. Source: Delegate in Istio's reference. */
function delegateOf(
  { virtualServices }: Known,
  root: VirtualService,
  { name, namespace = root.metadata.namespace }: NonNullable<MeshRoute['delegate']>,
): VirtualService | undefined {
  return virtualServices.find(
    ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
  );
}

function toService(known: Known, { namespace, service, port }: ServicePort, random: Random): Route {
  const found = findService(known, namespace, service);
  return found
    ? toAnyOf(found, port, readyBackends(known, found, port), random)
    : noCluster(`no Service ${namespace}/${service}`);
}

/** The VirtualService that decides: the most exact host, and of those the oldest. */
export function governing(
  { virtualServices }: Pick<Known, 'virtualServices'>,
  namespace: string,
  service: string,
): VirtualService | undefined {
  const host = `${service}.${namespace}.${DOMAIN}`;
  const named = virtualServices
    .filter(({ spec }) => !spec.gateways?.length || spec.gateways.includes('mesh'))
    .flatMap((virtualService) =>
      (virtualService.spec.hosts ?? [])
        .map((name) => fullName(name, virtualService))
        .filter((name) => isHost(name, host))
        .map((name) => ({ name, virtualService })),
    );
  const [first] = named.sort(
    (a, b) =>
      Number(b.name === host) - Number(a.name === host) ||
      b.name.length - a.name.length ||
      byAge(a.virtualService, b.virtualService),
  );
  return first?.virtualService;
}

/**
 * A name without a dot lies in the namespace of whoever names it; with one it is taken as it is, so
 * that `shop.default` is not the Service. Source: ResolveShortnameToFQDN in istio/istio, pkg/config.
 */
function fullName(host: string, { metadata }: KubeObject): string {
  return host === '*' || host.includes('.') ? host : `${host}.${metadata.namespace}.${DOMAIN}`;
}

function isHost(name: string, host: string): boolean {
  return name.startsWith('*') ? host.endsWith(name.slice(1)) : name === host;
}

function byAge(a: KubeObject, b: KubeObject): number {
  const key = ({ metadata }: KubeObject): string =>
    `${metadata.creationTimestamp} ${metadata.name} ${metadata.namespace}`;
  return key(a) < key(b) ? -1 : 1;
}

function follow(
  known: Known,
  virtualService: VirtualService,
  { route = [], directResponse, redirect }: MeshRoute,
  port: number,
  random: Random,
): Route {
  if (directResponse) return { type: 'answer', status: directResponse.status, because: 'direct' };
  if (redirect) {
    return { type: 'answer', status: redirect.redirectCode ?? 301, because: 'redirect' };
  }
  const [only] = route;
  const weighted = route.map(({ destination, weight = 0 }) => ({ destination, weight }));
  // The weight of a single destination says nothing.
  const chosen = route.length === 1 ? only : chooseByWeight(weighted, random);
  if (!chosen) return { type: 'answer', status: 503, because: 'NC: every destination weighs 0' };
  return reach(known, virtualService, chosen.destination, port, random);
}

function reach(
  known: Known,
  virtualService: VirtualService,
  destination: Destination,
  listenPort: number,
  random: Random,
): Route {
  const host = fullName(destination.host, virtualService);
  const [name = '', namespace = '', ...domain] = host.split('.');
  const service = domain.join('.') === DOMAIN ? findService(known, namespace, name) : undefined;
  if (!service) return noCluster(`no host ${host}`);
  const port = destination.port?.number ?? onlyPort(service) ?? listenPort;
  if (!hasPort(service, port)) return noCluster(`${host} has no port ${port}`);
  const labels = destination.subset === undefined ? {} : subset(known, host, destination.subset);
  if (!labels) return noCluster(`${host} has no subset ${destination.subset}`);
  return toAnyOf(service, port, readyBackends(known, service, port, labels), random);
}

function noCluster(why: string): Route {
  return { type: 'answer', status: 503, because: `NC: ${why}` };
}

function onlyPort({ spec }: Service): number | undefined {
  const [first, ...others] = spec.ports ?? [];
  return others.length === 0 ? first?.port : undefined;
}

/** The labels of a subset. Rules for one host are taken together, the oldest first. */
function subset(
  { destinationRules }: Known,
  host: string,
  name: string,
): Readonly<Record<string, string>> | undefined {
  const found = [...destinationRules]
    .sort(byAge)
    .filter((rule) => isHost(fullName(rule.spec.host, rule), host))
    .flatMap(({ spec }) => spec.subsets ?? [])
    .find((one) => one.name === name);
  return found && (found.labels ?? {});
}
