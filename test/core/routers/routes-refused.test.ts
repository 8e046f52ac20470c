// Routes that a release cannot move are refused beforehand, with what to do about them.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../core/base/vocabulary.ts';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import { planRelease } from '../../../core/plan/planning.ts';
import { APP } from '../support/objects.ts';
import { inputFor } from '../support/play.ts';
import {
  clusterOf,
  httpRoute,
  PLAIN_REF,
  settingsOf,
  type Traffic,
  virtualService,
} from './routes-support.ts';

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
