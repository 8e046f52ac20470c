// What a PodDisruptionBudget allows, as evictions read it.
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SimulatedCluster } from '../../cluster/simulated-cluster.ts';
import { podDisruptionBudgets, pods } from '../../kubernetes/collection.ts';
import { isActive, isReady } from '../../kubernetes/controllers/pods.ts';
import { createDeployment, seconds, simulate } from './support/simulation.ts';

let cluster: SimulatedCluster;

beforeEach(async () => {
  cluster = simulate();
  createDeployment(cluster, 'shop', { replicas: 4 }, { LISTENS_AFTER_MS: 1500 });
  await seconds(cluster, 4);
});

async function budget(spec: object) {
  podDisruptionBudgets(cluster.world).create({
    metadata: { name: 'shop', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'shop' } }, ...spec },
  });
  await seconds(cluster, 0.1);
  return status();
}

function status() {
  return podDisruptionBudgets(cluster.world).get('default', 'shop')?.status;
}

describe('a budget over four ready pods', () => {
  test.each([
    [{ minAvailable: 3 }, 3, 1],
    [{ minAvailable: 5 }, 5, 0],
    [{ minAvailable: '60%' }, 3, 1],
    [{ maxUnavailable: 1 }, 3, 1],
    [{ maxUnavailable: '30%' }, 2, 2],
  ])('of %j wants %i healthy and allows %i disruptions', async (spec, desired, allowed) => {
    expect(await budget(spec)).toMatchObject({
      expectedPods: 4,
      currentHealthy: 4,
      desiredHealthy: desired,
      disruptionsAllowed: allowed,
      conditions: [{ type: 'DisruptionAllowed', status: allowed > 0 ? 'True' : 'False' }],
    });
  });

  test('lets an eviction through only while it allows one', async () => {
    await budget({ minAvailable: 3 });
    const evict = () => {
      const [pod] = pods(cluster.world)
        .list('default')
        .filter((one) => isActive(one) && isReady(one));
      return cluster.front({
        method: 'POST',
        path: `/api/v1/namespaces/default/pods/${pod?.metadata.name}/eviction`,
        headers: {
          authorization: `Bearer ${cluster.adminToken}`,
          'content-type': 'application/json',
        },
        body: Buffer.from(
          JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: {} }),
        ),
      }).status;
    };
    expect(evict()).toBe(201);
    expect(evict()).toBe(429);
    await seconds(cluster, 0.1);
    expect(status()).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 0 });
    expect(evict()).toBe(429);
    await seconds(cluster, 5);
    expect(status()).toMatchObject({ currentHealthy: 4, disruptionsAllowed: 1 });
    expect(evict()).toBe(201);
  });
});
