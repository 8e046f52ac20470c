// Which node a pod is given, and why none.
import { describe, expect, test } from '@jest/globals';
import type { SimulatedCluster } from '../../cluster/simulated-cluster.ts';
import { events, pods } from '../../kubernetes/collection.ts';
import type { Pod } from '../../kubernetes/shapes.ts';
import type { NodeCapacity } from '../../node/node.ts';
import { podTemplate, seconds, simulate } from './support/simulation.ts';

const NODES: readonly NodeCapacity[] = [
  { name: 'large', cpu: '4', memory: '8Gi', labels: { disk: 'fast' } },
  { name: 'small', cpu: '1', memory: '1Gi' },
];

function create(
  cluster: SimulatedCluster,
  name: string,
  requests: object,
  spec: Partial<Pod['spec']> = {},
): void {
  const template = podTemplate({}, {}, spec);
  const containers = template.spec?.containers.map((one) => ({ ...one, resources: { requests } }));
  pods(cluster.world).create({
    metadata: { name, namespace: 'default' },
    spec: { ...template.spec, containers },
  });
}

async function placed(cluster: SimulatedCluster): Promise<Record<string, string | undefined>> {
  await seconds(cluster, 0.1);
  return Object.fromEntries(
    pods(cluster.world)
      .list('default')
      .map(({ metadata, spec }) => [metadata.name, spec.nodeName]),
  );
}

function refusals(cluster: SimulatedCluster): (string | undefined)[] {
  return events(cluster.world)
    .list('default')
    .filter(({ reason }) => reason === 'FailedScheduling')
    .map(({ message }) => message);
}

describe('the scheduler', () => {
  test('gives a pod a node that it fits on', async () => {
    const cluster = simulate({ nodes: NODES });
    create(cluster, 'hungry', { cpu: '2' });
    create(cluster, 'modest', { cpu: '100m', memory: '64Mi' });
    expect(await placed(cluster)).toEqual({ hungry: 'large', modest: 'small' });
  });

  test('heeds a node selector', async () => {
    const cluster = simulate({ nodes: NODES });
    create(cluster, 'a', {}, { nodeSelector: { disk: 'fast' } });
    create(cluster, 'b', {}, { nodeSelector: { disk: 'fast' } });
    expect(await placed(cluster)).toEqual({ a: 'large', b: 'large' });
  });

  test('says of every node why the pod does not fit', async () => {
    const cluster = simulate({ nodes: NODES });
    create(cluster, 'huge', { cpu: '3', memory: '16Gi' });
    create(cluster, 'picky', {}, { nodeSelector: { disk: 'none' } });
    expect(await placed(cluster)).toEqual({ huge: undefined, picky: undefined });
    const ending =
      'no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';
    expect(refusals(cluster)).toEqual([
      `0/2 nodes are available: 1 Insufficient cpu, 2 Insufficient memory. ${ending}`,
      `0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. ${ending}`,
    ]);
  });

  test('places a pod that waited once another has gone', async () => {
    const cluster = simulate({ nodes: [{ name: 'only', cpu: '1' }] });
    create(cluster, 'first', { cpu: '800m' });
    await seconds(cluster, 1);
    create(cluster, 'second', { cpu: '800m' });
    expect(await placed(cluster)).toEqual({ first: 'only', second: undefined });
    pods(cluster.world).delete('default', 'first');
    await seconds(cluster, 2);
    expect(await placed(cluster)).toEqual({ second: 'only' });
  });

  test('fills a node only as far as it takes pods', async () => {
    const cluster = simulate({ nodes: [{ name: 'only', pods: 1 }] });
    create(cluster, 'first', {});
    await seconds(cluster, 1);
    create(cluster, 'second', {});
    expect(await placed(cluster)).toEqual({ first: 'only', second: undefined });
    expect(refusals(cluster)[0]).toContain('1 Too many pods.');
  });
});
