// Requests through the mesh and through a gateway, by a stepped clock: what each proxy knows it has
// heard late, and routes, subsets and endpoints each on their own.
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ServiceResponse, SimulatedCluster } from '../../cluster/simulated-cluster.ts';
import { pods, services } from '../../kubernetes/collection.ts';
import {
  destinationRules,
  gatewayClasses,
  gateways,
  httpRoutes,
  virtualServices,
} from '../../mesh/objects.ts';
import {
  createDeployment,
  podTemplate,
  seconds,
  simulate,
} from '../workloads/support/simulation.ts';

const DELAY = { delayMs: 2000 };
const SPREAD = { delayMs: 1000, jitterMs: 4000 };
let cluster: SimulatedCluster;

afterEach(() => cluster.stop());

/** Blue and green pods behind the Service `shop`, and each behind a Service of its own. */
async function start(seed = 1): Promise<void> {
  cluster = simulate({ mesh: { propagation: DELAY }, seed });
  for (const colour of ['blue', 'green']) {
    const labels = { app: 'shop', version: colour };
    const spec = {
      replicas: 2,
      selector: { matchLabels: labels },
      template: podTemplate(labels, { VERSION: colour, ON_TERMINATE_MS: 10_000 }),
    };
    createDeployment(cluster, colour, spec);
    createService(colour, labels);
  }
  createService('shop', { app: 'shop' });
  await seconds(cluster, 10);
}

function createService(name: string, selector: Record<string, string>): void {
  services(cluster.world).create({
    metadata: { name, namespace: 'default' },
    spec: { selector, ports: [{ port: 80, targetPort: 8080 }] },
  });
}

function told(response: ServiceResponse): string {
  if (response.type !== 'answered') return response.type;
  const { status, body = '' } = response.answer;
  return status === 200 ? body : `${status} ${body.split(':')[0]}`;
}

/** How many of a hundred requests had which answer. */
function count(ask: () => ServiceResponse): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let asked = 0; asked < 100; asked++) {
    const answer = told(ask());
    counts[answer] = (counts[answer] ?? 0) + 1;
  }
  return counts;
}

const GET = { method: 'GET', path: '/' };
const inMesh = (headers = {}) =>
  count(() => cluster.request('default', 'shop', 80, { ...GET, headers }));
const atGateway = () => count(() => cluster.requestThrough('default', 'edge', 80, GET));
const whoAnswers = (counts: Record<string, number>) => Object.keys(counts).sort();

function routeTo(weights: Readonly<Record<string, number>>): void {
  const route = Object.entries(weights).map(([subset, weight]) => ({
    destination: { host: 'shop', subset },
    weight,
  }));
  const spec = { hosts: ['shop'], http: [{ route }] };
  const current = virtualServices(cluster.world).get('default', 'shop');
  if (current) virtualServices(cluster.world).update({ ...current, spec });
  else
    virtualServices(cluster.world).create({
      metadata: { name: 'shop', namespace: 'default' },
      spec,
    });
}

function addSubsets(...names: string[]): void {
  const subsets = names.map((name) => ({ name, labels: { version: name } }));
  const spec = { host: 'shop', subsets };
  const current = destinationRules(cluster.world).get('default', 'shop');
  if (current) destinationRules(cluster.world).update({ ...current, spec });
  else
    destinationRules(cluster.world).create({
      metadata: { name: 'shop', namespace: 'default' },
      spec,
    });
}

describe('in the mesh', () => {
  test('without a VirtualService a Service is reached as ever', async () => {
    await start();
    expect(whoAnswers(inMesh())).toEqual(['blue', 'green']);
  });

  test('weights count when a proxy has heard of them, and not before', async () => {
    await start();
    addSubsets('blue', 'green');
    await seconds(cluster, 3);
    routeTo({ blue: 100, green: 0 });
    await seconds(cluster, 1.9);
    expect(whoAnswers(inMesh())).toEqual(['blue', 'green']);
    await seconds(cluster, 0.2);
    expect(inMesh()).toEqual({ blue: 100 });
    routeTo({ blue: 0, green: 100 });
    await seconds(cluster, 2.1);
    expect(inMesh()).toEqual({ green: 100 });
  });

  test('proxies learn of a change one after the other, never all at once', async () => {
    await start();
    addSubsets('blue', 'green');
    routeTo({ blue: 100 });
    await seconds(cluster, 3);
    cluster.setMeshPropagationDelay(SPREAD);
    routeTo({ green: 100 });
    const seen: string[] = [];
    for (let step = 0; step < 60; step++) {
      await seconds(cluster, 0.1);
      seen.push(whoAnswers(inMesh()).join(' and '));
    }
    expect([...new Set(seen)]).toEqual(['blue', 'blue and green', 'green']);
  });

  test('a subset that is named before it is known costs 503s', async () => {
    await start();
    addSubsets('blue');
    routeTo({ blue: 100 });
    await seconds(cluster, 3);
    routeTo({ blue: 50, green: 50 });
    await seconds(cluster, 1);
    addSubsets('blue', 'green');
    await seconds(cluster, 1.5);
    expect(whoAnswers(inMesh())).toEqual(['503 NC', 'blue']);
    await seconds(cluster, 1);
    expect(whoAnswers(inMesh())).toEqual(['blue', 'green']);
  });

  test('a subset that is known first costs none, however long each proxy takes', async () => {
    await start();
    addSubsets('blue');
    routeTo({ blue: 100 });
    await seconds(cluster, 3);
    cluster.setMeshPropagationDelay(SPREAD);
    addSubsets('blue', 'green');
    await seconds(cluster, 5);
    routeTo({ blue: 50, green: 50 });
    for (let step = 0; step < 50; step++) {
      await seconds(cluster, 0.1);
      expect(whoAnswers(inMesh()).filter((by) => by.startsWith('5'))).toEqual([]);
    }
  });

  test('a header decides before the weights do', async () => {
    await start();
    addSubsets('blue', 'green');
    const to = (subset: string) => [{ destination: { host: 'shop', subset } }];
    const match = [{ headers: { canary: { exact: 'yes' } } }];
    virtualServices(cluster.world).create({
      metadata: { name: 'shop', namespace: 'default' },
      spec: { hosts: ['shop'], http: [{ match, route: to('green') }, { route: to('blue') }] },
    });
    await seconds(cluster, 3);
    expect(inMesh()).toEqual({ blue: 100 });
    expect(inMesh({ Canary: 'yes' })).toEqual({ green: 100 });
  });

  test('pods that are gone, and not yet known to be, cost 503s', async () => {
    await start();
    addSubsets('blue');
    routeTo({ blue: 100 });
    await seconds(cluster, 3);
    cluster.setMeshPropagationDelay({ delayMs: 60_000 });
    for (const { metadata } of pods(cluster.world).list('default')) {
      if (metadata.labels?.version !== 'blue') continue;
      pods(cluster.world).delete('default', metadata.name, { gracePeriodSeconds: 0 });
    }
    await seconds(cluster, 15);
    expect(inMesh()).toEqual({ '503 UF': 100 });
  });

  test('a pod whose labels change changes its subset', async () => {
    await start();
    addSubsets('blue', 'grey');
    routeTo({ grey: 100 });
    await seconds(cluster, 3);
    expect(inMesh()).toEqual({ '503 UH': 100 });
    const [pod] = pods(cluster.world)
      .list('default')
      .filter(({ metadata }) => metadata.labels?.version === 'green');
    if (!pod) throw new Error('there is no green pod');
    const labels = { ...pod.metadata.labels, version: 'grey' };
    pods(cluster.world).update({ ...pod, metadata: { ...pod.metadata, labels } });
    await seconds(cluster, 3);
    expect(inMesh()).toEqual({ green: 100 });
  });

  test('the same seed tells the same story, and another one another', async () => {
    const story = async (seed: number): Promise<unknown> => {
      await start(seed);
      addSubsets('blue', 'green');
      cluster.setMeshPropagationDelay(SPREAD);
      routeTo({ blue: 70, green: 30 });
      await seconds(cluster, 3);
      return [inMesh(), inMesh(), inMesh()];
    };
    const first = await story(7);
    cluster.stop();
    expect(await story(7)).toEqual(first);
    cluster.stop();
    expect(await story(8)).not.toEqual(first);
  });
});

describe('at a gateway', () => {
  const backends = (weights: Readonly<Record<string, number>>) => [
    { backendRefs: Object.entries(weights).map(([name, weight]) => ({ name, port: 80, weight })) },
  ];

  function expose(weights: Readonly<Record<string, number>>): void {
    gatewayClasses(cluster.world).create({
      metadata: { name: 'embedded' },
      spec: { controllerName: 'embedded-cluster.local/gateway' },
    });
    const listeners = [{ name: 'http', port: 80, protocol: 'HTTP' }];
    gateways(cluster.world).create({
      metadata: { name: 'edge', namespace: 'default' },
      spec: { gatewayClassName: 'embedded', listeners },
    });
    httpRoutes(cluster.world).create({
      metadata: { name: 'shop', namespace: 'default' },
      spec: { parentRefs: [{ name: 'edge' }], rules: backends(weights) },
    });
  }

  function reweigh(weights: Readonly<Record<string, number>>): void {
    const route = httpRoutes(cluster.world).get('default', 'shop');
    if (!route) throw new Error('the route is gone');
    httpRoutes(cluster.world).update({
      ...route,
      spec: { ...route.spec, rules: backends(weights) },
    });
  }

  test('weights are those that the proxies have heard of', async () => {
    await start();
    expose({ blue: 100 });
    await seconds(cluster, 1);
    expect(atGateway()).toEqual({ '404 no listener for that host': 100 });
    await seconds(cluster, 2);
    expect(atGateway()).toEqual({ blue: 100 });
    reweigh({ blue: 50, green: 50 });
    await seconds(cluster, 1.9);
    expect(atGateway()).toEqual({ blue: 100 });
    await seconds(cluster, 0.2);
    expect(whoAnswers(atGateway())).toEqual(['blue', 'green']);
  });

  test('a Service that is routed to before it is known costs 500s for its share', async () => {
    await start();
    expose({ blue: 100 });
    await seconds(cluster, 3);
    reweigh({ blue: 50, grey: 50 });
    await seconds(cluster, 1);
    createService('grey', { version: 'green' });
    await seconds(cluster, 1.5);
    expect(whoAnswers(atGateway())).toEqual(['500 BackendNotFound', 'blue']);
    await seconds(cluster, 2);
    expect(whoAnswers(atGateway())).toEqual(['blue', 'green']);
  });

  test('without ready pods it answers 503', async () => {
    await start();
    createService('idle', { app: 'nobody' });
    expose({ idle: 1 });
    await seconds(cluster, 3);
    expect(atGateway()).toEqual({ '503 UH': 100 });
  });
});
