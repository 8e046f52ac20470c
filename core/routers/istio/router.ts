/**
 * Istio as router: a VirtualService's weights between two subsets of the service's DestinationRule.
 * A subset is named after one revision and never re-pointed; it is there before a route names it and
 * goes after the last route has left it, because a proxy that knows the route but not the subset
 * answers 503. Fields of other people, and the other routes, stay as they are.
 */
import { sameJson } from '../../base/json.ts';
import { type Action, actionId, patchOf } from '../../cluster/action.ts';
import type { ClusterView } from '../../cluster/observation.ts';
import { sameLabels } from '../../kubernetes/labels.ts';
import type { MovedRoute } from '../found-rules.ts';
import {
  DONE,
  podsForShare,
  type RouteChange,
  type Router,
  type RouteState,
  routeChange,
} from '../router.ts';
import { selectorChange } from '../service/router.ts';
import { istioWarnings } from './clients.ts';
import {
  type Change,
  candidateOnly,
  entriesAsFound,
  entriesAt,
  type IstioRouted,
  isKnownRoute,
  virtualServiceIn,
} from './entries.ts';
import { strangeHosts } from './hosts.ts';
import { istioRouting } from './plan.ts';
import { ISTIO_VERSIONS, type IstioRouting, readIstioRouting } from './routing.ts';
import { addSubsets, dropSubset, followStable, restoreSubsets } from './subsets.ts';

export const istioRouter: Router<IstioRouting> = {
  splits: 'requests',

  splitsBetween: 'pods',

  writes: {
    VirtualService: { what: 'its routes', field: 'http' },
    DestinationRule: { what: 'its subsets', field: 'subsets' },
  },

  // Several VirtualServices may lead to the service, under whatever names.
  wanted: ({ destinationRule: { name } }) => [
    { apiVersions: ISTIO_VERSIONS, kind: 'VirtualService' },
    { apiVersions: ISTIO_VERSIONS, kind: 'DestinationRule', name },
  ],

  plan: istioRouting,

  read: readIstioRouting,

  strange: strangeHosts,

  warnings: istioWarnings,

  scope: ({ routing, namespace }) => [
    ...routing.routes.map(({ apiVersion, kind, name }) => ({ apiVersion, kind, name, namespace })),
    {
      apiVersion: routing.destinationRule.apiVersion,
      kind: 'DestinationRule',
      namespace,
      name: routing.destinationRule.name,
    },
  ],

  preparation: (routed, seen) => [
    routeChange(addSubsets(routed, seen)),
    entriesChange(routed, seen, 'send it to the subset of the stable', entriesAt(routed, 0)),
    // A subset picks among the Service's endpoints: the candidate's pods must be among these.
    selectorChange(routed, seen.service, 'both'),
  ],

  standing: (routed, seen) => {
    if (isUnrouted(routed, seen)) return [];
    return [routeChange(addSubsets(routed, seen)), selectorChange(routed, seen.service, 'both')];
  },

  written: (routed, seen, weightPercent): RouteState => {
    const at = entriesAt(routed, weightPercent);
    if (leadsAlone(routed, seen, weightPercent)) return { kind: 'as-wanted' };
    let wanted = true;
    for (const route of routed.routing.routes) {
      const what = textOf(route);
      const http = virtualServiceIn(seen, route)?.spec.http;
      if (!http) return { kind: 'gone', of: route, what };
      if (!isKnownRoute(routed, route, http))
        return { kind: 'changed', of: route, what: `the route of ${what}` };
      wanted &&= sameJson(http, at(route, http));
    }
    return wanted ? { kind: 'as-wanted' } : { kind: 'otherwise' };
  },

  shift: (routed, seen, weightPercent) =>
    writeEntries(
      routed,
      seen,
      `weight-${weightPercent}`,
      ({ name }) => `send ${weightPercent}% of ${name} to the candidate`,
      entriesAt(routed, weightPercent),
    ),

  // A mesh falls back to the Service, whose selector names both sides.
  unrouted: (routed, seen, side) =>
    isUnrouted(routed, seen) ? selectorChange(routed, seen.service, side) : undefined,

  followStable,

  // Istio tells of no programming that could be waited for: the counters and the clock must do.
  pending: () => undefined,

  candidateEndpoints: ({ slices }) => slices,

  endpoints: () => 'both',

  candidatePods: podsForShare,

  achieved: (weightPercent) => weightPercent,

  finalForm: () => [],

  ownRoute: (routed, seen) =>
    entriesChange(routed, seen, 'give it its own route back', entriesAsFound(routed)),

  cleanUp: (routed, seen, winner) => {
    if (winner === 'stable') {
      return [
        // Its own route leads to whatever the Service selects: that must be the stable's alone by then.
        selectorChange(routed, seen.service, 'found'),
        isUnrouted(routed, seen) ? DONE : istioRouter.ownRoute(routed, seen),
        routeChange(restoreSubsets(routed, seen)),
      ];
    }
    const { found, both } = routed.selectors;
    const asFound = sameLabels(found, both) && !(routed.rollbackWindowMs > 0);
    const stop = 'stop routing to the subset of the old revision';
    return [
      isUnrouted(routed, seen) ? DONE : entriesChange(routed, seen, stop, candidateOnly(routed)),
      routeChange(dropSubset(routed, seen)),
      selectorChange(routed, seen.service, asFound ? 'found' : 'candidate'),
    ];
  },
};

/** Of several VirtualServices each leads some requests: the Service is their way only where none is left. */
function isUnrouted({ routing }: IstioRouted, seen: ClusterView): boolean {
  return routing.routes.every((route) => virtualServiceIn(seen, route) === undefined);
}

/** Whether no VirtualService is left, and the Service by itself sends what a weight says. */
function leadsAlone(routed: IstioRouted, seen: ClusterView, weightPercent: number): boolean {
  if (!isUnrouted(routed, seen) || !seen.service) return false;
  const { stable, candidate } = routed.selectors;
  const { selector } = seen.service.spec;
  return (
    (weightPercent === 0 && sameLabels(selector, stable)) ||
    (weightPercent === 100 && sameLabels(selector, candidate))
  );
}

function textOf({ name }: MovedRoute): string {
  return `VirtualService ${name}`;
}

function entriesChange(
  routed: IstioRouted,
  seen: ClusterView,
  what: string,
  change: Change,
): RouteChange {
  for (const route of routed.routing.routes) {
    const http = virtualServiceIn(seen, route)?.spec.http;
    if (!http) return { kind: 'blocked', of: route, why: `${textOf(route)} is gone` };
    if (!sameJson(http, change(route, http)) && !isKnownRoute(routed, route, http)) {
      const why = `somebody changed the route of ${textOf(route)} meanwhile`;
      return { kind: 'blocked', of: route, why };
    }
  }
  const text = (route: MovedRoute) => `${textOf(route)}: ${what}`;
  return routeChange(writeEntries(routed, seen, what.replaceAll(' ', '-'), text, change));
}

/** A write of spec.http for every VirtualService that does not say so already. */
function writeEntries(
  { release, routing }: IstioRouted,
  seen: ClusterView,
  what: string,
  textFor: (route: MovedRoute) => string,
  change: Change,
): Action[] {
  return routing.routes.flatMap((route): Action[] => {
    const object = virtualServiceIn(seen, route);
    if (!object?.spec.http) return [];
    const value = change(route, object.spec.http);
    if (sameJson(object.spec.http, value)) return [];
    const effect = patchOf(object, [{ op: 'replace', path: '/spec/http', value }]);
    return [{ id: actionId(release, what, route.name), text: textFor(route), effect }];
  });
}
