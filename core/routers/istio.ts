/**
 * Istio as router: a VirtualService's weights between two subsets of the service's DestinationRule.
 * A subset is named after one revision and never re-pointed; it is there before a route names it and
 * goes after the last route has let go of it, because a proxy that knows the route but not the subset
 * answers 503. Fields of other people, and the other routes, stay as they are.
 */
import { sameJson } from '../json.ts';
import { sameLabels } from '../kubernetes/labels.ts';
import type { ClusterView } from '../release/observation.ts';
import {
  candidateOnly,
  entriesAsFound,
  entriesAt,
  type IstioRouted,
  isKnownRoute,
  virtualServiceOf,
  writeEntries,
} from './istio-entries.ts';
import { addSubsets, dropSubset, restoreSubsets } from './istio-subsets.ts';
import { DONE, podsForShare, type Router, type Stage, stageOf, type Written } from './router.ts';
import type { IstioRouting } from './routing.ts';
import { selectorStage } from './service.ts';

export const istioRouter: Router<IstioRouting> = {
  splits: 'requests',

  scope: ({ routing, namespace }) => [
    { ...routing.virtualService, kind: 'VirtualService', namespace },
    {
      apiVersion: routing.destinationRule.apiVersion,
      kind: 'DestinationRule',
      namespace,
      name: routing.destinationRule.name,
    },
  ],

  preparation: (routed, seen) => [
    stageOf(addSubsets(routed, seen)),
    entriesStage(routed, seen, 'send it to the subset of the stable', (http) =>
      entriesAt(routed, http, 0),
    ),
    // A subset picks among the Service's endpoints: the candidate's pods must be among these.
    selectorStage(routed, seen.service, 'both'),
  ],

  written: (routed, seen, weightPercent): Written => {
    const { name } = routed.routing.virtualService;
    const http = virtualServiceOf(routed, seen)?.spec.http;
    if (!http) return { kind: 'gone', what: `VirtualService ${name}` };
    if (!isKnownRoute(routed, http)) {
      return { kind: 'changed', what: `the route of VirtualService ${name}` };
    }
    return sameJson(http, entriesAt(routed, http, weightPercent))
      ? { kind: 'as-wanted' }
      : { kind: 'otherwise' };
  },

  shift: (routed, seen, weightPercent) =>
    writeEntries(
      routed,
      seen,
      `weight-${weightPercent}`,
      `send ${weightPercent}% of ${routed.routing.virtualService.name} to the candidate`,
      (http) => entriesAt(routed, http, weightPercent),
    ),

  // Istio tells of no programming that could be waited for: the counters and the clock must do.
  pending: () => undefined,

  candidateEndpoints: ({ slices }) => slices,

  endpoints: () => 'both',

  candidatePods: podsForShare,

  achieved: (weightPercent) => weightPercent,

  landing: () => [],

  tidying: (routed, seen, winner) => {
    if (winner === 'stable') {
      return [
        entriesStage(routed, seen, 'give it its own route back', (http) =>
          entriesAsFound(routed, http),
        ),
        stageOf(restoreSubsets(routed, seen)),
        selectorStage(routed, seen.service, 'found'),
      ];
    }
    const { found, both } = routed.selectors;
    const asFound = sameLabels(found, both) && !(routed.rollbackWindowMs > 0);
    return [
      entriesStage(routed, seen, 'let go of the subset of the old revision', (http) =>
        candidateOnly(routed, http),
      ),
      stageOf(dropSubset(routed, seen)),
      selectorStage(routed, seen.service, asFound ? 'found' : 'candidate'),
    ];
  },
};

function entriesStage(
  routed: IstioRouted,
  seen: ClusterView,
  what: string,
  change: Parameters<typeof writeEntries>[4],
): Stage {
  const { name } = routed.routing.virtualService;
  const http = virtualServiceOf(routed, seen)?.spec.http;
  if (!http) return { kind: 'blocked', why: `VirtualService ${name} is gone` };
  if (sameJson(http, change(http))) return DONE;
  if (!isKnownRoute(routed, http)) {
    return {
      kind: 'blocked',
      why: `somebody changed the route of VirtualService ${name} meanwhile`,
    };
  }
  const text = `VirtualService ${name}: ${what}`;
  return {
    kind: 'write',
    text,
    actions: writeEntries(routed, seen, what.replaceAll(' ', '-'), text, change),
  };
}
