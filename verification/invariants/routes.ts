/**
 * What a story leaves of routes: the Service's selector, and the router's objects. A rollback leaves
 * them as they were found; a promotion leaves Istio the new revision's subset, and nothing else.
 */
import { isDeepStrictEqual } from 'node:util';
import { services } from '../../embedded-cluster/kubernetes/collection.ts';
import {
  destinationRules,
  httpRoutes,
  virtualServices,
} from '../../embedded-cluster/mesh/objects.ts';
import { NAMESPACE, SERVICE } from '../world/service.ts';
import type { ProofWorld } from '../world/world.ts';

export interface RoutesBefore {
  readonly selector: unknown;
  readonly http: unknown;
  readonly rules: unknown;
}

type Wrong = (seen: string) => void;

export function lookAtRoutes({ cluster: { world } }: ProofWorld): RoutesBefore {
  return {
    selector: services(world).get(NAMESPACE, SERVICE)?.spec.selector,
    http: virtualServices(world).get(NAMESPACE, SERVICE)?.spec.http,
    rules: httpRoutes(world).get(NAMESPACE, SERVICE)?.spec.rules,
  };
}

/** `colours`: of the pods that have served, one after the other; undefined where they have none. */
export function checkRoutes(
  world: ProofWorld,
  before: RoutesBefore,
  colours: readonly (string | undefined)[],
  wrong: Wrong,
): void {
  const { scenario, cluster } = world;
  const now = lookAtRoutes(world);
  const colour = colours.at(-1);
  // With Istio the subset tells the colours apart, and a Service that selects all may go on to,
  // unless it would reach pods that a promotion has kept; a plain Deployment's are never kept.
  const keeps = scenario.rollbackWindowSeconds > 0 && colours.length > 2;
  const asFound = scenario.router === 'istio' && scenario.shape === 'plain' && !keeps;
  const app = { app: SERVICE };
  const selector = asFound || colour === undefined ? app : { ...app, version: colour };
  if (!isDeepStrictEqual(now.selector, selector)) {
    const seen = JSON.stringify(now.selector);
    wrong(`the service selects ${seen}, not ${JSON.stringify(selector)}`);
  }
  if (!isDeepStrictEqual(now.rules, before.rules)) {
    wrong(`the HTTPRoute is not as it was found: ${JSON.stringify(now.rules)}`);
  }
  const subsets = destinationRules(cluster.world).get(NAMESPACE, SERVICE)?.spec.subsets;
  if (isDeepStrictEqual(now.http, before.http)) {
    // A subset that no route names is in no one's way where somebody has deleted the route.
    if (subsets && now.http !== undefined)
      wrong(`subsets are left over: ${JSON.stringify(subsets)}`);
    return;
  }
  const [subset] = subsets ?? [];
  const expected = withSubset(before.http, subset?.name);
  if (!isDeepStrictEqual(now.http, expected)) {
    wrong(`the VirtualService's routes are ${JSON.stringify(now.http)}`);
  }
  if (subsets?.length !== 1 || subset?.labels?.version !== colour) {
    wrong(`the subsets are ${JSON.stringify(subsets)}, and ${colour} serves`);
  }
}

/** The one entry there is, with its one destination led to the subset. */
function withSubset(http: unknown, subset: string | undefined): unknown {
  return JSON.parse(JSON.stringify(http), (key, value) =>
    key === 'route' ? [{ ...value[0], destination: { ...value[0].destination, subset } }] : value,
  );
}
