/** What a plan keeps of how the Gateway API routes a service's traffic. */
import type { MovedRoute } from '../found-rules.ts';
import type { HeaderRoute } from '../routing.ts';

export const GATEWAY_VERSION = 'gateway.networking.k8s.io/v1';

export interface GatewayRouting {
  readonly router: 'gateway-api';
  /** The HTTPRoutes and GRPCRoutes whose refs are weighted; others follow with the Service itself. */
  readonly routes: readonly MovedRoute[];
  readonly headers: HeaderRoute;
}

/** Earlier versions knew one route with one rule. */
interface EarlierRouting extends Omit<GatewayRouting, 'routes'> {
  readonly httpRoute: { readonly apiVersion: string; readonly name: string };
  readonly rule: number;
  readonly before: readonly unknown[];
}

export function readGatewayRouting(routing: GatewayRouting | EarlierRouting): GatewayRouting {
  if (!('httpRoute' in routing)) return routing;
  const { httpRoute, rule: index, before, ...rest } = routing;
  const rules = [{ name: undefined, index, before }];
  return { ...rest, routes: [{ ...httpRoute, kind: 'HTTPRoute', rules }] };
}
