/** Says in each route's status what its Gateways make of it. */
import { isDeepStrictEqual } from 'node:util';
import { type Collection, services } from '../../kubernetes/collection.ts';
import { createWorkQueue, keyOf, splitKey } from '../../kubernetes/controllers/work-queue.ts';
import type { Running, World } from '../../kubernetes/world.ts';
import {
  type Gateway,
  gatewayClasses,
  gateways,
  grpcRoutes,
  httpRoutes,
  type ParentRef,
  type RouteParentStatus,
} from '../objects.ts';
import type { MeshProxy } from '../proxy.ts';
import { attach, type GatewayRoute, namesGateway, resolveBackend } from './gateway-attachment.ts';
import { isOurs } from './gateway-controller.ts';
import { CONTROLLER_NAME, conditionsFrom, type Finding, programmedCondition } from './status.ts';

export function startRouteController(
  world: World,
  proxies: readonly MeshProxy[],
  programmed: 'reported' | 'left-out',
): Running {
  const reporting = programmed === 'reported' ? proxies : [];
  const running = [
    startForKind(world, httpRoutes(world), proxies, reporting),
    startForKind(world, grpcRoutes(world), proxies, reporting),
  ];
  return {
    stop: () => {
      for (const each of running) each.stop();
    },
  };
}

function startForKind<T extends GatewayRoute>(
  world: World,
  routes: Collection<T>,
  proxies: readonly MeshProxy[],
  reporting: readonly MeshProxy[],
): Running {
  const queue = createWorkQueue(world.clock, (key) => {
    const { namespace, name } = splitKey(key);
    const route = routes.get(namespace, name);
    const parents = route && parentsOf(world, reporting, route);
    if (parents) routes.updateStatus({ ...route, status: { ...route.status, parents } });
  });
  const addAll = (): void => {
    for (const route of routes.list()) queue.add(keyOf(route));
  };
  for (const proxy of proxies) proxy.onChange(addAll);
  const unwatch = [
    routes.watch(({ object }) => queue.add(keyOf(object))),
    gatewayClasses(world).watch(addAll),
    gateways(world).watch(addAll),
    services(world).watch(addAll),
  ];
  return {
    stop: () => {
      for (const stop of unwatch) stop();
      queue.stop();
    },
  };
}

/** Undefined where there is nothing to say. */
function parentsOf(
  world: World,
  proxies: readonly MeshProxy[],
  route: GatewayRoute,
): RouteParentStatus[] | undefined {
  const before = route.status?.parents ?? [];
  const others = before.filter(({ controllerName }) => controllerName !== CONTROLLER_NAME);
  const ours = (route.spec.parentRefs ?? []).flatMap((parentRef) => {
    const gateway = gateways(world)
      .list()
      .find((one) => namesGateway(parentRef, route, one));
    // Of a Gateway that is not there, or somebody else's, nobody here has anything to say.
    if (!gateway || !isOurs(world, gateway)) return [];
    const known = before.find(
      (one) =>
        one.controllerName === CONTROLLER_NAME && isDeepStrictEqual(one.parentRef, parentRef),
    );
    return [parentStatus(world, proxies, route, gateway, parentRef, known)];
  });
  const parents = [...others, ...ours];
  return parents.length === 0 && !route.status ? undefined : parents;
}

function parentStatus(
  world: World,
  proxies: readonly MeshProxy[],
  route: GatewayRoute,
  gateway: Gateway,
  parentRef: ParentRef,
  before: RouteParentStatus | undefined,
): RouteParentStatus {
  const attachment = attach(gateway, route, parentRef);
  const accepted: Finding =
    attachment.type === 'attached'
      ? { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'Route is accepted' }
      : { ...attachment, type: 'Accepted', status: 'False' };
  const isKnown =
    proxies.length > 0 && accepted.status === 'True' && proxies.every((proxy) => has(proxy, route));
  return {
    parentRef,
    controllerName: CONTROLLER_NAME,
    conditions: [
      ...conditionsFrom(world, route, before?.conditions, [accepted, resolvedRefs(world, route)]),
      ...programmedCondition(
        world,
        route,
        before?.conditions,
        isKnown ? 'everywhere' : 'not yet everywhere',
      ),
    ],
  };
}

function has(proxy: MeshProxy, { metadata }: GatewayRoute): boolean {
  return proxy
    .known()
    .routes.some(
      (one) => one.metadata.uid === metadata.uid && one.metadata.generation === metadata.generation,
    );
}

function resolvedRefs(world: World, route: GatewayRoute): Finding {
  const known = { services: services(world).list() };
  const type = 'ResolvedRefs';
  for (const { backendRefs = [] } of route.spec.rules ?? []) {
    for (const ref of backendRefs) {
      const found = resolveBackend(known, route, ref);
      if (found.type === 'unresolved') {
        return { type, status: 'False', reason: found.reason, message: found.message };
      }
    }
  }
  return { type, status: 'True', reason: type, message: 'All references are resolved' };
}
