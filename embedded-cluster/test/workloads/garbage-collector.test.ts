// What becomes of objects whose owners go.
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SimulatedCluster } from '../../cluster/simulated-cluster.ts';
import { configMaps, deployments, pods, replicaSets } from '../../kubernetes/collection.ts';
import { createDeployment, seconds, simulate } from './support/simulation.ts';

let cluster: SimulatedCluster;

beforeEach(async () => {
  cluster = simulate();
  createDeployment(cluster, 'shop');
  await seconds(cluster, 3);
});

function left(): [deployments: number, replicaSets: number, pods: number] {
  const { world } = cluster;
  return [
    deployments(world).list('default').length,
    replicaSets(world).list('default').length,
    pods(world).list('default').length,
  ];
}

describe('deleting a Deployment', () => {
  test('in the background takes its ReplicaSets and pods along', async () => {
    deployments(cluster.world).delete('default', 'shop');
    expect(left()).toEqual([0, 1, 3]);
    await seconds(cluster, 3);
    expect(left()).toEqual([0, 0, 0]);
  });

  test('in the foreground holds it back until its pods have gone', async () => {
    deployments(cluster.world).delete('default', 'shop', { propagationPolicy: 'Foreground' });
    await seconds(cluster, 0.05);
    expect(left()).toEqual([1, 1, 3]);
    await seconds(cluster, 3);
    expect(left()).toEqual([0, 0, 0]);
  });

  test('with orphans leaves its ReplicaSet, which keeps its pods and is found again', async () => {
    const [before] = replicaSets(cluster.world).list('default');
    const running = pods(cluster.world)
      .list('default')
      .map(({ metadata }) => metadata.uid);
    deployments(cluster.world).delete('default', 'shop', { propagationPolicy: 'Orphan' });
    await seconds(cluster, 1);
    expect(left()).toEqual([0, 1, 3]);
    expect(replicaSets(cluster.world).list('default')[0]?.metadata.ownerReferences).toBeUndefined();

    createDeployment(cluster, 'shop');
    await seconds(cluster, 3);
    const [after, ...others] = replicaSets(cluster.world).list('default');
    expect(others).toEqual([]);
    expect(after?.metadata.uid).toBe(before?.metadata.uid);
    expect(after?.metadata.ownerReferences?.[0]?.name).toBe('shop');
    expect(
      pods(cluster.world)
        .list('default')
        .map(({ metadata }) => metadata.uid),
    ).toEqual(running);
  });
});

describe('an object with owners', () => {
  const owned = (name: string, owners: readonly string[]): void => {
    const uids = owners.map(
      (owner) => deployments(cluster.world).get('default', owner)?.metadata.uid,
    );
    configMaps(cluster.world).create({
      metadata: {
        name,
        namespace: 'default',
        ownerReferences: owners.map((owner, at) => ({
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: owner,
          uid: uids[at] ?? 'nobody',
        })),
      },
    });
  };

  test('stays as long as one of them does, and forgets those that went', async () => {
    createDeployment(cluster, 'till');
    owned('shared', ['shop', 'till']);
    deployments(cluster.world).delete('default', 'shop');
    await seconds(cluster, 1);
    const kept = configMaps(cluster.world).get('default', 'shared');
    expect(kept?.metadata.ownerReferences?.map(({ name }) => name)).toEqual(['till']);
    deployments(cluster.world).delete('default', 'till');
    await seconds(cluster, 1);
    expect(configMaps(cluster.world).get('default', 'shared')).toBeUndefined();
  });

  test('that never were is deleted', async () => {
    owned('lost', ['nobody']);
    await seconds(cluster, 1);
    expect(configMaps(cluster.world).get('default', 'lost')).toBeUndefined();
  });
});
