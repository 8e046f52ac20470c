// Requests that a release moves otherwise than by weight are named before it begins.
import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import { checkRoutes } from '../../../core/preflight/routes.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { planFor, settingsFor } from '../support/play.ts';
import { toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };

function object(kind: string, name: string, spec: object): KubernetesObject {
  const group = kind.endsWith('Route') ? 'gateway.networking.k8s.io/v1' : 'networking.istio.io/v1';
  const metadata = { name, namespace: 'default', resourceVersion: '1' };
  const rest = { spec };
  return { apiVersion: group, kind, metadata, ...rest };
}

function findings(
  router: 'istio' | 'gateway-api',
  routes: readonly KubernetesObject[],
  traffic: object = {},
) {
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE), {}, routes);
  const plan = planFor(cluster, settingsFor('canary', { traffic: { router, ...traffic } }));
  return checkRoutes(plan, cluster.others).map(({ check, message }) => `${check}: ${message}`);
}

const REF = { name: APP, port: 8080, weight: 1 };
const rules = [{ name: 'api', backendRefs: [REF] }, { backendRefs: [REF] }];
const entry = { route: [{ destination: { host: APP } }] };
const mesh = (http: object[], more: object = {}) =>
  object('VirtualService', APP, { hosts: [APP], http, ...more });

describe('routes to the service', () => {
  test.each<[string, 'istio' | 'gateway-api', KubernetesObject[], object]>([
    ['HTTPRoutes that all move', 'gateway-api', [object('HTTPRoute', APP, { rules })], {}],
    ['VirtualServices that all move', 'istio', [mesh([entry])], {}],
    [
      'a route to somebody else',
      'gateway-api',
      [
        object('HTTPRoute', APP, { rules }),
        object('HTTPRoute', 'x', { rules: [{ backendRefs: [{ ...REF, name: 'x' }] }] }),
      ],
      {},
    ],
    [
      'a delegate',
      'istio',
      [object('VirtualService', 'd', { http: [entry] })],
      { virtualService: { name: 'd' } },
    ],
    ['a gateway that is the mesh too', 'istio', [mesh([entry], { gateways: ['g', 'mesh'] })], {}],
  ])('are nothing to warn of: %s', (_what, router, routes, traffic) => {
    expect(findings(router, routes, traffic)).toEqual([]);
  });

  test.each<[string, 'istio' | 'gateway-api', KubernetesObject[], object, string]>([
    [
      'a rule',
      'gateway-api',
      [object('HTTPRoute', APP, { rules })],
      { httpRoute: { rules: ['api'] } },
      `routes-follow: rule 1 of HTTPRoute ${APP}`,
    ],
    [
      'a route',
      'gateway-api',
      [object('HTTPRoute', APP, { rules }), object('GRPCRoute', 'rpc', { rules })],
      { httpRoute: { name: APP } },
      'routes-follow: rule api of GRPCRoute rpc, rule 1 of GRPCRoute rpc',
    ],
    [
      'an entry',
      'istio',
      [mesh([{ name: 'a', ...entry }, entry])],
      { virtualService: { route: 'a' } },
      `routes-follow: http route 1 of VirtualService ${APP}`,
    ],
    [
      'clients in the mesh',
      'istio',
      [mesh([entry], { gateways: ['g'] })],
      {},
      'mesh-clients: no VirtualService decides',
    ],
    [
      'clients by another host',
      'istio',
      [mesh([entry], { hosts: ['shop.example'] })],
      {},
      'mesh-clients: no VirtualService decides',
    ],
  ])('are named where they are not weighted: %s', (_what, router, routes, traffic, told) => {
    expect(findings(router, routes, traffic)).toEqual([expect.stringContaining(told)]);
  });
});
