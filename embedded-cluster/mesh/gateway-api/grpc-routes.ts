/**
 * GRPCRoutes as the proxies here take them: a method is a path, `/service/method`. Source:
 * GRPCMethodMatch in the Gateway API's reference.
 */
import type { GrpcMatch, GrpcRoute, HttpRoute, RouteMatch } from '../objects.ts';

export function asHttpRoute(route: GrpcRoute): HttpRoute {
  const rules = (route.spec.rules ?? []).map(({ matches, ...rule }) => ({
    ...rule,
    ...(matches && { matches: matches.map(asHttpMatch) }),
  }));
  return { ...route, spec: { ...route.spec, rules } };
}

function asHttpMatch({ method, headers = [] }: GrpcMatch): RouteMatch {
  return method === undefined ? { headers } : { headers, path: pathOf(method) };
}

function pathOf({ type, service, method }: NonNullable<GrpcMatch['method']>) {
  if (type === 'RegularExpression' || service === undefined) {
    const value = `/${service ?? '[^/]+'}/${method ?? '[^/]+'}`;
    return { type: 'RegularExpression', value };
  }
  return method === undefined
    ? { type: 'PathPrefix', value: `/${service}` }
    : { type: 'Exact', value: `/${service}/${method}` };
}
