/** The HTTPRoutes and GRPCRoutes that lead to the service, and which of their rules are weighted. */

import type { PlanInput } from '../../cluster/plan-input.ts';
import { isChosen, type RuleChoice, rulesText, unknownChoices } from '../chosen-rules.ts';
import type { FoundRule, MovedRoute } from '../found-rules.ts';
import type { GatewayRouting } from './routing.ts';
import {
  type GatewayRoute,
  isGatewayRoute,
  isRefTo,
  likeRule,
  ROUTE_KINDS,
  type RouteKind,
} from './rules.ts';

interface Wanted {
  readonly name: string | undefined;
  readonly rules: RuleChoice;
}

export function gatewayRouting(input: PlanInput): GatewayRouting | string {
  const leading = routesTo(input);
  const wanted = wantedOf(input);
  const service = input.subject.service.metadata.name;
  const isNamed = ROUTE_KINDS.some((kind) => wanted[kind].name !== undefined);
  for (const kind of ROUTE_KINDS) {
    const { name } = wanted[kind];
    if (name === undefined) continue;
    if (!input.others.has(`${kind}/${name}`)) {
      return `${kind} ${name} not found: router gateway-api needs one that leads to service ${service}; name it as ${keyFor(kind)}.name`;
    }
    if (!leading.some((route) => isOf(route, kind, name))) {
      return `${kind} ${name} has no rule that leads to service ${service}: name the one that does as ${keyFor(kind)}.name`;
    }
  }
  if (leading.length === 0) {
    return `no HTTPRoute and no GRPCRoute of the namespace leads to service ${service}: router gateway-api needs one (the connections of a TLSRoute, TCPRoute or UDPRoute have no requests to weigh: use router service)`;
  }
  const chosen = leading.filter(
    (route) => !isNamed || ROUTE_KINDS.some((kind) => isOf(route, kind, wanted[kind].name)),
  );
  const routes: MovedRoute[] = [];
  for (const route of chosen) {
    const { rules } = wanted[route.kind];
    const moved = movedRoute(input, route, rules);
    if (typeof moved === 'string') return moved;
    routes.push(moved);
  }
  return { router: 'gateway-api', routes, headers: input.settings.canary.headers };
}

/** All that lead to the service, whether the config names them or not. */
function routesTo({
  others,
  subject: { service },
}: Pick<PlanInput, 'others' | 'subject'>): readonly GatewayRoute[] {
  const { name, namespace = 'default' } = service.metadata;
  return [...others.values()]
    .filter(isGatewayRoute)
    .filter(({ spec }) =>
      (spec.rules ?? []).some(({ backendRefs = [] }) =>
        backendRefs.some((ref) => isRefTo(ref, name, namespace)),
      ),
    );
}

function isOf({ kind: of, metadata }: GatewayRoute, kind: RouteKind, name: string | undefined) {
  return of === kind && metadata.name === name;
}

function wantedOf({ settings: { traffic } }: PlanInput): Readonly<Record<RouteKind, Wanted>> {
  return { HTTPRoute: traffic.httpRoute, GRPCRoute: traffic.grpcRoute };
}

function keyFor(kind: RouteKind): string {
  return kind === 'HTTPRoute' ? 'traffic.httpRoute' : 'traffic.grpcRoute';
}

function movedRoute(
  { subject: { service } }: PlanInput,
  { apiVersion, kind, metadata, spec }: GatewayRoute,
  choice: RuleChoice,
): MovedRoute | string {
  const { name: serviceName, namespace = 'default' } = service.metadata;
  const what = `${kind} ${metadata.name}`;
  const key = keyFor(kind);
  const own = (spec.rules ?? []).flatMap((rule, index): FoundRule[] => {
    const { name, backendRefs = [] } = rule;
    const leads = backendRefs.some((ref) => isRefTo(ref, serviceName, namespace));
    return leads ? [{ name, index, like: likeRule(rule), before: backendRefs }] : [];
  });
  const unknown = unknownChoices(choice, own);
  if (unknown !== undefined) {
    return `${what} has no rule ${unknown} that leads to service ${serviceName}, only ${rulesText(own)}: name these in ${key}.rules, by name or by place counted from 0`;
  }
  const rules = own.filter(({ name, index }) => isChosen(choice, name, index));
  const split = rules.find(({ before }) => before.length !== 1);
  if (split) {
    return `${what} splits the service's traffic already (${split.before.length} backends in rule ${rulesText([split])}): a release needs one; or name the rules that it may weigh as ${key}.rules, and the others follow with the Service`;
  }
  return { apiVersion, kind, name: metadata.name, rules };
}
