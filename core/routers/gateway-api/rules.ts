/**
 * The rules of an HTTPRoute or a GRPCRoute at a weight: in the rules that lead to the service only the
 * refs are the release's. Filters and fields of refs, other rules, and what others change meanwhile stay.
 */
import { sameJson } from '../../base/json.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';
import { type FoundRule, knownAgain, type MovedRoute } from '../found-rules.ts';
import type { Routed } from '../router.ts';
import type { GatewayRouting } from './routing.ts';

export type GatewayRouted = Routed<GatewayRouting>;

export interface Rule {
  readonly name?: string;
  readonly matches?: readonly Readonly<Record<string, unknown>>[];
  readonly backendRefs?: readonly unknown[];
}

/** Of what kind of route a release moves weights. */
export const ROUTE_KINDS = ['HTTPRoute', 'GRPCRoute'] as const;
export type RouteKind = (typeof ROUTE_KINDS)[number];

export interface GatewayRoute extends KubernetesObject {
  kind: RouteKind;
  spec: { parentRefs?: unknown[]; hostnames?: string[]; rules?: Rule[] };
}

export function isGatewayRoute(object: KubernetesObject): object is GatewayRoute {
  return ROUTE_KINDS.some((kind) => kind === object.kind);
}

/** True where a backendRef is a Service of the route's own namespace. */
export function isRefTo(ref: unknown, service: string, namespace: string): boolean {
  const { name, kind = 'Service', group = '', namespace: home = namespace } = Object(ref);
  return name === service && kind === 'Service' && group === '' && home === namespace;
}

/** All of a rule but where it leads. */
export function likeRule({ backendRefs: _, ...like }: Rule): unknown {
  return like;
}

/** With so much of the service's traffic on the candidate; at 0 the refs are as they were found. */
export function rulesAt(
  routed: GatewayRouted,
  route: MovedRoute,
  rules: readonly Rule[],
  weightPercent: number,
): Rule[] {
  const { headers } = routed.routing;
  const own = withoutHeaders(routed, rules);
  const known = ownRules(routed, route, own);
  const changed = own.map((rule, index): Rule => {
    const found = known.get(index);
    return found ? { ...rule, backendRefs: refsAt(routed, rule, found, weightPercent) } : rule;
  });
  const partial = weightPercent > 0 && weightPercent < 100;
  if (!partial || !headers) return changed;
  return [...changed, ...[...known.keys()].flatMap((at) => byHeaders(routed, own[at], headers))];
}

/** True where every rule that was found is there, and leads where a release may have led it. */
export function isKnown(routed: GatewayRouted, route: MovedRoute, rules: readonly Rule[]): boolean {
  const own = withoutHeaders(routed, rules);
  const known = ownRules(routed, route, own);
  const { service, previewService } = routed;
  return (
    known.size === route.rules.length &&
    [...known].every(([index, { before }]) => {
      const refs = own[index]?.backendRefs ?? [];
      const names = refs.map((ref) => Object(ref).name);
      return sameJson(names, [service, previewService]) || sameJson(names, namesOf(before));
    })
  );
}

function namesOf(refs: readonly unknown[]): unknown[] {
  return refs.map((ref) => Object(ref).name);
}

function ownRules(
  { service, namespace }: GatewayRouted,
  route: MovedRoute,
  own: readonly Rule[],
): ReadonlyMap<number, FoundRule> {
  const now = own.flatMap((rule, index) =>
    (rule.backendRefs ?? []).some((ref) => isRefTo(ref, service, namespace))
      ? [{ index, name: rule.name, like: likeRule(rule) }]
      : [],
  );
  return knownAgain(route.rules, now);
}

/** Both refs are the Service's as it stands now, with whatever its owner has put there. */
function refsAt(
  { service, previewService, namespace }: GatewayRouted,
  rule: Rule,
  { before }: FoundRule,
  weightPercent: number,
): readonly unknown[] {
  const ref = Object((rule.backendRefs ?? []).find((each) => isRefTo(each, service, namespace)));
  if (weightPercent === 0) {
    const { weight: _, ...own } = ref;
    const { weight } = Object(before[0]);
    return [weight === undefined ? own : { ...own, weight }];
  }
  return [
    { ...ref, weight: 100 - weightPercent },
    { ...ref, name: previewService, weight: weightPercent },
  ];
}

/** A rule beside the service's: more headers make it more specific, so it wins wherever it stands. */
function byHeaders(
  { service, previewService, namespace }: GatewayRouted,
  rule: Rule | undefined,
  headers: Readonly<Record<string, string>>,
): Rule[] {
  if (!rule) return [];
  const exact = Object.entries(headers).map(([name, value]) => ({ type: 'Exact', name, value }));
  const matches = (rule.matches ?? [{}]).map((each) => ({
    ...each,
    headers: [...(Array.isArray(each.headers) ? each.headers : []), ...exact],
  }));
  const own = (rule.backendRefs ?? []).find((each) => isRefTo(each, service, namespace));
  const backendRefs = [{ ...Object(own), name: previewService, weight: 1 }];
  // Names of rules are unique within a route.
  const { name: _, ...unnamed } = rule;
  return [{ ...unnamed, matches, backendRefs }];
}

/** The header rules are the only ones that know the preview Service alone. */
function withoutHeaders(
  { previewService, namespace }: GatewayRouted,
  rules: readonly Rule[],
): Rule[] {
  return rules.filter(({ backendRefs = [] }) => {
    const [only, second] = backendRefs;
    return second !== undefined || !isRefTo(only, previewService, namespace);
  });
}
