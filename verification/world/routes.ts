/** How requests come to the service: the router's objects as their owner wrote them, and whose pods they lead to. */
import { isDeepStrictEqual } from 'node:util';
import type { Labels } from '../../core/kubernetes/labels.ts';
import { services } from '../../embedded-cluster/kubernetes/collection.ts';
import type { DraftObject } from '../../embedded-cluster/kubernetes/store/object.ts';
import type { World } from '../../embedded-cluster/kubernetes/world.ts';
import {
  destinationRules,
  httpRoutes,
  virtualServices,
} from '../../embedded-cluster/mesh/objects.ts';
import type { Scenario } from './scenario.ts';
import { NAMESPACE, SERVICE, SERVICE_PORT } from './service.ts';

export const GATEWAY = 'entrance';
export const GATEWAY_PORT = 8080;
const CLASS = 'embedded';

/** Where a share of the requests goes. No labels: to something that is not there. */
export interface Destination {
  readonly what: string;
  readonly labels: Labels | undefined;
  readonly weight: number;
}

export function routerObjects({ router }: Scenario): DraftObject[] {
  const metadata = { name: SERVICE, namespace: NAMESPACE };
  switch (router) {
    case 'service':
      return [];
    case 'istio': {
      const destination = { host: SERVICE, port: { number: SERVICE_PORT } };
      const route = [{ destination, weight: 100 }];
      return [
        {
          apiVersion: 'networking.istio.io/v1',
          kind: 'VirtualService',
          metadata,
          spec: { hosts: [SERVICE], http: [{ name: 'pay', timeout: '10s', route }] },
        },
      ];
    }
    case 'gateway-api': {
      const apiVersion = 'gateway.networking.k8s.io/v1';
      const controllerName = 'embedded-cluster.local/gateway';
      const listeners = [{ name: 'http', protocol: 'HTTP', port: GATEWAY_PORT }];
      const matches = [{ path: { type: 'PathPrefix', value: '/' } }];
      const backendRefs = [{ name: SERVICE, port: SERVICE_PORT, weight: 100 }];
      return [
        { apiVersion, kind: 'GatewayClass', metadata: { name: CLASS }, spec: { controllerName } },
        {
          apiVersion,
          kind: 'Gateway',
          metadata: { name: GATEWAY, namespace: NAMESPACE },
          spec: { gatewayClassName: CLASS, listeners },
        },
        {
          apiVersion,
          kind: 'HTTPRoute',
          metadata,
          spec: { parentRefs: [{ name: GATEWAY }], rules: [{ matches, backendRefs }] },
        },
      ];
    }
  }
}

/** What the router's objects say just now, as the API has them. */
export function destinationsOf(world: World, { router }: Scenario): Destination[] {
  switch (router) {
    case 'service':
      return [toService(world, SERVICE, 100)];
    case 'istio': {
      const virtualService = virtualServices(world).get(NAMESPACE, SERVICE);
      // A mesh without one goes by the Service.
      if (!virtualService) return [toService(world, SERVICE, 100)];
      const { http = [] } = virtualService.spec;
      const found = http.flatMap(({ route = [] }) =>
        route.map(({ destination, weight = 0 }) =>
          toSubset(world, destination.subset, route.length === 1 ? 100 : weight),
        ),
      );
      return found.filter(({ weight }) => weight > 0);
    }
    case 'gateway-api': {
      const { rules = [] } = httpRoutes(world).get(NAMESPACE, SERVICE)?.spec ?? {};
      const refs = rules.flatMap(({ backendRefs = [] }) => backendRefs);
      const found = refs.map(({ name, weight = 1 }) => toService(world, name, weight));
      return found.filter(({ weight }) => weight > 0);
    }
  }
}

export function sameDestinations(one: readonly Destination[], two: readonly Destination[]) {
  return isDeepStrictEqual(one, two);
}

function toService(world: World, name: string, weight: number): Destination {
  const labels = services(world).get(NAMESPACE, name)?.spec.selector;
  return { what: `service ${name}`, labels, weight };
}

function toSubset(world: World, name: string | undefined, weight: number): Destination {
  const whole = toService(world, SERVICE, weight);
  if (name === undefined) return whole;
  const { subsets = [] } = destinationRules(world).get(NAMESPACE, SERVICE)?.spec ?? {};
  const subset = subsets.find((each) => each.name === name);
  const labels = subset && whole.labels && bothOf(whole.labels, subset.labels);
  return { what: `subset ${name}`, labels, weight };
}

/** What bears all labels of both; undefined where they contradict each other. */
function bothOf(one: Labels, two: Labels | undefined): Labels | undefined {
  const contradicts = Object.entries(two ?? {}).some(
    ([key, value]) => (one[key] ?? value) !== value,
  );
  return contradicts ? undefined : { ...one, ...two };
}
