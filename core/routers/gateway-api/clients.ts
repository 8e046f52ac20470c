/** Whose requests a release does not move by weight, where the Gateway API routes them. */
import type { ByName } from '../../kubernetes/by-name.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';
import type { MovedRoute } from '../found-rules.ts';
import { followLater, type RouteWarning } from '../warnings.ts';
import { type GatewayRouted, isGatewayRoute, isRefTo } from './rules.ts';

export function gatewayWarnings(routed: GatewayRouted, others: ByName): RouteWarning[] {
  const rules = [...others.values()].flatMap((route) => rulesThatFollow(routed, route));
  return followLater(routed.service, rules);
}

function rulesThatFollow(
  { routing, service, namespace }: GatewayRouted,
  route: KubernetesObject,
): string[] {
  if (!isGatewayRoute(route)) return [];
  const moved = routing.routes.find((each) => isSame(each, route))?.rules ?? [];
  return (route.spec.rules ?? []).flatMap(({ name, backendRefs = [] }, index) => {
    const leads = backendRefs.some((ref) => isRefTo(ref, service, namespace));
    const isMoved = moved.some((rule) => rule.index === index);
    return leads && !isMoved
      ? [`rule ${name ?? index} of ${route.kind} ${route.metadata.name}`]
      : [];
  });
}

function isSame({ kind, name }: MovedRoute, object: KubernetesObject): boolean {
  return kind === object.kind && name === object.metadata.name;
}
