// VirtualServices that hand requests on, and GRPCRoutes, whose methods are paths.
import { describe, expect, test } from '@jest/globals';
import { createRandom } from '../../base/random.ts';
import { routeAtGateway } from '../../mesh/gateway-api/gateway-routing.ts';
import { asHttpRoute } from '../../mesh/gateway-api/grpc-routes.ts';
import { routeInMesh } from '../../mesh/istio/istio-routing.ts';
import type { GrpcMatch, MeshRoute, VirtualService } from '../../mesh/objects.ts';
import type { Route } from '../../mesh/routing.ts';
import {
  always,
  endpoint,
  gateway,
  known,
  request,
  SEED,
  service,
  to,
  virtualService,
} from './support.ts';

const SERVICES = [service('shop', 80), service('other', 80)];
const ENDPOINTS = [endpoint('shop', 'shop'), endpoint('other', 'other')];

function end(route: Route): string | number | undefined {
  return route.type === 'forward' ? route.backend.podName : route.status;
}

describe('a root that delegates', () => {
  const root = virtualService({ http: [{ delegate: { name: 'routes' } }] });
  function through(...http: MeshRoute[]) {
    const { hosts: _, ...spec } = virtualService({ http }).spec;
    const metadata = { ...root.metadata, name: 'routes' };
    const delegate: VirtualService = { ...root, metadata, spec };
    const given = known({
      services: SERVICES,
      endpoints: ENDPOINTS,
      virtualServices: [root, delegate],
    });
    const asked = { namespace: 'default', service: 'shop', port: 80 };
    return end(routeInMesh(given, asked, request('/pay'), createRandom(SEED)));
  }

  test('leads where its delegate does', () => {
    expect(through(always(to(undefined, undefined, 'other')))).toBe('other');
  });

  test('has no route where the delegate has none', () => {
    expect(through({ match: [{ uri: { exact: '/else' } }], ...always(to(undefined)) })).toBe(404);
  });
});

describe('a GRPCRoute', () => {
  test.each<[string, GrpcMatch, string, string | number]>([
    [
      'a method',
      { method: { service: 'shop.v1.Cart', method: 'Add' } },
      '/shop.v1.Cart/Add',
      'shop',
    ],
    [
      'no other method',
      { method: { service: 'shop.v1.Cart', method: 'Add' } },
      '/shop.v1.Cart/Drop',
      404,
    ],
    ['a whole service', { method: { service: 'shop.v1.Cart' } }, '/shop.v1.Cart/Drop', 'shop'],
    ['a method of any service', { method: { method: 'Add' } }, '/shop.v2.Cart/Add', 'shop'],
    ['everything', {}, '/x/y', 'shop'],
    ['a header', { headers: [{ name: 'x-try', value: 'yes' }] }, '/x/y', 404],
  ])('leads %s', (_what, match, path, ends) => {
    const { apiVersion, metadata } = gateway({});
    const route = asHttpRoute({
      apiVersion,
      kind: 'GRPCRoute',
      metadata: { ...metadata, name: 'rpc' },
      spec: {
        parentRefs: [{ name: 'edge' }],
        rules: [{ matches: [match], backendRefs: [{ name: 'shop', port: 80 }] }],
      },
    });
    const given = known({
      services: SERVICES,
      endpoints: ENDPOINTS,
      gateways: [gateway({})],
      routes: [route],
    });
    const at = { namespace: 'default', gateway: 'edge', port: 80 };
    expect(end(routeAtGateway(given, at, request(path, {}, 'POST'), createRandom(SEED)))).toBe(
      ends,
    );
  });
});
