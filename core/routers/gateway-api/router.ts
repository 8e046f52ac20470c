/**
 * Gateway API as router: the weights of the backendRefs of HTTPRoutes and GRPCRoutes between the
 * Service and the candidate's preview Service. When the candidate was found good the Service itself is
 * moved and the routes get their own refs back, so that a release leaves them as it found them, in
 * either direction. `rules` is an atomic list: its owner owns all of it, so it is applied whole, as
 * seen, but for the refs (gateway.networking.k8s.io/v1, x-kubernetes-list-type).
 */
import { sameJson } from '../../base/json.ts';
import { type Action, actionId } from '../../cluster/action.ts';
import type { ClusterView } from '../../cluster/observation.ts';
import { named } from '../../kubernetes/by-name.ts';
import type { Condition } from '../../kubernetes/objects.ts';
import type { MovedRoute } from '../found-rules.ts';
import {
  podsForShare,
  type RouteChange,
  type Router,
  type RouteState,
  routeChange,
} from '../router.ts';
import { selectorChange } from '../service/router.ts';
import { gatewayWarnings } from './clients.ts';
import { gatewayRouting } from './plan.ts';
import { GATEWAY_VERSION, type GatewayRouting, readGatewayRouting } from './routing.ts';
import { type GatewayRoute, type GatewayRouted, isKnown, ROUTE_KINDS, rulesAt } from './rules.ts';

interface ParentStatus {
  readonly parentRef?: { readonly name?: string };
  readonly conditions?: readonly (Condition & { readonly observedGeneration?: number })[];
}

interface WithStatus extends GatewayRoute {
  status?: { parents?: readonly ParentStatus[] };
}

export const gatewayRouter: Router<GatewayRouting> = {
  splits: 'requests',

  splitsBetween: 'services',

  writes: {
    HTTPRoute: { what: 'its rules', field: 'rules' },
    GRPCRoute: { what: 'its rules', field: 'rules' },
  },

  // Several routes may lead to the service, under whatever names.
  wanted: () => ROUTE_KINDS.map((kind) => ({ apiVersions: [GATEWAY_VERSION], kind })),

  plan: gatewayRouting,

  read: readGatewayRouting,

  warnings: gatewayWarnings,

  scope: ({ routing, namespace }) =>
    routing.routes.map(({ apiVersion, kind, name }) => ({ apiVersion, kind, name, namespace })),

  preparation: (routed, seen) => [selectorChange(routed, seen.service, 'stable')],

  standing: (routed, seen) => [selectorChange(routed, seen.service, 'stable')],

  written: (routed, seen, weightPercent): RouteState => {
    let wanted = true;
    for (const route of routed.routing.routes) {
      const what = textOf(route);
      const rules = routeIn(seen, route)?.spec.rules;
      if (!rules) return { kind: 'gone', of: route, what };
      if (!isKnown(routed, route, rules))
        return { kind: 'changed', of: route, what: `the backends of ${what}` };
      wanted &&= sameJson(rules, rulesAt(routed, route, rules, weightPercent));
    }
    return wanted ? { kind: 'as-wanted' } : { kind: 'otherwise' };
  },

  shift: (routed, seen, weightPercent) => {
    const text = (route: MovedRoute) =>
      `send ${weightPercent}% of ${textOf(route)} to the candidate`;
    return applyAll(routed, seen, `weight-${weightPercent}`, text, weightPercent);
  },

  followStable: () => [],

  pending: ({ routing }, seen) => {
    for (const each of routing.routes) {
      const route = routeIn(seen, each);
      const parents = route?.status?.parents ?? [];
      if (parents.length === 0) return `a gateway to accept ${textOf(each)}`;
      const generation = route?.metadata.generation;
      const missing = parents.flatMap(({ parentRef, conditions = [] }) =>
        conditionsToHold(conditions)
          .filter((type) => !holds(conditions, type, generation))
          .map((type) => `${type} of gateway ${parentRef?.name ?? ''}`),
      );
      if (missing[0] !== undefined) return missing[0];
    }
    return undefined;
  },

  candidateEndpoints: ({ previewSlices }) => previewSlices,

  // The Service's own endpoints stay the stable's until the candidate was found good.
  endpoints: () => 'stable',

  candidatePods: podsForShare,

  achieved: (weightPercent) => weightPercent,

  finalForm: (routed, seen) => [
    selectorChange(routed, seen.service, 'candidate'),
    ownRefsChange(routed, seen),
  ],

  ownRoute: (routed, seen) => selectorChange(routed, seen.service, 'found'),

  cleanUp: (routed, seen, winner) =>
    winner === 'stable' ? [gatewayRouter.ownRoute(routed, seen)] : [],
};

/** Programmed is told by some implementations only; where it is told, it must hold. */
function conditionsToHold(conditions: readonly Condition[]): readonly string[] {
  const programmed = conditions.some(({ type }) => type === 'Programmed') ? ['Programmed'] : [];
  return ['Accepted', 'ResolvedRefs', ...programmed];
}

function holds(
  conditions: NonNullable<ParentStatus['conditions']>,
  type: string,
  generation: number | undefined,
): boolean {
  const found = conditions.find((each) => each.type === type);
  const current =
    found?.observedGeneration === undefined || found.observedGeneration === generation;
  return found?.status === 'True' && current;
}

function routeIn(seen: ClusterView, { kind, name }: MovedRoute): WithStatus | undefined {
  return named(seen.others, kind, name);
}

function textOf({ kind, name }: MovedRoute): string {
  return `${kind} ${name}`;
}

function ownRefsChange(routed: GatewayRouted, seen: ClusterView): RouteChange {
  const gone = routed.routing.routes.find((route) => !routeIn(seen, route)?.spec.rules);
  if (gone) return { kind: 'blocked', of: gone, why: `${textOf(gone)} is gone` };
  const text = (route: MovedRoute) => `give ${textOf(route)} its own backends back`;
  return routeChange(applyAll(routed, seen, 'own-refs', text, 0));
}

/** A write for every route that does not say so already. */
function applyAll(
  routed: GatewayRouted,
  seen: ClusterView,
  what: string,
  textFor: (route: MovedRoute) => string,
  weightPercent: number,
): Action[] {
  return routed.routing.routes.flatMap((each): Action[] => {
    const route = routeIn(seen, each);
    if (!route?.spec.rules) return [];
    const rules = rulesAt(routed, each, route.spec.rules, weightPercent);
    if (sameJson(rules, route.spec.rules)) return [];
    const { apiVersion, kind, metadata } = route;
    const { name, namespace, resourceVersion } = metadata;
    const object = {
      apiVersion,
      kind,
      // With its version, an apply is refused like any other write that was decided on an older object.
      metadata: {
        name,
        ...(namespace && { namespace }),
        ...(resourceVersion && { resourceVersion }),
      },
      spec: { rules },
    };
    const id = actionId(routed.release, what, kind === 'HTTPRoute' ? name : `${kind}/${name}`);
    return [{ id, text: textFor(each), effect: { kind: 'apply', object } }];
  });
}
