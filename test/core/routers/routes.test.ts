// Other people's routes: all that lead to the service move, and nothing else of them is changed.
import { describe, expect, test } from '@jest/globals';
import { instant, releaseId } from '../../../core/base/vocabulary.ts';
import {
  EMPTY_JOURNAL,
  journalData,
  readJournal,
  withTransition,
} from '../../../core/journal/journal.ts';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import { planRelease } from '../../../core/plan/planning.ts';
import { strategyOf } from '../../../core/strategies/registry.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { inputFor, type PlayOptions, planFor, play, settingsFor, turnIn } from '../support/play.ts';
import { type ToyCluster, toyCluster } from '../support/toy-cluster.ts';

const LABELS = { app: APP, version: 'blue' };
const PREVIEW = `${APP}-preview`;
const CONFIG = {
  strategy: {
    canary: {
      steps: [{ weight: 20, duration: '5s' }],
      monitoring: '5s',
      headers: { 'x-try': 'yes' },
    },
  },
  limits: { readyTimeout: '20s', maxDuration: '10m' },
  drain: { maxDuration: '10s' },
};
type Traffic = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: routes as their owners write them, whatever is in them
type Spec = any;

const ACCEPTED = {
  parents: [
    {
      parentRef: { name: 'public' },
      conditions: ['Accepted', 'ResolvedRefs'].map((type) => ({ type, status: 'True' })),
    },
  ],
};

function object(kind: string, name: string, spec: object): KubernetesObject {
  const isRoute = kind.endsWith('Route');
  const apiVersion = isRoute ? 'gateway.networking.k8s.io/v1' : 'networking.istio.io/v1';
  const metadata = { name, namespace: 'default', uid: `uid-${kind}-${name}`, resourceVersion: '1' };
  const rest = { spec, ...(isRoute && { status: ACCEPTED }) };
  return { apiVersion, kind, metadata, ...rest };
}

const virtualService = (http: object[], name = APP, more: object = {}) =>
  object('VirtualService', name, { hosts: [name], http, ...more });
const httpRoute = (rules: object[], name = APP) =>
  object('HTTPRoute', name, { parentRefs: [{ name: 'public' }], rules });
const grpcRoute = (rules: object[], name = APP) =>
  object('GRPCRoute', name, { parentRefs: [{ name: 'public' }], rules });

function clusterOf(...routes: KubernetesObject[]): ToyCluster {
  return toyCluster([deployment(`${APP}-blue`, 'v1', LABELS, 4)], service(LABELS), {}, routes);
}

function settingsOf(router: 'istio' | 'gateway-api', traffic: Traffic = {}) {
  return settingsFor('canary', { ...CONFIG, traffic: { router, ...traffic } });
}

function specOf(cluster: ToyCluster, key: string): Spec {
  const found = cluster.others.get(key);
  return found && 'spec' in found ? found.spec : undefined;
}

/** Plays a release, and looks at the routes at every step. */
function watched(
  cluster: ToyCluster,
  router: 'istio' | 'gateway-api',
  traffic: Traffic = {},
  options: PlayOptions = {},
) {
  const looks: { phase: string; specs: Map<string, Spec> }[] = [];
  const { state } = play(cluster, planFor(cluster, settingsOf(router, traffic)), {
    ...options,
    meddle: (now, toy) => {
      const keys = [...toy.others.keys()];
      const specs = keys.map((key) => [key, structuredClone(specOf(toy, key))] as const);
      looks.push({ phase: now.phase, specs: new Map(specs) });
      return options.meddle?.(now, toy) ?? now;
    },
  });
  return { state, looks };
}

/** The same of every rule that a release may have written: without what only its headers need. */
function ownRules(spec: Spec): Spec[] {
  const rules: Spec[] = spec.rules ?? spec.http;
  return rules.filter(
    (rule) =>
      !String(rule.name).startsWith('candidate-of-') &&
      !(rule.backendRefs?.length === 1 && rule.backendRefs[0].name === PREVIEW),
  );
}

const HEADERS = {
  request: { set: { 'x-tenant': 'retail' } },
  response: { remove: ['x-internal'] },
};
const led = (more: object = {}) => ({
  destination: { host: APP, port: { number: 8080 } },
  headers: HEADERS,
  ...more,
});
const PLAIN_REF = { group: '', kind: 'Service', name: APP, port: 8080, weight: 1 };
const FILTERS = [
  { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x', value: 'y' }] } },
];
const REF = { ...PLAIN_REF, filters: FILTERS, aFieldOfTomorrow: 1 };

describe('a VirtualService', () => {
  test('keeps header operations and unknown fields of its destination at every weight and after', () => {
    const route = [led({ aFieldOfTomorrow: { x: 1 }, weight: 100 })];
    const cluster = clusterOf(
      virtualService([{ name: 'web', timeout: '7s', mirrors: [1], route }]),
    );
    const { state, looks } = watched(cluster, 'istio');
    expect(state.outcome).toBe('promoted');
    for (const { specs } of looks) {
      for (const entry of specs.get(`VirtualService/${APP}`).http) {
        expect(entry).toMatchObject({ timeout: '7s', mirrors: [1] });
        for (const each of entry.route) {
          expect(each).toMatchObject({ headers: HEADERS, aFieldOfTomorrow: { x: 1 } });
          expect(each.destination).toMatchObject({ host: APP, port: { number: 8080 } });
        }
      }
    }
    const [entry] = specOf(cluster, `VirtualService/${APP}`).http;
    const subset = expect.stringMatching(/^release-green/);
    expect(entry.route).toEqual([
      { ...route[0], destination: { ...route[0]?.destination, subset } },
    ]);
  });

  const TWO = [
    { name: 'api', match: [{ uri: { prefix: '/api' } }], timeout: '1s', route: [led()] },
    {
      name: 'admin',
      match: [{ uri: { prefix: '/admin' } }],
      route: [{ destination: { host: 'other' } }],
    },
    {
      match: [{ uri: { prefix: '/' } }],
      route: [{ destination: { host: `${APP}.default.svc.cluster.local` } }],
    },
  ];

  test('with two entries to the service: both move, and no other', () => {
    const cluster = clusterOf(virtualService(TWO));
    const { state, looks } = watched(cluster, 'istio');
    expect(state.outcome).toBe('promoted');
    const monitored = looks.filter(({ phase }) => phase === 'monitoring');
    for (const { specs } of monitored) {
      const [api, admin, rest] = ownRules(specs.get(`VirtualService/${APP}`));
      expect(api.route.map((each: Spec) => each.weight)).toEqual(
        rest.route.map((each: Spec) => each.weight),
      );
      expect(admin).toEqual(TWO[1]);
    }
    expect(cluster.lost()).toBe(0);
  });

  test.each([
    ['by name', 'api'],
    ['by place', 0],
    ['in a list', ['api']],
  ])(
    'of which the config names one %s: the other stays with the stable until the last step',
    (_how, route) => {
      const cluster = clusterOf(virtualService(TWO));
      const { state, looks } = watched(cluster, 'istio', { virtualService: { route } });
      expect(state.outcome).toBe('promoted');
      const partial = looks.filter(({ phase, specs }) => {
        const [api] = ownRules(specs.get(`VirtualService/${APP}`));
        return phase === 'monitoring' && api.route[1]?.weight === 20;
      });
      expect(partial.length).toBeGreaterThan(0);
      for (const { specs } of partial) {
        const { http } = specs.get(`VirtualService/${APP}`);
        const [, , rest] = ownRules(specs.get(`VirtualService/${APP}`));
        expect(rest.route).toEqual([
          { destination: expect.objectContaining({ subset: expect.stringMatching(/stable/) }) },
        ]);
        expect(http.filter(({ name }: Spec) => name?.startsWith('candidate-of-'))).toHaveLength(1);
      }
      const [api, , rest] = specOf(cluster, `VirtualService/${APP}`).http;
      expect(rest.route[0].destination.subset).toBe(api.route[0].destination.subset);
    },
  );

  test('a second VirtualService to the service moves with it: nobody meets an untried candidate', () => {
    const cluster = clusterOf(
      virtualService([{ route: [led()] }]),
      virtualService([{ route: [{ destination: { host: APP } }] }], 'front', { gateways: ['gw'] }),
    );
    const { state, looks } = watched(cluster, 'istio');
    expect(state.outcome).toBe('promoted');
    for (const { phase, specs } of looks) {
      if (phase !== 'preparing' && phase !== 'testing') continue;
      const [entry] = ownRules(specs.get('VirtualService/front'));
      expect(entry.route[0].destination.subset).toMatch(/stable/);
    }
    const [entry] = specOf(cluster, 'VirtualService/front').http;
    expect(entry.route[0].destination.subset).toMatch(/^release-green/);
  });

  test('named as traffic.virtualService.name a delegate moves, without hosts', () => {
    const delegate = object('VirtualService', 'routes', { http: [{ route: [led()] }] });
    const root = virtualService([{ delegate: { name: 'routes' } }]);
    const cluster = clusterOf(root, delegate);
    const { state } = watched(cluster, 'istio', { virtualService: { name: 'routes' } });
    expect(state.outcome).toBe('promoted');
    expect(cluster.others.get(`VirtualService/${APP}`)).toEqual(root);
  });

  test('entries that others put before and change meanwhile are merged; on the way back too', () => {
    const cluster = clusterOf(virtualService(TWO));
    const front = {
      name: 'new',
      match: [{ uri: { prefix: '/new' } }],
      route: [{ destination: { host: 'other' } }],
    };
    let meddled = false;
    const { state } = watched(
      cluster,
      'istio',
      {},
      {
        meddle: (now, toy) => {
          const key = `VirtualService/${APP}`;
          const there = toy.others.get(key);
          if (now.phase === 'monitoring' && !meddled && there) {
            meddled = true;
            const { http } = specOf(toy, key);
            const changed = http.map((each: Spec) =>
              each.name === 'api' ? { ...each, timeout: '9s' } : each,
            );
            const metadata = { ...there.metadata, resourceVersion: 'theirs' };
            toy.others.set(key, {
              ...there,
              metadata,
              spec: { hosts: [APP], http: [front, ...changed] },
            } as KubernetesObject); // as above
            return now;
          }
          return meddled
            ? (turnIn(
                planFor(clusterOf(virtualService(TWO)), settingsOf('istio')),
                'monitoring',
              ).meddle?.(now, toy) ?? now)
            : now;
        },
      },
    );
    expect(state.outcome).toBe('rolled-back');
    expect(specOf(cluster, `VirtualService/${APP}`).http).toEqual([
      front,
      { ...TWO[0], timeout: '9s' },
      TWO[1],
      TWO[2],
    ]);
  });
});

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

describe('a release is refused, and says what to do', () => {
  const split = [
    { destination: { host: APP }, weight: 50 },
    { destination: { host: 'other' }, weight: 50 },
  ];
  const subsetted = (subset: string) => ({ route: [{ destination: { host: APP, subset } }] });
  test.each<[string, KubernetesObject[], Traffic, string[]]>([
    [
      'a root that delegates',
      [virtualService([{ delegate: { name: 'routes' } }])],
      {},
      ['default/routes', 'traffic.virtualService.name'],
    ],
    [
      'a root whose delegate is elsewhere',
      [
        virtualService([{ delegate: { name: 'routes', namespace: 'team' } }]),
        virtualService([subsetted('x')], 'own'),
      ],
      {},
      ['team/routes'],
    ],
    [
      'no VirtualService',
      [virtualService([{ route: [{ destination: { host: 'other' } }] }])],
      {},
      ['no VirtualService'],
    ],
    [
      'an unknown VirtualService',
      [virtualService([subsetted('x')])],
      { virtualService: { name: 'gone' } },
      ['VirtualService gone not found'],
    ],
    [
      'an unknown route',
      [virtualService([{ name: 'a', ...subsetted('x') }])],
      { virtualService: { route: 'b' } },
      ['no http route b', 'a (0)'],
    ],
    ['a split', [virtualService([{ route: split }])], {}, ['splits']],
    ['two subsets', [virtualService([subsetted('x'), subsetted('y')])], {}, ['x, y']],
    [
      'tcp',
      [
        virtualService([subsetted('x')], APP, {
          tcp: [{ route: [{ destination: { host: APP } }] }],
        }),
      ],
      {},
      ['tcp', 'router service'],
    ],
    [
      'tls',
      [
        virtualService([subsetted('x')], APP, {
          tls: [{ route: [{ destination: { host: APP } }] }],
        }),
      ],
      {},
      ['tls', 'router service'],
    ],
  ])('istio: %s', (_what, routes, traffic, words) => {
    const cluster = clusterOf(...routes);
    const planned = planRelease(
      inputFor(cluster, settingsOf('istio', traffic), 'pods', 'v2', releaseId('r')),
    );
    expect(planned.kind).toBe('refused');
    for (const word of words) expect(planned).toHaveProperty('why', expect.stringContaining(word));
  });

  test.each<[string, KubernetesObject[], Traffic, string[]]>([
    [
      'no route',
      [httpRoute([{ backendRefs: [{ ...PLAIN_REF, name: 'other' }] }])],
      {},
      ['TLSRoute, TCPRoute', 'router service'],
    ],
    [
      'an unknown route',
      [httpRoute([{ backendRefs: [PLAIN_REF] }])],
      { httpRoute: { name: 'gone' } },
      ['HTTPRoute gone not found', 'traffic.httpRoute.name'],
    ],
    [
      'an unknown GRPCRoute',
      [httpRoute([{ backendRefs: [PLAIN_REF] }])],
      { grpcRoute: { name: 'gone' } },
      ['GRPCRoute gone not found', 'traffic.grpcRoute.name'],
    ],
    [
      'a route to others',
      [httpRoute([{ backendRefs: [PLAIN_REF] }]), httpRoute([], 'x')],
      { httpRoute: { name: 'x' } },
      ['HTTPRoute x has no rule'],
    ],
    [
      'an unknown rule',
      [httpRoute([{ name: 'a', backendRefs: [PLAIN_REF] }])],
      { httpRoute: { rules: [7] } },
      ['no rule 7', 'a (0)'],
    ],
    [
      'a split',
      [httpRoute([{ backendRefs: [PLAIN_REF, { ...PLAIN_REF, name: 'other' }] }])],
      {},
      ['splits', 'traffic.httpRoute.rules'],
    ],
  ])('gateway-api: %s', (_what, routes, traffic, words) => {
    const cluster = clusterOf(...routes);
    const planned = planRelease(
      inputFor(cluster, settingsOf('gateway-api', traffic), 'pods', 'v2', releaseId('r')),
    );
    expect(planned.kind).toBe('refused');
    for (const word of words) expect(planned).toHaveProperty('why', expect.stringContaining(word));
  });
});

describe('the journal of an earlier version', () => {
  const istio = {
    virtualService: { apiVersion: 'networking.istio.io/v1', name: APP },
    entry: 0,
    entryName: 'web',
    before: [led()],
    destination: led().destination,
  };
  const gateway = {
    httpRoute: { apiVersion: 'gateway.networking.k8s.io/v1', name: APP },
    rule: 0,
    before: [REF],
  };
  test.each([
    ['istio', virtualService([{ name: 'web', route: [led()] }]), istio],
    ['gateway-api', httpRoute([{ backendRefs: [REF] }]), gateway],
  ] as const)('is read, and its release through %s carried on', (router, route, earlier) => {
    const cluster = clusterOf(route);
    const plan = planFor(cluster, settingsOf(router));
    if (plan.strategy === 'rolling') throw new Error('of two sides');
    const { routes: _, hosts: _h, ...rest } = plan.routing as unknown as Record<string, unknown>; // as it was written then
    const written = { ...plan, routing: { ...rest, ...earlier } } as unknown as typeof plan; // likewise
    const begun = strategyOf(plan).begin(plan, instant(cluster.nowMs()));
    const journal = withTransition(EMPTY_JOURNAL, written, begun, [], instant(cluster.nowMs()));
    const read = readJournal(journalData(journal));
    if (typeof read === 'string' || !read.current) throw new Error('not read');
    const { state } = play(cluster, read.current.plan);
    expect(state.outcome).toBe('promoted');
    expect(cluster.lost()).toBe(0);
  });
});
