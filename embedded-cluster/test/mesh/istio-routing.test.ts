// Where Istio sends requests, given what a proxy knows.
import { describe, expect, test } from '@jest/globals';
import { createRandom } from '../../base/random.ts';
import { governing, routeInMesh } from '../../mesh/istio/istio-routing.ts';
import type { HttpMatch, MeshRoute } from '../../mesh/objects.ts';
import type { Known, Route, RoutedRequest } from '../../mesh/routing.ts';
import {
  always,
  destinationRule,
  endpoint,
  known,
  request,
  SEED,
  service,
  shares,
  to,
  virtualService,
} from './support.ts';

const SHOP = { namespace: 'default', service: 'shop', port: 80 };
const WORLD = known({
  services: [
    service('shop', 80),
    service('other', 80),
    service('two', 80, 81),
    service('idle', 80),
  ],
  endpoints: [
    endpoint('shop', 'blue', { version: 'blue' }),
    endpoint('shop', 'green', { version: 'green' }),
    endpoint('other', 'other'),
    endpoint('two', 'two-80', {}, 'p80'),
    endpoint('two', 'two-81', {}, 'p81'),
  ],
  destinationRules: [destinationRule('shop', 'blue', 'green', 'grey')],
});

function withRoutes(...http: MeshRoute[]): Known {
  return { ...WORLD, virtualServices: [virtualService({ http })] };
}

function routed(given: Known, asked: RoutedRequest = request()): Route {
  return routeInMesh(given, SHOP, asked, createRandom(SEED));
}

function spread(given: Known): Record<string, number> {
  return shares((random) => routeInMesh(given, SHOP, request(), random));
}

/** The pod that answers, or why there is none. */
function end(route: Route): string {
  return route.type === 'forward'
    ? (route.backend.podName ?? '')
    : `${route.status} ${route.because}`;
}

describe('weights', () => {
  test.each([
    ['of 90 and 10', [90, 10], 0.9],
    ['that make 200 count in proportion', [150, 50], 0.75],
    ['that make 3 count in proportion', [2, 1], 0.667],
    ['of 100 and 0', [100, 0], 1],
    ['of 0 and 100', [0, 100], 0],
  ])('%s', (_title, [blue = 0, green = 0], share) => {
    const found = spread(withRoutes(always(to('blue', blue), to('green', green))));
    expect(found.blue ?? 0).toBeCloseTo(share, 1);
    expect((found.blue ?? 0) + (found.green ?? 0)).toBe(1);
  });

  test('that are all 0 lead nowhere', () => {
    expect(spread(withRoutes(always(to('blue', 0), to('green', 0))))).toEqual({ 503: 1 });
  });

  test('of a single destination say nothing', () => {
    expect(spread(withRoutes(always(to('blue', 0))))).toEqual({ blue: 1 });
  });

  test('repeat with their seed', () => {
    const given = withRoutes(always(to('blue', 50), to('green', 50)));
    expect(spread(given)).toEqual(spread(given));
  });
});

describe('a destination', () => {
  test.each([
    ['the Service as a whole', to(undefined), ['blue', 'green']],
    ['a subset', to('green'), ['green']],
    ['a Service by its full name', to(undefined, 1, 'other.default.svc.cluster.local'), ['other']],
  ])('may be %s', (_title, route, pods) => {
    expect(Object.keys(spread(withRoutes(always(route)))).sort()).toEqual(pods);
  });

  test.each([
    [
      'a subset that is not known (yet)',
      to('red'),
      '503 NC: shop.default.svc.cluster.local has no subset red',
    ],
    ['a subset without endpoints', to('grey'), '503 UH: no healthy upstream'],
    ['a Service without endpoints', to(undefined, 1, 'idle'), '503 UH: no healthy upstream'],
    [
      'a Service that is not there',
      to(undefined, 1, 'gone'),
      '503 NC: no host gone.default.svc.cluster.local',
    ],
    [
      'a name that is neither short nor full',
      to(undefined, 1, 'shop.default'),
      '503 NC: no host shop.default',
    ],
  ])('that is %s answers 503', (_title, route, told) => {
    expect(end(routed(withRoutes(always(route))))).toBe(told);
  });

  test('keeps its share where it leads nowhere', () => {
    const found = spread(withRoutes(always(to('blue', 90), to('red', 10))));
    expect(found['503']).toBeCloseTo(0.1, 1);
  });

  test('is reached at the port that it names, or the one that was asked', () => {
    const at = (number: number) => ({ destination: { host: 'two', port: { number } } });
    expect(end(routed(withRoutes(always(at(81)))))).toBe('two-81');
    expect(end(routed(withRoutes(always({ destination: { host: 'two' } }))))).toBe('two-80');
    expect(end(routed(withRoutes(always(at(82)))))).toContain('503 NC');
  });

  test('has the subsets of all rules for its host', () => {
    const destinationRules = [
      destinationRule('shop', 'blue'),
      destinationRule('*.default.svc.cluster.local', 'green'),
    ];
    const given = withRoutes(always(to('green')));
    expect(end(routed({ ...given, destinationRules }))).toBe('green');
  });
});

describe('a match', () => {
  const only = (match: HttpMatch): Known =>
    withRoutes({ match: [match], route: [to('green')] }, always(to('blue')));

  test.each<[string, HttpMatch, RoutedRequest]>([
    ['an exact header', { headers: { canary: { exact: 'yes' } } }, request('/', { canary: 'yes' })],
    [
      'a header in capitals',
      { headers: { 'X-Canary': { exact: 'a' } } },
      request('/', { 'x-canary': 'a' }),
    ],
    [
      'the beginning of a header',
      { headers: { agent: { prefix: 'Moz' } } },
      request('/', { agent: 'Mozilla' }),
    ],
    ['an expression', { headers: { id: { regex: '\\d+' } } }, request('/', { id: '123' })],
    ['a header that is there', { headers: { canary: {} } }, request('/', { canary: 'no' })],
    ['a header that is not', { withoutHeaders: { canary: {} } }, request('/')],
    ['the beginning of a path', { uri: { prefix: '/pay' } }, request('/payments?a=b')],
    ['an exact path, whatever its query', { uri: { exact: '/pay' } }, request('/pay?a=b')],
    ['a path in any case', { uri: { prefix: '/PAY' }, ignoreUriCase: true }, request('/pay')],
    ['a method', { method: { exact: 'POST' } }, request('/', {}, 'POST')],
    ['a parameter', { queryParams: { v: { exact: '2' } } }, request('/?v=2')],
    ['a host', { authority: { prefix: 'shop' } }, request('/', { host: 'shop:80' })],
    ['a port', { port: 80 }, request('/')],
  ])('of %s is met', (_title, match, asked) => {
    expect(end(routed(only(match), asked))).toBe('green');
  });

  test.each<[string, HttpMatch, RoutedRequest]>([
    ['another value', { headers: { canary: { exact: 'yes' } } }, request('/', { canary: 'yes!' })],
    [
      'a part of an expression',
      { headers: { id: { regex: '\\d+' } } },
      request('/', { id: '12a' }),
    ],
    ['one of two headers', { headers: { a: {}, b: {} } }, request('/', { a: '1' })],
    ['an expression that is none', { uri: { regex: '(' } }, request('/(')],
    ['the labels of a source', { sourceLabels: { app: 'web' } }, request('/')],
    ['a gateway', { gateways: ['edge'] }, request('/')],
  ])('is not met by %s', (_title, match, asked) => {
    expect(end(routed(only(match), asked))).toBe('blue');
  });

  test('of any of several is enough, and the first route that has one decides', () => {
    const given = withRoutes(
      { match: [{ uri: { exact: '/a' } }, { uri: { exact: '/b' } }], route: [to('green')] },
      { match: [{ uri: { prefix: '/b' } }], route: [to('blue')] },
    );
    expect(end(routed(given, request('/b')))).toBe('green');
    expect(end(routed(given, request('/bb')))).toBe('blue');
  });

  test('that no route has is a 404', () => {
    const given = withRoutes({ match: [{ uri: { exact: '/a' } }], route: [to('green')] });
    expect(end(routed(given, request('/b')))).toBe('404 NR: no route matches');
  });
});

describe('a VirtualService', () => {
  test.each([
    ['its short name', virtualService({})],
    ['its full name', virtualService({ hosts: ['shop.default.svc.cluster.local'] }, 'elsewhere')],
    ['a wildcard', virtualService({ hosts: ['*.default.svc.cluster.local'] })],
    ['its name among others', virtualService({ hosts: ['a.example', 'shop'] })],
    ['its name, for the mesh too', virtualService({ gateways: ['edge', 'mesh'] })],
  ])('decides for the Service by %s', (_title, one) => {
    expect(governing({ virtualServices: [one] }, 'default', 'shop')).toBe(one);
  });

  test.each([
    ['short name in another namespace', virtualService({}, 'elsewhere')],
    ['namespace and name only', virtualService({ hosts: ['shop.default'] })],
    ['name, at a gateway', virtualService({ gateways: ['edge'] })],
  ])('does not by %s', (_title, one) => {
    expect(governing({ virtualServices: [one] }, 'default', 'shop')).toBeUndefined();
  });

  test('of an exact host is before one of a wildcard, and an old one before a young one', () => {
    const wide = virtualService({ hosts: ['*'] });
    const [old, young] = [virtualService({}), virtualService({})];
    const virtualServices = [young, wide, old];
    expect(governing({ virtualServices }, 'default', 'shop')).toBe(old);
  });

  test('that answers itself is asked no further', () => {
    const direct = withRoutes({ directResponse: { status: 418 } });
    expect(end(routed(direct))).toBe('418 direct');
    expect(end(routed(withRoutes({ redirect: {} })))).toBe('301 redirect');
  });

  test('that is gone leaves its requests to the Service', () => {
    expect(Object.keys(spread(WORLD)).sort()).toEqual(['blue', 'green']);
  });
});
