/**
 * Gateway API as router: the weights of an HTTPRoute's backendRefs between the Service and the
 * candidate's preview Service. When the candidate was found good the Service itself is moved and the
 * route gets its own refs back, so that a release leaves the route as it found it, in either
 * direction. `rules` is an atomic list: its owner owns all of it, so it is applied whole, as seen,
 * but for the refs (gateway.networking.k8s.io/v1, x-kubernetes-list-type).
 */
import { sameJson } from '../json.ts';
import { named } from '../kubernetes/by-name.ts';
import type { Condition, KubernetesObject } from '../kubernetes/objects.ts';
import { type Action, actionId } from '../release/action.ts';
import type { ClusterView } from '../release/observation.ts';
import { DONE, podsForShare, type Routed, type Router, type Stage } from './router.ts';
import type { GatewayRouting } from './routing.ts';
import { selectorStage } from './service.ts';

type GatewayRouted = Routed<GatewayRouting>;

interface Rule {
  readonly matches?: readonly Readonly<Record<string, unknown>>[];
  readonly backendRefs?: readonly unknown[];
}

interface ParentStatus {
  readonly parentRef?: { readonly name?: string };
  readonly conditions?: readonly (Condition & { readonly observedGeneration?: number })[];
}

export interface HttpRoute extends KubernetesObject {
  spec: { parentRefs?: unknown[]; hostnames?: string[]; rules?: Rule[] };
  status?: { parents?: readonly ParentStatus[] };
}

export const gatewayRouter: Router<GatewayRouting> = {
  splits: 'requests',

  scope: ({ routing, namespace }) => [{ ...routing.httpRoute, kind: 'HTTPRoute', namespace }],

  preparation: (routed, seen) => [selectorStage(routed, seen.service, 'stable')],

  written: (routed, seen, weightPercent) => {
    const { name } = routed.routing.httpRoute;
    const rules = routeOf(routed, seen)?.spec.rules;
    if (!rules) return { kind: 'gone', what: `HTTPRoute ${name}` };
    if (!isKnown(routed, rules)) {
      return { kind: 'changed', what: `the backends of HTTPRoute ${name}` };
    }
    return sameJson(rules, rulesAt(routed, rules, weightPercent))
      ? { kind: 'as-wanted' }
      : { kind: 'otherwise' };
  },

  shift: (routed, seen, weightPercent) => {
    const { name } = routed.routing.httpRoute;
    const text = `send ${weightPercent}% of HTTPRoute ${name} to the candidate`;
    return apply(routed, seen, `weight-${weightPercent}`, text, weightPercent);
  },

  pending: (routed, seen) => {
    const route = routeOf(routed, seen);
    const parents = route?.status?.parents ?? [];
    if (parents.length === 0) return 'a gateway to accept the route';
    const generation = route?.metadata.generation;
    const missing = parents.flatMap(({ parentRef, conditions = [] }) =>
      conditionsToHold(conditions)
        .filter((type) => !holds(conditions, type, generation))
        .map((type) => `${type} of gateway ${parentRef?.name ?? ''}`),
    );
    return missing[0];
  },

  candidateEndpoints: ({ previewSlices }) => previewSlices,

  // The Service's own endpoints stay the stable's until the candidate was found good.
  endpoints: () => 'stable',

  candidatePods: podsForShare,

  achieved: (weightPercent) => weightPercent,

  landing: (routed, seen) => [
    selectorStage(routed, seen.service, 'candidate'),
    ownRefsStage(routed, seen),
  ],

  tidying: (routed, seen, winner) =>
    winner === 'stable' ? [selectorStage(routed, seen.service, 'found')] : [],
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

function routeOf({ routing }: GatewayRouted, seen: ClusterView): HttpRoute | undefined {
  return named(seen.others, 'HTTPRoute', routing.httpRoute.name);
}

function rulesAt(routed: GatewayRouted, rules: readonly Rule[], weightPercent: number): Rule[] {
  const { routing } = routed;
  const own = withoutHeaders(routed, rules);
  const rule = own[routing.rule];
  const changed = own.map((each, index) =>
    index === routing.rule ? { ...each, backendRefs: refsAt(routed, weightPercent) } : each,
  );
  const partial = weightPercent > 0 && weightPercent < 100;
  return partial && routing.headers && rule
    ? [...changed, byHeaders(routed, rule, routing.headers)]
    : changed;
}

function refsAt(routed: GatewayRouted, weightPercent: number): readonly unknown[] {
  const { before } = routed.routing;
  if (weightPercent === 0) return before;
  const ref = Object(before[0]);
  return [
    { ...ref, weight: 100 - weightPercent },
    { ...ref, name: routed.previewService, weight: weightPercent },
  ];
}

/** A rule beside the service's: more headers make it more specific, so it wins wherever it stands. */
function byHeaders(
  routed: GatewayRouted,
  rule: Rule,
  headers: Readonly<Record<string, string>>,
): Rule {
  const exact = Object.entries(headers).map(([name, value]) => ({ type: 'Exact', name, value }));
  const matches = (rule.matches ?? [{}]).map((each) => ({
    ...each,
    headers: [...((each.headers as unknown[] | undefined) ?? []), ...exact], // a list by its schema
  }));
  const ref = { ...Object(routed.routing.before[0]), name: routed.previewService, weight: 1 };
  return { ...rule, matches, backendRefs: [ref] };
}

/** The header rule is the only one that knows the preview Service alone. */
function withoutHeaders({ previewService }: GatewayRouted, rules: readonly Rule[]): Rule[] {
  return rules.filter(({ backendRefs = [] }) => {
    const [only, second] = backendRefs;
    return second !== undefined || Object(only).name !== previewService;
  });
}

function isKnown(routed: GatewayRouted, rules: readonly Rule[]): boolean {
  const refs = withoutHeaders(routed, rules)[routed.routing.rule]?.backendRefs;
  if (!refs) return false;
  if (sameJson(refs, routed.routing.before)) return true;
  const names = refs.map((ref) => Object(ref).name);
  return sameJson(names, [routed.service, routed.previewService]);
}

function ownRefsStage(routed: GatewayRouted, seen: ClusterView): Stage {
  const { name } = routed.routing.httpRoute;
  const rules = routeOf(routed, seen)?.spec.rules;
  if (!rules) return { kind: 'blocked', why: `HTTPRoute ${name} is gone` };
  if (sameJson(rules, rulesAt(routed, rules, 0))) return DONE;
  const text = `give HTTPRoute ${name} its own backends back`;
  return { kind: 'write', text, actions: apply(routed, seen, 'own-refs', text, 0) };
}

function apply(
  routed: GatewayRouted,
  seen: ClusterView,
  what: string,
  text: string,
  weightPercent: number,
): Action[] {
  const route = routeOf(routed, seen);
  if (!route?.spec.rules) return [];
  const { apiVersion, kind, metadata } = route;
  const { name, namespace, resourceVersion } = metadata;
  const rules = rulesAt(routed, route.spec.rules, weightPercent);
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
  return [{ id: actionId(routed.release, what, name), text, effect: { kind: 'apply', object } }];
}
