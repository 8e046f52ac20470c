/** Reads the routing of a plan that an earlier version wrote, which knew one route with one rule. */
import type { MovedRoute } from './found-rules.ts';
import type { GatewayRouting, IstioRouting, Routing } from './routing.ts';

interface Named {
  readonly apiVersion: string;
  readonly name: string;
}

interface EarlierIstio extends Omit<IstioRouting, 'routes' | 'hosts'> {
  readonly virtualService: Named;
  readonly entry: number;
  readonly entryName?: string;
  readonly before: readonly unknown[];
  readonly destination: { readonly host: string };
}

interface EarlierGateway extends Omit<GatewayRouting, 'routes'> {
  readonly httpRoute: Named;
  readonly rule: number;
  readonly before: readonly unknown[];
}

export function readRouting(routing: Routing | EarlierIstio | EarlierGateway): Routing {
  if ('virtualService' in routing) {
    const { virtualService, entry, entryName: name, before, destination, ...rest } = routing;
    const rules = [{ name, index: entry, before }];
    const route: MovedRoute = { ...virtualService, kind: 'VirtualService', rules };
    return { ...rest, routes: [route], hosts: [destination.host] };
  }
  if ('httpRoute' in routing) {
    const { httpRoute, rule: index, before, ...rest } = routing;
    const rules = [{ name: undefined, index, before }];
    return { ...rest, routes: [{ ...httpRoute, kind: 'HTTPRoute', rules }] };
  }
  return routing;
}
