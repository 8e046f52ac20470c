// What Deployments do beyond what was recorded.
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SimulatedCluster } from '../../cluster/simulated-cluster.ts';
import { deployments, pods, replicaSets } from '../../kubernetes/collection.ts';
import type { Deployment } from '../../kubernetes/shapes.ts';
import { createDeployment, podTemplate, seconds, simulate } from './support/simulation.ts';

let cluster: SimulatedCluster;

beforeEach(() => {
  cluster = simulate();
});

function shop(): Deployment {
  const found = deployments(cluster.world).get('default', 'shop');
  if (!found) throw new Error('there is no shop');
  return found;
}

function change(spec: Partial<Deployment['spec']>): void {
  deployments(cluster.world).update({ ...shop(), spec: { ...shop().spec, ...spec } });
}

function release(version: string, env: Record<string, string | number> = {}): void {
  change({ template: podTemplate({ app: 'shop' }, { VERSION: version, ...env }) });
}

/** How many pods there are of each version, ended ones left out. */
function versions(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { metadata, spec } of pods(cluster.world).list('default')) {
    const version = spec.containers[0]?.env?.find(({ name }) => name === 'VERSION')?.value ?? '';
    if (!metadata.deletionTimestamp) counts[version] = (counts[version] ?? 0) + 1;
  }
  return counts;
}

function sizes(): number[] {
  return [...replicaSets(cluster.world).list('default')]
    .sort((a, b) => revision(a) - revision(b))
    .map(({ spec }) => spec.replicas ?? 1);
}

function revision({ metadata }: { metadata: { annotations?: Record<string, string> } }): number {
  return Number(metadata.annotations?.['deployment.kubernetes.io/revision']);
}

describe('a Deployment', () => {
  test('never has more or fewer pods than it may while it rolls', async () => {
    createDeployment(
      cluster,
      'shop',
      {
        replicas: 10,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2, maxUnavailable: 1 } },
      },
      { VERSION: 'v1' },
    );
    await seconds(cluster, 5);
    release('v2', { LISTENS_AFTER_MS: 700 });
    let most = 0;
    let least = 10;
    for (let step = 0; step < 200 && (versions().v2 ?? 0) < 10; step++) {
      await seconds(cluster, 0.1);
      const { v1 = 0, v2 = 0 } = versions();
      most = Math.max(most, v1 + v2);
      least = Math.min(least, shop().status?.availableReplicas ?? 0);
    }
    expect(versions()).toEqual({ v2: 10 });
    expect([least, most]).toEqual([9, 12]);
  });

  test('that recreates has no old pod left when the first new one starts', async () => {
    createDeployment(
      cluster,
      'shop',
      { strategy: { type: 'Recreate' } },
      { VERSION: 'v1', ON_TERMINATE_MS: 3000 },
    );
    await seconds(cluster, 3);
    release('v2');
    await seconds(cluster, 2);
    expect(versions()).toEqual({});
    await seconds(cluster, 5);
    expect(versions()).toEqual({ v2: 3 });
    expect(shop().status?.availableReplicas).toBe(3);
  });

  test('shares a change of its size among its ReplicaSets while it rolls', async () => {
    createDeployment(
      cluster,
      'shop',
      {
        replicas: 10,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } },
      },
      { VERSION: 'v1' },
    );
    await seconds(cluster, 5);
    release('v2', { READY: 'never' });
    await seconds(cluster, 5);
    expect(sizes()).toEqual([8, 5]);
    change({ replicas: 15 });
    await seconds(cluster, 5);
    // 18 may be there: the 5 more go to both, in proportion to what each has.
    expect(sizes()).toEqual([11, 7]);
  });

  test('remembers only as many revisions as it is told to', async () => {
    createDeployment(cluster, 'shop', { revisionHistoryLimit: 1 }, { VERSION: 'v1' });
    for (const version of ['v2', 'v3', 'v4']) {
      await seconds(cluster, 20);
      release(version);
    }
    await seconds(cluster, 20);
    expect(sizes()).toEqual([0, 3]);
  });

  test('counts a pod as available only when it has been ready for long enough', async () => {
    createDeployment(cluster, 'shop', { minReadySeconds: 10 }, { VERSION: 'v1' });
    await seconds(cluster, 5);
    expect(shop().status).toMatchObject({ readyReplicas: 3, unavailableReplicas: 3 });
    await seconds(cluster, 10);
    expect(shop().status).toMatchObject({ readyReplicas: 3, availableReplicas: 3 });
  });

  test('says so when it cannot make its pods', async () => {
    createDeployment(cluster, 'shop', {
      template: podTemplate({ app: 'shop' }, {}, { serviceAccountName: 'nobody' }),
    });
    await seconds(cluster, 2);
    const failure = shop().status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
    expect(failure).toMatchObject({ status: 'True', reason: 'FailedCreate' });
    expect(failure?.message).toContain('serviceaccount "nobody" not found');
  });
});

test('the same seed tells the same story', async () => {
  const story = async (seed: number): Promise<string[]> => {
    cluster = simulate({ seed });
    const told: string[] = [];
    cluster.world.store.subscribe(({ type, object }) => {
      told.push(`${cluster.clock.now()} ${type} ${object.kind} ${object.metadata.name}`);
    });
    createDeployment(cluster, 'shop', {}, { VERSION: 'v1' });
    await seconds(cluster, 10);
    release('v2');
    await seconds(cluster, 30);
    return told;
  };
  const first = await story(7);
  expect(await story(7)).toEqual(first);
  expect(await story(8)).not.toEqual(first);
});
