/** Accepts the classes that are this cluster's, gives their Gateways addresses, and says so. */

import { createWorkQueue, keyOf, splitKey } from '../../kubernetes/controllers/work-queue.ts';
import type { Running, World } from '../../kubernetes/world.ts';
import type { AddressPool } from '../../network/address-pool.ts';
import {
  type Gateway,
  type GatewayClass,
  gatewayClasses,
  gateways,
  grpcRoutes,
  httpRoutes,
  type Listener,
  type ListenerStatus,
} from '../objects.ts';
import type { MeshProxy } from '../proxy.ts';
import { attach, isHttp, namesGateway } from './gateway-attachment.ts';
import { CONTROLLER_NAME, conditionsFrom, type Finding, programmedCondition } from './status.ts';

export function startGatewayController(
  world: World,
  proxies: readonly MeshProxy[],
  addresses: AddressPool,
): Running {
  const queue = createWorkQueue(world.clock, (key) => {
    const { namespace, name } = splitKey(key);
    const gateway = gateways(world).get(namespace, name);
    if (gateway && isOurs(world, gateway)) sync(world, proxies, addresses, gateway);
  });
  const addAll = (): void => {
    for (const gateway of gateways(world).list()) queue.add(keyOf(gateway));
  };
  for (const proxy of proxies) proxy.onChange(addAll);
  const unwatch = [
    gatewayClasses(world).watch(({ type, object }) => {
      if (type !== 'DELETED') accept(world, object);
      addAll();
    }),
    gateways(world).watch(({ type, object }) => {
      if (type === 'DELETED') for (const one of addressesOf(object)) addresses.release(one);
      else queue.add(keyOf(object));
    }),
    httpRoutes(world).watch(addAll),
    grpcRoutes(world).watch(addAll),
  ];
  return {
    stop: () => {
      for (const stop of unwatch) stop();
      queue.stop();
    },
  };
}

/** A Gateway of somebody else's class is left alone, and so are its routes. */
export function isOurs(world: World, { spec }: Gateway): boolean {
  const found = gatewayClasses(world).get(undefined, spec.gatewayClassName);
  return found?.spec.controllerName === CONTROLLER_NAME;
}

export function addressesOf({ status }: Gateway): readonly string[] {
  return (status?.addresses ?? []).map(({ value }) => value);
}

function accept(world: World, told: GatewayClass): void {
  // As it is now: what a listener is told may be the past already.
  const gatewayClass = gatewayClasses(world).get(undefined, told.metadata.name);
  if (gatewayClass?.spec.controllerName !== CONTROLLER_NAME) return;
  const { status } = gatewayClass;
  const conditions = conditionsFrom(world, gatewayClass, status?.conditions, [ACCEPTED]);
  gatewayClasses(world).updateStatus({ ...gatewayClass, status: { ...status, conditions } });
}

const ACCEPTED: Finding = { type: 'Accepted', status: 'True', reason: 'Accepted' };

function sync(
  world: World,
  proxies: readonly MeshProxy[],
  addresses: AddressPool,
  gateway: Gateway,
): void {
  const { status, spec } = gateway;
  const [address = addresses.allocate()] = addressesOf(gateway);
  const isValid = spec.listeners.every(({ protocol }) => isHttp(protocol));
  const accepted: Finding = isValid ? ACCEPTED : { ...ACCEPTED, reason: 'ListenersNotValid' };
  const isKnown = proxies.every((proxy) =>
    proxy
      .known()
      .gateways.some(
        (one) =>
          one.metadata.uid === gateway.metadata.uid &&
          one.metadata.generation === gateway.metadata.generation &&
          addressesOf(one).includes(address),
      ),
  );
  const conditions = [
    ...conditionsFrom(world, gateway, status?.conditions, [accepted]),
    ...programmedCondition(
      world,
      gateway,
      status?.conditions,
      isKnown ? 'everywhere' : 'not yet everywhere',
    ),
  ];
  gateways(world).updateStatus({
    ...gateway,
    status: {
      ...status,
      addresses: [{ type: 'IPAddress', value: address }],
      conditions,
      listeners: spec.listeners.map((listener) => listenerStatus(world, gateway, listener)),
    },
  });
}

function listenerStatus(
  world: World,
  gateway: Gateway,
  { name, protocol }: Listener,
): ListenerStatus {
  const routes = [...httpRoutes(world).list(), ...grpcRoutes(world).list()];
  const attached = routes.filter((route) =>
    (route.spec.parentRefs ?? [])
      .filter((parent) => namesGateway(parent, route, gateway))
      .map((parent) => attach(gateway, route, parent))
      .some((one) => one.type === 'attached' && one.listeners.some((found) => found.name === name)),
  );
  const before = gateway.status?.listeners?.find((one) => one.name === name)?.conditions;
  const findings: Finding[] = isHttp(protocol)
    ? [ACCEPTED, { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs' }]
    : [{ type: 'Accepted', status: 'False', reason: 'UnsupportedProtocol' }];
  return {
    name,
    attachedRoutes: attached.length,
    supportedKinds: ['HTTPRoute', 'GRPCRoute'].map((kind) => ({
      group: 'gateway.networking.k8s.io',
      kind,
    })),
    conditions: conditionsFrom(world, gateway, before, findings),
  };
}
