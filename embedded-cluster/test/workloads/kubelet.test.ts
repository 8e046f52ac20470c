// Pods on their node, by a stepped clock: what was not recorded.
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SimulatedCluster } from '../../cluster/simulated-cluster.ts';
import { pods } from '../../kubernetes/collection.ts';
import type { Pod } from '../../kubernetes/shapes.ts';
import { logsOf } from './support/real-cluster.ts';
import { createDeployment, podTemplate, seconds, simulate } from './support/simulation.ts';

let cluster: SimulatedCluster;

beforeEach(() => {
  cluster = simulate();
});

function create(
  env: Record<string, string | number>,
  spec: object = {},
  container: object = {},
): void {
  const template = podTemplate({ app: 'shop' }, env);
  const containers = template.spec?.containers.map((one) => ({ ...one, ...container }));
  pods(cluster.world).create({
    metadata: { name: 'shop', namespace: 'default', labels: { app: 'shop' } },
    spec: { ...template.spec, ...spec, containers },
  });
}

function pod(): Pod | undefined {
  return pods(cluster.world).get('default', 'shop');
}

const container = () => pod()?.status?.containerStatuses?.[0];
const isReady = (): boolean => container()?.ready === true;

describe('a crash loop', () => {
  test('waits twice as long each time, five minutes at most', async () => {
    const waits: string[] = [];
    pods(cluster.world).watch(({ object }) => {
      const { waiting } = object.status?.containerStatuses?.[0]?.state ?? {};
      const wait = /^back-off (\S+)/.exec(waiting?.message ?? '')?.[1];
      if (wait && wait !== waits.at(-1)) waits.push(wait);
    });
    create({ EXITS_AFTER_MS: 100, EXIT_CODE: 1 });
    await seconds(cluster, 30 * 60);
    expect(waits).toEqual(['10s', '20s', '40s', '1m20s', '2m40s', '5m0s']);
  });

  test('starts over with a short wait when the container has run well for long', async () => {
    create({ EXITS_AFTER_MS: 11 * 60_000, EXIT_CODE: 1 });
    await seconds(cluster, 34 * 60);
    expect(container()?.restartCount).toBe(3);
    expect(container()?.state?.running).toBeDefined();
  });
});

test('what a container wrote can be read, of this run and of the one before', async () => {
  let run = 0;
  cluster = simulate({
    scriptFor: () => {
      run += 1;
      return { log: [`run ${run}`], exits: { afterMs: 1000, exitCode: 1 } };
    },
  });
  create({});
  await seconds(cluster, 3);
  expect([logsOf(cluster, 'shop'), logsOf(cluster, 'shop', '?previous=true')]).toEqual([
    'run 2\n',
    'run 1\n',
  ]);
});

describe('a probe', () => {
  test('counts failures in a row before it is believed', async () => {
    create(
      {},
      {},
      {
        readinessProbe: {
          httpGet: { path: '/', port: 8080 },
          periodSeconds: 1,
          failureThreshold: 3,
        },
      },
    );
    await seconds(cluster, 2);
    expect(isReady()).toBe(true);
    const off = cluster.podFaults.add({ podName: 'shop' }, { type: 'never-ready' });
    await seconds(cluster, 2);
    expect(isReady()).toBe(true);
    await seconds(cluster, 2);
    expect(isReady()).toBe(false);
    off();
    await seconds(cluster, 1);
    expect(isReady()).toBe(true);
  });

  test('waits its initial delay', async () => {
    create(
      {},
      {},
      {
        readinessProbe: {
          httpGet: { path: '/', port: 8080 },
          periodSeconds: 1,
          initialDelaySeconds: 10,
        },
      },
    );
    await seconds(cluster, 9);
    expect(isReady()).toBe(false);
    await seconds(cluster, 3);
    expect(isReady()).toBe(true);
  });

  test('of startup holds the others back, and has what never starts restarted', async () => {
    const startupProbe = { tcpSocket: { port: 8080 }, periodSeconds: 1, failureThreshold: 5 };
    create({ LISTENS_AFTER_MS: 3000 }, {}, { startupProbe });
    await seconds(cluster, 2);
    expect(container()).toMatchObject({ started: false, ready: false });
    await seconds(cluster, 3);
    expect(container()).toMatchObject({ started: true, ready: true, restartCount: 0 });

    pods(cluster.world).delete('default', 'shop');
    await seconds(cluster, 2);
    create({ LISTENS_AFTER_MS: 30_000 }, { terminationGracePeriodSeconds: 1 }, { startupProbe });
    await seconds(cluster, 8);
    expect(container()).toMatchObject({ restartCount: 1 });
  });
});

describe('a pod', () => {
  test('may live only as long as its deadline', async () => {
    create({}, { activeDeadlineSeconds: 5 });
    await seconds(cluster, 4);
    expect(pod()?.status?.phase).toBe('Running');
    await seconds(cluster, 3);
    expect(pod()?.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
  });

  test('that is deleted again with less grace has less', async () => {
    create({ ON_TERMINATE_MS: 60_000 }, { terminationGracePeriodSeconds: 30 });
    await seconds(cluster, 1);
    pods(cluster.world).delete('default', 'shop');
    await seconds(cluster, 5);
    expect(pod()).toBeDefined();
    pods(cluster.world).delete('default', 'shop', { gracePeriodSeconds: 1 });
    await seconds(cluster, 2);
    expect(pod()).toBeUndefined();
  });

  test('has SIGTERM come after its preStop sleep, within its grace', async () => {
    create(
      { ON_TERMINATE_MS: 0 },
      { terminationGracePeriodSeconds: 30 },
      {
        lifecycle: { preStop: { sleep: { seconds: 10 } } },
      },
    );
    await seconds(cluster, 1);
    pods(cluster.world).delete('default', 'shop');
    await seconds(cluster, 9.9);
    expect(pod()).toBeDefined();
    await seconds(cluster, 0.5);
    expect(pod()).toBeUndefined();
  });

  test('waits for an image that comes later', async () => {
    create({}, {}, { image: 'late:v1' });
    await seconds(cluster, 2);
    expect(container()?.state?.waiting?.reason).toBe('ErrImagePull');
    cluster.images.add({ repository: 'late', tags: ['v1'] });
    await seconds(cluster, 30);
    expect(isReady()).toBe(true);
  });

  test('is refused a name that is no image', async () => {
    create({}, {}, { image: 'No Image' });
    await seconds(cluster, 1);
    expect(container()?.state?.waiting?.reason).toBe('InvalidImageName');
  });

  test('fails with its init container, if nothing of it is restarted', async () => {
    const exits = [
      { name: 'EXITS_AFTER_MS', value: '100' },
      { name: 'EXIT_CODE', value: '1' },
    ];
    create(
      {},
      {
        restartPolicy: 'Never',
        initContainers: [{ name: 'init', image: 'node:20', command: ['node'], env: exits }],
      },
    );
    await seconds(cluster, 2);
    expect(pod()?.status?.phase).toBe('Failed');
    expect(container()?.state?.waiting?.reason).toBe('PodInitializing');
  });
});

describe('a fault', () => {
  test.each([
    ['image', { image: 'node:20' }],
    ['label', { labels: { app: 'shop' } }],
    ['name', { podName: 'shop' }],
  ])('meets pods by their %s, as long as it is on', async (_by, target) => {
    const off = cluster.podFaults.add(target, { type: 'crashes', afterMs: 500, exitCode: 7 });
    create({});
    await seconds(cluster, 30);
    expect(container()?.lastState?.terminated?.exitCode).toBe(7);
    off();
    await seconds(cluster, 60);
    const { restartCount } = container() ?? {};
    await seconds(cluster, 60);
    expect(container()).toMatchObject({ ready: true, restartCount });
  });

  test('makes a start slow', async () => {
    cluster.podFaults.add({ labels: { app: 'shop' } }, { type: 'starts-slowly', byMs: 5000 });
    createDeployment(cluster, 'shop', { replicas: 1 });
    createDeployment(cluster, 'till', { replicas: 1 });
    await seconds(cluster, 3);
    const phases = pods(cluster.world)
      .list('default')
      .map(({ status }) => status?.phase);
    expect(phases).toEqual(['Pending', 'Running']);
    await seconds(cluster, 4);
    expect(
      pods(cluster.world)
        .list('default')
        .map(({ status }) => status?.phase),
    ).toEqual(['Running', 'Running']);
  });
});
