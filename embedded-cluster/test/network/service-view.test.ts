// What a proxy believes of Services, and when, by a stepped clock.
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SimulatedCluster } from '../../cluster/simulated-cluster.ts';
import { deployments, endpointSlices, pods, services } from '../../kubernetes/collection.ts';
import { SERVICES } from '../../kubernetes/kinds/core/core.ts';
import { createDeployment, seconds, simulate } from '../workloads/support/simulation.ts';

let cluster: SimulatedCluster;

beforeEach(async () => {
  cluster = simulate({ propagation: { delayMs: 2000 } });
  const { objects } = cluster.world;
  for (const colour of ['blue', 'green']) {
    createDeployment(
      cluster,
      colour,
      { replicas: 2 },
      { VERSION: colour, ON_TERMINATE_MS: 10_000 },
    );
  }
  objects.create(SERVICES, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'shop', namespace: 'default' },
    spec: {
      selector: { app: 'blue' },
      ports: [
        { name: 'web', port: 80, targetPort: 8080 },
        { name: 'other', port: 81, targetPort: 9090 },
      ],
    },
  });
  await seconds(cluster, 5);
});

/** The versions that twenty clients are answered by. */
function answers(port = 80): string[] {
  const told = Array.from({ length: 20 }, () => {
    const response = cluster.request('default', 'shop', port, { method: 'GET', path: '/' });
    return response.type === 'answered' ? (response.answer.body ?? '') : response.type;
  });
  return [...new Set(told)].sort();
}

function select(selector: Record<string, string>): void {
  const service = services(cluster.world).get('default', 'shop');
  if (service) services(cluster.world).update({ ...service, spec: { ...service.spec, selector } });
}

describe('a change of endpoints', () => {
  test('reaches the proxy after the delay, and not before', async () => {
    select({ app: 'green' });
    await seconds(cluster, 1.9);
    const [slice] = endpointSlices(cluster.world).list('default');
    expect(slice?.endpoints?.every(({ targetRef }) => targetRef?.name?.startsWith('green'))).toBe(
      true,
    );
    expect(answers()).toEqual(['blue']);
    await seconds(cluster, 0.2);
    expect(answers()).toEqual(['green']);
  });

  test('takes as long as the delay that is set at the time', async () => {
    cluster.setPropagationDelay({ delayMs: 100 });
    select({ app: 'green' });
    await seconds(cluster, 0.2);
    expect(answers()).toEqual(['green']);
  });

  test('never undoes a later one that was faster', async () => {
    select({ app: 'green' });
    await seconds(cluster, 0.1);
    cluster.setPropagationDelay({ delayMs: 100 });
    select({ app: 'blue' });
    await seconds(cluster, 0.2);
    expect(answers()).toEqual(['blue']);
    await seconds(cluster, 3);
    expect(answers()).toEqual(['blue']);
  });

  test('takes longer by chance, if there is jitter', async () => {
    cluster.setPropagationDelay({ delayMs: 100, jitterMs: 5000 });
    select({ app: 'green' });
    await seconds(cluster, 0.15);
    expect(answers()).toEqual(['blue']);
    await seconds(cluster, 5.1);
    expect(answers()).toEqual(['green']);
  });
});

describe('a Service', () => {
  test('that selects nobody resets its clients', async () => {
    select({ app: 'none' });
    await seconds(cluster, 3);
    expect(answers()).toEqual(['reset']);
  });

  test('spreads its clients over all ready pods', () => {
    const names = Array.from({ length: 50 }, () => {
      const response = cluster.request('default', 'shop', 80, { method: 'GET', path: '/' });
      return response.type === 'reset' ? '' : response.podName;
    });
    expect(new Set(names).size).toBe(2);
  });

  test('goes on with pods that end but still serve when it has no others', async () => {
    const blue = deployments(cluster.world).get('default', 'blue');
    if (blue) deployments(cluster.world).update({ ...blue, spec: { ...blue.spec, replicas: 0 } });
    await seconds(cluster, 5);
    expect(
      pods(cluster.world)
        .list('default')
        .some(({ metadata }) => metadata.deletionTimestamp),
    ).toBe(true);
    expect(answers()).toEqual(['blue']);
    await seconds(cluster, 15);
    expect(answers()).toEqual(['reset']);
  });

  test('refuses on a port where its pods do not listen to clients', () => {
    // A script listens on any port of its pod; what matters here is that the port is known at all.
    expect(answers(81)).toEqual(['blue']);
    expect(answers(82)).toEqual(['reset']);
  });
});

describe('a Service with sessionAffinity: ClientIP', () => {
  const podOf = (client: string): string | undefined => {
    const request = { method: 'GET', path: '/' };
    const response = cluster.request('default', 'shop', 80, request, client);
    return response.type === 'answered' ? response.podName : undefined;
  };
  const clients = Array.from({ length: 12 }, (_, at) => `10.9.0.${at}`);

  beforeEach(async () => {
    const service = services(cluster.world).get('default', 'shop');
    if (!service) throw new Error('there is no shop');
    services(cluster.world).update({
      ...service,
      spec: { ...service.spec, sessionAffinity: 'ClientIP' },
    });
    await seconds(cluster, 3);
  });

  test('leads each client to the pod it went to before, and not all to the same', () => {
    const first = clients.map(podOf);
    expect(new Set(first).size).toBe(2);
    for (let again = 0; again < 5; again += 1) expect(clients.map(podOf)).toEqual(first);
  });

  test('says how long it remembers, as the API server fills it in', () => {
    const spec = services(cluster.world).get('default', 'shop')?.spec;
    expect(spec?.sessionAffinityConfig).toEqual({ clientIP: { timeoutSeconds: 10_800 } });
  });

  test('forgets a client that was away for too long', async () => {
    const first = clients.map(podOf);
    await seconds(cluster, 10_801);
    expect(clients.map(podOf)).not.toEqual(first);
  });

  test('leads elsewhere whoever went to a pod that is no endpoint any more', async () => {
    clients.map(podOf);
    select({ app: 'green' });
    await seconds(cluster, 2.1);
    expect(clients.map(podOf).every((pod) => pod?.startsWith('green'))).toBe(true);
  });
});
