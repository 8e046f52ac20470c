/** Which listeners of a Gateway take a route, and which Services its backends are. */
import type { Service } from '../../kubernetes/shapes.ts';
import type { BackendRef, Gateway, GrpcRoute, HttpRoute, Listener, ParentRef } from '../objects.ts';
import { findService, hasPort, type Known } from '../routing.ts';

export type GatewayRoute = HttpRoute | GrpcRoute;

const GROUP = 'gateway.networking.k8s.io';

export type Attachment =
  | { readonly type: 'attached'; readonly listeners: readonly Listener[] }
  | { readonly type: 'refused'; readonly reason: RefusalReason; readonly message: string };

type RefusalReason = 'NoMatchingParent' | 'NotAllowedByListeners' | 'NoMatchingListenerHostname';

export function namesGateway(
  { group = GROUP, kind = 'Gateway', name, namespace }: ParentRef,
  route: GatewayRoute,
  gateway: Gateway,
): boolean {
  return (
    group === GROUP &&
    kind === 'Gateway' &&
    name === gateway.metadata.name &&
    (namespace ?? route.metadata.namespace) === gateway.metadata.namespace
  );
}

/** Source of the reasons: RouteConditionReason in the Gateway API, apis/v1/shared_types.go. */
export function attach(gateway: Gateway, route: GatewayRoute, parent: ParentRef): Attachment {
  const named = gateway.spec.listeners.filter(
    ({ name, port, protocol }) =>
      (parent.sectionName ?? name) === name && (parent.port ?? port) === port && isHttp(protocol),
  );
  if (named.length === 0) {
    return refused('NoMatchingParent', 'no HTTP listener has that section name and port');
  }
  const open = named.filter((listener) => allows(listener, gateway, route));
  if (open.length === 0) {
    return refused('NotAllowedByListeners', 'no listener takes routes of that kind and namespace');
  }
  const { hostnames = [] } = route.spec;
  const listeners = open.filter(
    ({ hostname }) =>
      hostnames.length === 0 || hostnames.some((name) => intersect(hostname ?? '', name)),
  );
  return listeners.length === 0
    ? refused('NoMatchingListenerHostname', 'no listener has one of the hostnames')
    : { type: 'attached', listeners };
}

export function isHttp(protocol: string): boolean {
  return protocol === 'HTTP';
}

function refused(reason: RefusalReason, message: string): Attachment {
  return { type: 'refused', reason, message };
}

/** Namespaces that are selected by their labels are not known here, and none of them is let in. */
function allows({ allowedRoutes }: Listener, gateway: Gateway, route: GatewayRoute): boolean {
  const { kinds, namespaces } = allowedRoutes ?? {};
  const { from = 'Same' } = namespaces ?? {};
  const isNear = route.metadata.namespace === gateway.metadata.namespace;
  const isKind =
    !kinds?.length ||
    kinds.some(({ group = GROUP, kind }) => group === GROUP && kind === route.kind);
  return isKind && (from === 'All' || (from === 'Same' && isNear));
}

/** Empty means every name. */
function intersect(a: string, b: string): boolean {
  return a === '' || b === '' || covers(a, b) || covers(b, a);
}

/** `*.example.com` covers `a.example.com` and `a.b.example.com`. */
export function covers(pattern: string, name: string): boolean {
  return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : pattern === name;
}

export type ResolvedBackend =
  | { readonly type: 'resolved'; readonly service: Service; readonly port: number }
  | {
      readonly type: 'unresolved';
      readonly reason: 'InvalidKind' | 'RefNotPermitted' | 'BackendNotFound';
      readonly message: string;
    };

/** There are no ReferenceGrants here, so that a Service of another namespace is never permitted. */
export function resolveBackend(
  known: Pick<Known, 'services'>,
  route: GatewayRoute,
  { group = '', kind = 'Service', name, namespace, port }: BackendRef,
): ResolvedBackend {
  const home = route.metadata.namespace ?? '';
  if (group !== '' || kind !== 'Service') {
    return { type: 'unresolved', reason: 'InvalidKind', message: `${kind} is no Service` };
  }
  if (namespace !== undefined && namespace !== home) {
    const message = `no ReferenceGrant lets ${home} refer to ${namespace}/${name}`;
    return { type: 'unresolved', reason: 'RefNotPermitted', message };
  }
  const service = findService(known, home, name);
  if (!service || port === undefined || !hasPort(service, port)) {
    const message = service
      ? `Service ${home}/${name} has no port ${port}`
      : `Service ${home}/${name} not found`;
    return { type: 'unresolved', reason: 'BackendNotFound', message };
  }
  return { type: 'resolved', service, port };
}
