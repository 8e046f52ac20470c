// What becomes of pods and endpoints by what others do, as a real cluster (Kubernetes 1.36) was recorded.
import { describe, expect, test } from '@jest/globals';
import type { SimulatedCluster } from '../../cluster/simulated-cluster.ts';
import {
  deployments,
  endpointSlices,
  jobs,
  pods,
  replicaSets,
  services,
} from '../../kubernetes/collection.ts';
import type { Pod } from '../../kubernetes/shapes.ts';
import { createDeployment, podTemplate, seconds, simulate } from './support/simulation.ts';

const LABELS = { app: 'shop' };

function createService(
  { world }: SimulatedCluster,
  selector: Record<string, string>,
  more: object = {},
): void {
  services(world).create({
    metadata: { name: 'shop', namespace: 'default' },
    spec: { selector, ports: [{ port: 80, targetPort: 8080 }], ...more },
  });
}

const podsOf = ({ world }: SimulatedCluster): readonly Pod[] => pods(world).list('default');
const endpointsOf = ({ world }: SimulatedCluster) =>
  endpointSlices(world)
    .list('default')
    .flatMap(({ endpoints }) => endpoints ?? []);

const conditionOf = (pod: Pod | undefined, type: string) =>
  pod?.status?.conditions?.find((condition) => condition.type === type);

describe('pods that have ended', () => {
  test('an evicted pod stays as Failed, is replaced, and is no endpoint any more', async () => {
    const cluster = simulate();
    createDeployment(cluster, 'shop', { replicas: 2 });
    createService(cluster, LABELS);
    await seconds(cluster, 10);
    const [victim] = podsOf(cluster);
    const { name = '' } = victim?.metadata ?? {};
    const message = 'Usage of EmptyDir volume "scratch" exceeds the limit "1Mi".';
    for (const node of cluster.nodes) node.evict('default', name, message);
    await seconds(cluster, 10);
    const left = podsOf(cluster).find(({ metadata }) => metadata.name === name);
    expect(left?.status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message });
    expect(conditionOf(left, 'Ready')).toMatchObject({ status: 'False', reason: 'PodFailed' });
    expect(podsOf(cluster)).toHaveLength(3);
    expect(endpointsOf(cluster).map(({ targetRef }) => targetRef?.name)).not.toContain(name);
    expect(endpointsOf(cluster).every(({ conditions }) => conditions?.ready)).toBe(true);
    expect(endpointsOf(cluster)).toHaveLength(2);
  });

  test.each([
    [0, 'Succeeded', 'PodCompleted'],
    [3, 'Failed', 'PodFailed'],
  ])(
    'the pod of a Job with the Service’s labels is an endpoint while it runs, and not after exit %s',
    async (exitCode, phase, reason) => {
      const cluster = simulate();
      createService(cluster, LABELS);
      const template = podTemplate(LABELS, { EXITS_AFTER_MS: 5_000, EXIT_CODE: exitCode });
      jobs(cluster.world).create({
        metadata: { name: 'nightly', namespace: 'default' },
        spec: {
          backoffLimit: 0,
          template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } },
        },
      });
      await seconds(cluster, 4);
      expect(endpointsOf(cluster).map(({ conditions }) => conditions?.ready)).toEqual([true]);
      await seconds(cluster, 10);
      const [pod] = podsOf(cluster);
      expect(pod?.status?.phase).toBe(phase);
      expect(conditionOf(pod, 'Ready')).toMatchObject({ status: 'False', reason });
      expect(endpointsOf(cluster)).toEqual([]);
    },
  );
});

describe('what makes a pod ready, or an endpoint', () => {
  test('a readiness gate keeps a pod from being ready until somebody says so', async () => {
    const cluster = simulate();
    const gated = podTemplate(
      LABELS,
      {},
      {
        readinessGates: [{ conditionType: 'example.com/in-pool' }],
      },
    );
    createDeployment(cluster, 'shop', { replicas: 1, template: gated });
    createService(cluster, LABELS);
    await seconds(cluster, 5);
    const say = (status: string): void => {
      const [pod] = podsOf(cluster);
      if (!pod) throw new Error('there is no pod');
      const others = (pod.status?.conditions ?? []).filter(
        ({ type }) => type !== 'example.com/in-pool',
      );
      pods(cluster.world).updateStatus({
        ...pod,
        status: { ...pod.status, conditions: [{ type: 'example.com/in-pool', status }, ...others] },
      });
    };
    const ready = () => {
      const { status, message } = conditionOf(podsOf(cluster)[0], 'Ready') ?? {};
      const [endpoint] = endpointsOf(cluster);
      return [status, message, endpoint?.conditions?.ready];
    };
    expect(conditionOf(podsOf(cluster)[0], 'ContainersReady')?.status).toBe('True');
    expect(ready()).toEqual([
      'False',
      'corresponding condition of pod readiness gate "example.com/in-pool" does not exist.',
      false,
    ]);
    say('True');
    await seconds(cluster, 1);
    expect(ready()).toEqual(['True', undefined, true]);
    say('False');
    await seconds(cluster, 1);
    expect(ready()).toEqual([
      'False',
      'the status of pod readiness gate "example.com/in-pool" is not "True", but False',
      false,
    ]);
    expect(conditionOf(podsOf(cluster)[0], 'example.com/in-pool')?.status).toBe('False');
  });

  test('publishNotReadyAddresses leads to pods that are not ready, and to those that end', async () => {
    const cluster = simulate();
    createDeployment(cluster, 'shop', { replicas: 1 }, { READY: 'never', ON_TERMINATE_MS: 3_000 });
    createService(cluster, LABELS, { publishNotReadyAddresses: true });
    await seconds(cluster, 5);
    expect(endpointsOf(cluster).map(({ conditions }) => conditions)).toEqual([
      { ready: true, serving: false, terminating: false },
    ]);
    pods(cluster.world).delete('default', podsOf(cluster)[0]?.metadata.name ?? '');
    await seconds(cluster, 1);
    expect(endpointsOf(cluster)[0]?.conditions).toEqual({
      ready: true,
      serving: false,
      terminating: true,
    });
  });

  test('a policy that rewrites images changes pods, and not what made them', async () => {
    const cluster = simulate();
    cluster.rewriteImages((image) => `mirror.example/${image}`);
    createDeployment(cluster, 'shop', { replicas: 1 });
    await seconds(cluster, 5);
    const imageOf = (spec: { containers: readonly { image?: string }[] } | undefined) =>
      spec?.containers[0]?.image;
    expect(imageOf(podsOf(cluster)[0]?.spec)).toBe('mirror.example/node:20');
    expect(podsOf(cluster)[0]?.status?.phase).toBe('Running');
    const [set] = replicaSets(cluster.world).list('default');
    expect(imageOf(set?.spec.template?.spec)).toBe('node:20');
  });
});

test('a Service that is narrowed to one template hash has nobody, seconds after a rollout restart', async () => {
  const cluster = simulate();
  createDeployment(cluster, 'shop', { replicas: 3 }, { LISTENS_AFTER_MS: 300 });
  await seconds(cluster, 10);
  const hash = podsOf(cluster)[0]?.metadata.labels?.['pod-template-hash'] ?? '';
  createService(cluster, { ...LABELS, 'pod-template-hash': hash });
  await seconds(cluster, 5);
  const shop = deployments(cluster.world).get('default', 'shop');
  if (!shop) throw new Error('there is no shop');
  const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-11-29T20:22:26Z' };
  const template = {
    ...shop.spec.template,
    metadata: { ...shop.spec.template.metadata, annotations },
  };
  deployments(cluster.world).update({ ...shop, spec: { ...shop.spec, template } });
  const restartedMs = cluster.clock.now();
  while (endpointsOf(cluster).some(({ conditions }) => conditions?.ready))
    await seconds(cluster, 0.1);
  // Four seconds in the recording, of three pods that start within one.
  const tookMs = cluster.clock.now() - restartedMs;
  expect(tookMs).toBeGreaterThan(2_000);
  expect(tookMs).toBeLessThan(6_000);
});
