// Whatever the bounds of a rolling update, it keeps within them at every single change.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deployments, pods, replicaSets } from '../../kubernetes/collection.ts';
import { isActive, isReady } from '../../kubernetes/controllers/pods.ts';
import { createDeployment, podTemplate, seconds, simulate } from './support/simulation.ts';

const rollouts = fc
  .record({
    replicas: fc.integer({ min: 1, max: 6 }),
    maxSurge: fc.integer({ min: 0, max: 3 }),
    maxUnavailable: fc.integer({ min: 0, max: 3 }),
    listensAfterMs: fc.integer({ min: 0, max: 3000 }),
    onTerminateMs: fc.integer({ min: 0, max: 5000 }),
    seed: fc.nat(),
  })
  .filter(({ maxSurge, maxUnavailable }) => maxSurge + maxUnavailable > 0);

test('a rollout never has a pod too many, nor one too few', async () => {
  await fc.assert(
    fc.asyncProperty(rollouts, async (given) => {
      const { replicas, maxSurge, maxUnavailable, listensAfterMs, onTerminateMs, seed } = given;
      const cluster = simulate({ seed });
      const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } };
      const env = { LISTENS_AFTER_MS: listensAfterMs, ON_TERMINATE_MS: onTerminateMs };
      createDeployment(cluster, 'shop', { replicas, strategy }, { VERSION: 'v1', ...env });
      await seconds(cluster, 10);

      let most = 0;
      let least = replicas;
      const unsubscribe = cluster.world.store.subscribe(({ collection }) => {
        if (collection !== 'pods' && collection !== 'replicasets.apps') return;
        const active = pods(cluster.world).list('default').filter(isActive);
        // What ReplicaSets are told to have counts, as on a real cluster: one may make its pod a
        // moment before the other deletes its own.
        const wanted = replicaSets(cluster.world)
          .list('default')
          .map(({ spec }) => spec.replicas ?? 1);
        most = Math.max(
          most,
          wanted.reduce((sum, one) => sum + one, 0),
        );
        least = Math.min(least, active.filter(isReady).length);
      });
      const shop = deployments(cluster.world).get('default', 'shop');
      if (!shop) throw new Error('there is no shop');
      const template = podTemplate({ app: 'shop' }, { VERSION: 'v2', ...env });
      deployments(cluster.world).update({ ...shop, spec: { ...shop.spec, template } });
      await seconds(cluster, 120);
      unsubscribe();
      cluster.stop();

      expect(deployments(cluster.world).get('default', 'shop')?.status).toMatchObject({
        updatedReplicas: replicas,
        availableReplicas: replicas,
        replicas,
      });
      expect(most).toBeLessThanOrEqual(replicas + maxSurge);
      expect(least).toBeGreaterThanOrEqual(replicas - Math.min(maxUnavailable, replicas));
    }),
    { numRuns: 60 },
  );
});
