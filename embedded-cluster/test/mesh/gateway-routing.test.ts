// Where a Gateway sends requests, given what a proxy knows.
import { describe, expect, test } from '@jest/globals';
import { createRandom } from '../../base/random.ts';
import { routeAtGateway } from '../../mesh/gateway-api/gateway-routing.ts';
import type { BackendRef, HttpRoute, RouteMatch, RouteRule } from '../../mesh/objects.ts';
import type { Known, Route, RoutedRequest } from '../../mesh/routing.ts';
import { endpoint, gateway, httpRoute, known, request, SEED, service, shares } from './support.ts';

const EDGE = { namespace: 'default', gateway: 'edge', port: 80 };
const WORLD = known({
  services: [service('blue', 8080), service('green', 8080), service('idle', 8080)],
  endpoints: [endpoint('blue', 'blue'), endpoint('green', 'green')],
  gateways: [gateway({})],
});

function backend(name: string, weight?: number, more: Partial<BackendRef> = {}): BackendRef {
  return { name, port: 8080, ...(weight === undefined ? {} : { weight }), ...more };
}

function withRules(...rules: RouteRule[]): Known {
  return { ...WORLD, routes: [httpRoute('shop', { rules })] };
}

function routed(given: Known, asked: RoutedRequest = request()): Route {
  return routeAtGateway(given, EDGE, asked, createRandom(SEED));
}

function spread(given: Known): Record<string, number> {
  return shares((random) => routeAtGateway(given, EDGE, request(), random));
}

function end(route: Route): string {
  return route.type === 'forward' ? (route.backend.podName ?? '') : `${route.status}`;
}

describe('backends', () => {
  test.each([
    ['by their weights', [backend('blue', 90), backend('green', 10)], { blue: 0.9, green: 0.1 }],
    ['evenly without weights', [backend('blue'), backend('green')], { blue: 0.5, green: 0.5 }],
    ['not at weight 0', [backend('blue', 0), backend('green', 1)], { green: 1 }],
    ['nowhere if all weigh 0', [backend('blue', 0), backend('green', 0)], { 500: 1 }],
    ['nowhere without any', [], { 500: 1 }],
    [
      '500 for the share of a Service that is not there',
      [backend('blue', 80), backend('gone', 20)],
      { blue: 0.8, 500: 0.2 },
    ],
    ['500 for a port that it has not', [backend('blue', 1, { port: 1 })], { 500: 1 }],
    [
      '500 for what is no Service',
      [backend('blue', 1, { kind: 'Bucket', group: 'a.b' })],
      { 500: 1 },
    ],
    ['500 across namespaces', [backend('blue', 1, { namespace: 'other' })], { 500: 1 }],
    [
      '503 for the share of a Service without endpoints',
      [backend('blue', 80), backend('idle', 20)],
      { blue: 0.8, 503: 0.2 },
    ],
  ])('get requests %s', (_title, backendRefs, expected) => {
    const found = spread(withRules({ backendRefs }));
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
    for (const [by, share] of Object.entries(expected)) expect(found[by]).toBeCloseTo(share, 1);
  });
});

describe('a match', () => {
  const only = (match: RouteMatch): Known =>
    withRules({ matches: [match], backendRefs: [backend('green')] });
  const prefix = (value: string): RouteMatch => ({ path: { type: 'PathPrefix', value } });

  test.each<[string, RouteMatch, RoutedRequest]>([
    ['everything by default', {}, request('/any')],
    ['a prefix itself', prefix('/pay'), request('/pay')],
    ['what lies below a prefix', prefix('/pay/'), request('/pay/now')],
    ['an exact path', { path: { type: 'Exact', value: '/pay' } }, request('/pay?a=b')],
    ['an expression', { path: { type: 'RegularExpression', value: '/p.y' } }, request('/pay')],
    ['a header', { headers: [{ name: 'Canary', value: 'yes' }] }, request('/', { canary: 'yes' })],
    ['a parameter', { queryParams: [{ name: 'v', value: '2' }] }, request('/?v=2')],
    ['a method', { method: 'POST' }, request('/', {}, 'POST')],
  ])('is met by %s', (_title, match, asked) => {
    expect(end(routed(only(match), asked))).toBe('green');
  });

  test.each<[string, RouteMatch, RoutedRequest]>([
    ['a longer word', prefix('/pay'), request('/payments')],
    ['a longer path', { path: { type: 'Exact', value: '/pay' } }, request('/pay/')],
    [
      'another header',
      { headers: [{ name: 'canary', value: 'yes' }] },
      request('/', { canary: 'no' }),
    ],
    ['another method', { method: 'POST' }, request('/')],
  ])('is not met by %s, which is a 404', (_title, match, asked) => {
    expect(end(routed(only(match), asked))).toBe('404');
  });
});

describe('of several rules that match wins', () => {
  const header = { headers: [{ name: 'a', value: 'b' }] };
  const rule = (name: string, match: RouteMatch): RouteRule => ({
    matches: [match],
    backendRefs: [backend(name)],
  });
  const path = (type: string, value: string): RouteMatch => ({ path: { type, value } });
  const asked = request('/pay/now', { a: 'b' });

  test.each<[string, RouteMatch, RouteMatch]>([
    ['an exact path before a prefix', path('Exact', '/pay/now'), path('PathPrefix', '/pay/now')],
    ['the longer prefix', path('PathPrefix', '/pay'), path('PathPrefix', '/')],
    ['a longer prefix before a header', path('PathPrefix', '/pay'), header],
    ['a method before a header', { method: 'GET' }, header],
    ['a header before none', header, {}],
    ['the first of equals', {}, {}],
  ])('%s', (_title, winner, loser) => {
    expect(end(routed(withRules(rule('green', winner), rule('blue', loser)), asked))).toBe('green');
    if (winner === loser || Object.keys(winner).length === 0) return;
    expect(end(routed(withRules(rule('blue', loser), rule('green', winner)), asked))).toBe('green');
  });

  test('the older route', () => {
    const [old, young] = ['green', 'blue'].map((name) =>
      httpRoute(name, { rules: [rule(name, {})] }),
    );
    expect(end(routed({ ...WORLD, routes: [young, old] as HttpRoute[] }))).toBe('green');
  });

  test('the route with the more exact hostname', () => {
    const routes = [
      httpRoute('wide', { hostnames: ['*.example.com'], rules: [rule('blue', {})] }),
      httpRoute('exact', { hostnames: ['a.example.com'], rules: [rule('green', {})] }),
    ];
    const at = (host: string): string => end(routed({ ...WORLD, routes }, request('/', { host })));
    expect([at('a.example.com:80'), at('b.example.com'), at('c.org')]).toEqual([
      'green',
      'blue',
      '404',
    ]);
  });
});

describe('a route', () => {
  const rules = [{ backendRefs: [backend('green')] }];

  test.each<[string, Known['gateways'], HttpRoute, string]>([
    ['is found by its Gateway', [gateway({})], httpRoute('shop', { rules }), 'green'],
    [
      'is not for another Gateway',
      [gateway({})],
      httpRoute('shop', { rules, parentRefs: [{ name: 'x' }] }),
      '404',
    ],
    [
      'is not for another listener',
      [gateway({}, { name: 'b', port: 81 })],
      httpRoute('shop', { rules, parentRefs: [{ name: 'edge', sectionName: 'b' }] }),
      '404',
    ],
    [
      'of another namespace is kept out',
      [gateway({})],
      httpRoute('shop', { rules }, 'other'),
      '404',
    ],
    [
      'of another host than the listener is kept out',
      [gateway({ hostname: 'a.org' })],
      httpRoute('shop', { rules, hostnames: ['b.org'] }),
      '404',
    ],
    ['needs a listener', [gateway({ port: 81 })], httpRoute('shop', { rules }), '404'],
    ['needs a Gateway that the proxy knows', [], httpRoute('shop', { rules }), '404'],
  ])('%s', (_title, gateways, route, by) => {
    expect(end(routed({ ...WORLD, gateways, routes: [route] }))).toBe(by);
  });

  test('without rules of its own has no backend', () => {
    expect(end(routed(withRules({})))).toBe('500');
  });
});
