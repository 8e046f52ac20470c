// VirtualServices of others: all entries that lead to the service move, and nothing else of them is changed.
import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import { APP } from '../support/objects.ts';
import { planFor, turnIn } from '../support/play.ts';
import {
  clusterOf,
  HEADERS,
  led,
  object,
  ownRules,
  type Spec,
  settingsOf,
  specOf,
  virtualService,
  watched,
} from './routes-support.ts';

test('an entry that another release has put before the requests of another service is left to it', () => {
  const theirs = {
    name: 'candidate-of-run-1',
    match: [{ headers: HEADERS }],
    route: [{ destination: { host: 'other', subset: 'release-green' } }],
  };
  const cluster = clusterOf(virtualService([theirs, { name: 'web', route: [led()] }]));
  expect(planFor(cluster, settingsOf('istio')).release).toBe('run-1');
  const { looks } = watched(cluster, 'istio');
  for (const { specs } of looks) {
    expect(specs.get(`VirtualService/${APP}`).http).toContainEqual(theirs);
  }
});

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
