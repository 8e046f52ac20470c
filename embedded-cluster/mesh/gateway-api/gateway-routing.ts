/**
 * Where a Gateway sends a request. Source: HTTPRouteRule and HTTPBackendRef in the Gateway API's
 * reference, which say what wins over what, and which answer a backend gets that is not there.
 */
import type { Random } from '../../base/random.ts';
import type { Gateway, HttpRoute, Listener, RouteMatch, RouteRule } from '../objects.ts';
import {
  chooseByWeight,
  fits,
  type Known,
  parsePath,
  type Route,
  type RoutedRequest,
  readyBackends,
  toAnyOf,
} from '../routing.ts';
import { attach, covers, isHttp, namesGateway, resolveBackend } from './gateway-attachment.ts';

export interface GatewayPort {
  readonly namespace: string;
  readonly gateway: string;
  readonly port: number;
}

interface Candidate {
  readonly route: HttpRoute;
  readonly rule: RouteRule;
  readonly hostname: string;
  readonly match: RouteMatch;
}

export function routeAtGateway(
  known: Known,
  to: GatewayPort,
  request: RoutedRequest,
  random: Random,
): Route {
  const gateway = known.gateways.find(
    ({ metadata }) => metadata.namespace === to.namespace && metadata.name === to.gateway,
  );
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  const listener = gateway && listenerFor(gateway, to.port, host);
  if (!listener) return { type: 'answer', status: 404, because: 'no listener for that host' };
  const [first] = candidates(known, gateway, listener, host)
    .filter(({ match }) => matches(match, request))
    .sort(bySpecificity);
  if (!first) return { type: 'answer', status: 404, because: 'no route matches' };
  return follow(known, first, random);
}

/** The one with the most exact hostname. */
function listenerFor({ spec }: Gateway, port: number, host: string): Listener | undefined {
  return spec.listeners
    .filter((one) => one.port === port && isHttp(one.protocol))
    .filter(({ hostname = '' }) => hostname === '' || covers(hostname, host))
    .sort((a, b) => exactness(b.hostname) - exactness(a.hostname))[0];
}

/** Any exact name is more than any wildcard, and a long one more than a short one. */
function exactness(hostname = ''): number {
  return hostname.startsWith('*') ? hostname.length : hostname.length * 1000;
}

function candidates(
  { routes }: Known,
  gateway: Gateway,
  listener: Listener,
  host: string,
): Candidate[] {
  return routes
    .filter((route) => isAttached(route, gateway, listener))
    .flatMap((route) => {
      const { hostnames = [], rules = [] } = route.spec;
      const [hostname] = (hostnames.length === 0 ? [''] : hostnames)
        .filter((name) => name === '' || covers(name, host))
        .sort((a, b) => exactness(b) - exactness(a));
      if (hostname === undefined) return [];
      return rules.flatMap((rule) =>
        (rule.matches ?? [{}]).map((match) => ({ route, rule, hostname, match })),
      );
    });
}

function isAttached(route: HttpRoute, gateway: Gateway, { name }: Listener): boolean {
  return (route.spec.parentRefs ?? [])
    .filter((parent) => namesGateway(parent, route, gateway))
    .map((parent) => attach(gateway, route, parent))
    .some(
      (attachment) =>
        attachment.type === 'attached' && attachment.listeners.some((one) => one.name === name),
    );
}

function matches(
  { path, method, headers = [], queryParams = [] }: RouteMatch,
  request: RoutedRequest,
) {
  const { path: asked, query } = parsePath(request.path);
  const value = (
    type: string | undefined,
    wanted: string,
    is: string | null | undefined,
  ): boolean =>
    is !== null &&
    is !== undefined &&
    (type === 'RegularExpression' ? fits(wanted, is) : wanted === is);
  return (
    matchesPath(path?.type ?? 'PathPrefix', path?.value ?? '/', asked) &&
    (method ?? request.method) === request.method &&
    headers.every(({ type, name, value: wanted }) =>
      value(type, wanted, request.headers[name.toLowerCase()]),
    ) &&
    queryParams.every(({ type, name, value: wanted }) => value(type, wanted, query.get(name)))
  );
}

/** A prefix is one of whole steps: `/pay` is one of `/pay/now` and not of `/payments`. */
function matchesPath(type: string, wanted: string, path: string): boolean {
  switch (type) {
    case 'Exact':
      return path === wanted;
    case 'RegularExpression':
      return fits(wanted, path);
    default: {
      const prefix = wanted.replace(/\/$/, '');
      return path === prefix || path.startsWith(`${prefix}/`);
    }
  }
}

/** Numbers in the order in which they decide; the greater one wins. */
function specificity({ hostname, match }: Candidate): number[] {
  const { path, method, headers = [], queryParams = [] } = match;
  return [
    exactness(hostname),
    path?.type === 'Exact' ? 1 : 0,
    path?.value?.length ?? 1,
    method === undefined ? 0 : 1,
    headers.length,
    queryParams.length,
  ];
}

/** The older route where nothing else decides; of one route, the rule that comes first. */
function bySpecificity(a: Candidate, b: Candidate): number {
  const others = specificity(b);
  const decisive = specificity(a)
    .map((own, at) => (others[at] ?? 0) - own)
    .find((difference) => difference !== 0);
  if (decisive !== undefined) return decisive;
  const age = ({ route: { metadata } }: Candidate): string =>
    `${metadata.creationTimestamp} ${metadata.namespace}/${metadata.name}`;
  return age(a) < age(b) ? -1 : age(a) > age(b) ? 1 : 0;
}

/** A backend that cannot be resolved keeps its share of the requests, and fails them. */
function follow(known: Known, { route, rule }: Candidate, random: Random): Route {
  const weighted = (rule.backendRefs ?? []).map((ref) => ({ ref, weight: ref.weight ?? 1 }));
  const chosen = chooseByWeight(weighted, random);
  if (!chosen) return { type: 'answer', status: 500, because: 'the rule has no backend' };
  const backend = resolveBackend(known, route, chosen.ref);
  if (backend.type === 'unresolved') {
    return { type: 'answer', status: 500, because: `${backend.reason}: ${backend.message}` };
  }
  const { service, port } = backend;
  return toAnyOf(service, port, readyBackends(known, service, port), random);
}
