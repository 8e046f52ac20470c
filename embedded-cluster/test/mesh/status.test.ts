// What the controllers say of classes, Gateways and routes, by a stepped clock.
import { afterEach, describe, expect, test } from '@jest/globals';
import type { SimulatedCluster } from '../../cluster/simulated-cluster.ts';
import { services } from '../../kubernetes/collection.ts';
import type { MeshOptions } from '../../mesh/mesh.ts';
import {
  gatewayClasses,
  gateways,
  type HttpRoute,
  httpRoutes,
  type Listener,
} from '../../mesh/objects.ts';
import { seconds, simulate } from '../workloads/support/simulation.ts';

let cluster: SimulatedCluster;

afterEach(() => cluster.stop());

function start(mesh: MeshOptions = {}): void {
  cluster = simulate({ mesh: { propagation: { delayMs: 2000 }, ...mesh } });
  gatewayClasses(cluster.world).create({
    metadata: { name: 'embedded' },
    spec: { controllerName: 'embedded-cluster.local/gateway' },
  });
}

function createGateway(listener: Partial<Listener> = {}, gatewayClassName = 'embedded'): void {
  gateways(cluster.world).create({
    metadata: { name: 'edge', namespace: 'default' },
    spec: {
      gatewayClassName,
      listeners: [{ name: 'http', port: 80, protocol: 'HTTP', ...listener }],
    },
  });
}

function createRoute(spec: Partial<HttpRoute['spec']> = {}): void {
  httpRoutes(cluster.world).create({
    metadata: { name: 'shop', namespace: 'default' },
    spec: {
      parentRefs: [{ name: 'edge' }],
      rules: [{ backendRefs: [{ name: 'shop', port: 80 }] }],
      ...spec,
    },
  });
}

function createService(): void {
  services(cluster.world).create({
    metadata: { name: 'shop', namespace: 'default' },
    spec: { selector: { app: 'shop' }, ports: [{ port: 80, targetPort: 8080 }] },
  });
}

interface Told {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly observedGeneration?: number;
}

/** `Accepted=True/Accepted@1` */
function texts(conditions: readonly Told[] | undefined): string[] {
  return (conditions ?? []).map(
    ({ type, status, reason, observedGeneration = '-' }) =>
      `${type}=${status}/${reason}@${observedGeneration}`,
  );
}

const gatewayNow = () => gateways(cluster.world).get('default', 'edge');
const routeNow = () => httpRoutes(cluster.world).get('default', 'shop');
const routeTexts = (): string[] => texts(routeNow()?.status?.parents[0]?.conditions);

describe('a Gateway', () => {
  test('gets an address, is accepted, and is programmed once the proxies have it', async () => {
    start();
    createGateway();
    await seconds(cluster, 1);
    expect(texts(gatewayNow()?.status?.conditions)).toEqual([
      'Accepted=True/Accepted@1',
      'Programmed=Unknown/Pending@-',
    ]);
    expect(gatewayNow()?.status?.addresses).toEqual([{ type: 'IPAddress', value: '10.0.255.1' }]);
    await seconds(cluster, 2);
    expect(texts(gatewayNow()?.status?.conditions)).toEqual([
      'Accepted=True/Accepted@1',
      'Programmed=True/Programmed@1',
    ]);
    const accepted = gatewayClasses(cluster.world).get(undefined, 'embedded')?.status?.conditions;
    expect(texts(accepted)).toEqual(['Accepted=True/Accepted@1']);
  });

  test('counts the routes of its listeners', async () => {
    start();
    createGateway();
    createRoute();
    await seconds(cluster, 1);
    expect(gatewayNow()?.status?.listeners).toMatchObject([{ name: 'http', attachedRoutes: 1 }]);
  });

  test('with a listener that is not understood says so', async () => {
    start();
    createGateway({ protocol: 'TCP' });
    await seconds(cluster, 1);
    expect(texts(gatewayNow()?.status?.conditions)[0]).toBe('Accepted=True/ListenersNotValid@1');
    const [listener] = gatewayNow()?.status?.listeners ?? [];
    expect(texts(listener?.conditions)).toEqual(['Accepted=False/UnsupportedProtocol@1']);
  });

  test("of somebody else's class is left alone, and so are its routes", async () => {
    start();
    createGateway({}, 'other');
    createRoute();
    await seconds(cluster, 5);
    expect(gatewayNow()?.status?.addresses).toBeUndefined();
    expect(routeNow()?.status).toBeUndefined();
  });
});

describe('a route', () => {
  test('is accepted at once, and programmed when every proxy has heard of it', async () => {
    start({ propagation: { delayMs: 1000, jitterMs: 4000 }, proxies: 5 });
    createGateway();
    createService();
    await seconds(cluster, 10);
    createRoute();
    await seconds(cluster, 0.9);
    const early = ['Accepted=True/Accepted@1', 'ResolvedRefs=True/ResolvedRefs@1'];
    expect(routeTexts()).toEqual(early);
    await seconds(cluster, 5);
    expect(routeTexts()).toEqual([...early, 'Programmed=True/Programmed@1']);
  });

  test('is programmed for its old generation until the proxies have the new one', async () => {
    start();
    createGateway();
    createService();
    createRoute();
    await seconds(cluster, 5);
    const route = routeNow();
    if (!route) throw new Error('the route is gone');
    const rules = [{ backendRefs: [{ name: 'shop', port: 80, weight: 5 }] }];
    httpRoutes(cluster.world).update({ ...route, spec: { ...route.spec, rules } });
    await seconds(cluster, 1);
    expect(routeTexts()).toEqual([
      'Accepted=True/Accepted@2',
      'ResolvedRefs=True/ResolvedRefs@2',
      'Programmed=True/Programmed@1',
    ]);
    await seconds(cluster, 2);
    expect(routeTexts()).toContain('Programmed=True/Programmed@2');
  });

  test('says nothing of being programmed where implementations do not', async () => {
    start({ programmed: 'left-out' });
    createGateway();
    createService();
    createRoute();
    await seconds(cluster, 10);
    expect(routeTexts()).toEqual(['Accepted=True/Accepted@1', 'ResolvedRefs=True/ResolvedRefs@1']);
  });

  test('to a Service that is missing is accepted and not resolved, until the Service is there', async () => {
    start();
    createGateway();
    createRoute();
    await seconds(cluster, 1);
    expect(routeTexts()).toContain('ResolvedRefs=False/BackendNotFound@1');
    createService();
    await seconds(cluster, 1);
    expect(routeTexts()).toContain('ResolvedRefs=True/ResolvedRefs@1');
  });

  test.each<[string, Partial<Listener>, Partial<HttpRoute['spec']>, string]>([
    [
      'a section that is not there',
      {},
      { parentRefs: [{ name: 'edge', sectionName: 'x' }] },
      'NoMatchingParent',
    ],
    [
      'a port that is not there',
      {},
      { parentRefs: [{ name: 'edge', port: 81 }] },
      'NoMatchingParent',
    ],
    [
      'a listener of other routes',
      { allowedRoutes: { namespaces: { from: 'None' } } },
      {},
      'NotAllowedByListeners',
    ],
    [
      'a listener of other hosts',
      { hostname: 'a.org' },
      { hostnames: ['b.org'] },
      'NoMatchingListenerHostname',
    ],
  ])('to %s is not accepted', async (_title, listener, spec, reason) => {
    start();
    createGateway(listener);
    createService();
    createRoute(spec);
    await seconds(cluster, 5);
    expect(routeTexts()).toEqual([
      `Accepted=False/${reason}@1`,
      'ResolvedRefs=True/ResolvedRefs@1',
    ]);
  });

  test('keeps what other controllers say of it', async () => {
    start();
    createGateway();
    createRoute();
    const theirs = { parentRef: { name: 'x' }, controllerName: 'a.b/c', conditions: [] };
    const route = routeNow();
    if (route) httpRoutes(cluster.world).updateStatus({ ...route, status: { parents: [theirs] } });
    await seconds(cluster, 1);
    const names = routeNow()?.status?.parents.map(({ controllerName }) => controllerName);
    expect(names).toEqual(['a.b/c', 'embedded-cluster.local/gateway']);
  });
});
