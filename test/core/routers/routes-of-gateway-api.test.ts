// HTTPRoutes and GRPCRoutes of others: all rules that lead to the service move, and nothing else of them.
import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import { APP } from '../support/objects.ts';
import {
  clusterOf,
  FILTERS,
  grpcRoute,
  httpRoute,
  ownRules,
  PLAIN_REF,
  PREVIEW,
  REF,
  type Spec,
  specOf,
  type Traffic,
  watched,
} from './routes-support.ts';

describe.each([
  ['HTTPRoute', httpRoute, { path: { type: 'PathPrefix', value: '/api' } }],
  ['GRPCRoute', grpcRoute, { method: { service: 'shop.v1.Cart' } }],
] as const)('an %s', (kind, route, match) => {
  const key = `${kind}/${APP}`;
  const TWO = [
    { name: 'api', matches: [match], filters: FILTERS, backendRefs: [REF] },
    { name: 'other', matches: [{ headers: [] }], backendRefs: [{ ...PLAIN_REF, name: 'other' }] },
    { aFieldOfTomorrow: 1, backendRefs: [PLAIN_REF] },
  ];

  test('has all its rules to the service weighted, and is left as it was found', () => {
    const cluster = clusterOf(route(TWO));
    const { state, looks } = watched(cluster, 'gateway-api');
    expect(state.outcome).toBe('promoted');
    const partial = looks.filter(({ phase }) => phase === 'monitoring');
    for (const { specs } of partial) {
      const [api, other, rest] = ownRules(specs.get(key));
      expect(other).toEqual(TWO[1]);
      for (const { backendRefs } of [api, rest]) {
        expect(backendRefs.map(({ name }: Spec) => name)).toEqual([APP, PREVIEW]);
      }
      expect(api.backendRefs[1]).toMatchObject({ filters: FILTERS, aFieldOfTomorrow: 1 });
      const names = specs.get(key).rules.flatMap(({ name }: Spec) => name ?? []);
      expect(new Set(names).size).toBe(names.length);
    }
    expect(specOf(cluster, key).rules).toEqual(TWO);
  });

  test.each([
    ['by name', 'api'],
    ['by place', 0],
  ])('of which the config names a rule %s has that one weighted', (_how, rule) => {
    const cluster = clusterOf(route(TWO));
    const of = kind === 'HTTPRoute' ? 'httpRoute' : 'grpcRoute';
    const { state, looks } = watched(cluster, 'gateway-api', { [of]: { rules: [rule] } });
    expect(state.outcome).toBe('promoted');
    for (const { specs } of looks) {
      const [, , rest] = ownRules(specs.get(key));
      expect(rest).toEqual(TWO[2]);
    }
  });

  test('whose rules others shift and change meanwhile moves the right one, and keeps the change', () => {
    const cluster = clusterOf(route(TWO));
    const front = { name: 'new', matches: [match], backendRefs: [{ ...PLAIN_REF, name: 'new' }] };
    let meddled = false;
    const { state, looks } = watched(
      cluster,
      'gateway-api',
      {},
      {
        meddle: (now, toy) => {
          const there = toy.others.get(key);
          if (now.phase !== 'monitoring' || meddled || !there) return now;
          meddled = true;
          const rules = specOf(toy, key).rules.map((each: Spec) =>
            each.name === 'api' ? { ...each, timeouts: { request: '9s' } } : each,
          );
          const metadata = { ...there.metadata, resourceVersion: 'theirs' };
          toy.others.set(key, {
            ...there,
            metadata,
            spec: { rules: [front, ...rules] },
          } as KubernetesObject); // as above
          return now;
        },
      },
    );
    expect(state.outcome).toBe('promoted');
    for (const { specs } of looks) {
      const found = specs.get(key).rules.find(({ name }: Spec) => name === 'new');
      if (found) expect(found).toEqual(front);
    }
    expect(specOf(cluster, key).rules).toEqual([
      front,
      { ...TWO[0], timeouts: { request: '9s' } },
      TWO[1],
      TWO[2],
    ]);
  });
});

test('HTTPRoutes and GRPCRoutes that lead to the service move together; those the config leaves out follow', () => {
  const routes = [
    httpRoute([{ backendRefs: [PLAIN_REF] }]),
    httpRoute([{ backendRefs: [PLAIN_REF] }], 'partners'),
    grpcRoute([{ backendRefs: [PLAIN_REF] }], 'rpc'),
    httpRoute([{ backendRefs: [{ ...PLAIN_REF, namespace: 'elsewhere' }] }], 'foreign'),
  ];
  const moved = (traffic: Traffic): string[] => {
    const { looks } = watched(clusterOf(...routes), 'gateway-api', traffic);
    const keys = looks.flatMap(({ specs }) =>
      [...specs].flatMap(([key, spec]) => (spec.rules?.[0]?.backendRefs.length === 2 ? [key] : [])),
    );
    return [...new Set(keys)];
  };
  expect(moved({})).toEqual([`HTTPRoute/${APP}`, 'HTTPRoute/partners', 'GRPCRoute/rpc']);
  expect(moved({ grpcRoute: { name: 'rpc' } })).toEqual(['GRPCRoute/rpc']);
});

test('a rule that leads to a Service of another namespace, called as the preview is, stays', () => {
  const theirs = {
    matches: [{ path: { type: 'PathPrefix', value: '/theirs' } }],
    backendRefs: [{ name: PREVIEW, namespace: 'others', port: 80 }],
  };
  const own = { backendRefs: [{ name: APP, port: 80 }] };
  const cluster = clusterOf(httpRoute([theirs, own]));
  const { looks } = watched(cluster, 'gateway-api');
  for (const { specs } of looks) {
    expect(specs.get(`HTTPRoute/${APP}`).rules).toContainEqual(theirs);
  }
});
