// A Namespace that is deleted.
import { expect, test } from '@jest/globals';
import { configMaps, namespaces, pods } from '../../kubernetes/collection.ts';
import { ApiFailure } from '../../kubernetes/definitions/failure.ts';
import { podTemplate, seconds, simulate } from './support/simulation.ts';

test('goes when everything in it has gone, and takes nothing new meanwhile', async () => {
  const cluster = simulate();
  const { world } = cluster;
  namespaces(world).create({ metadata: { name: 'shop' } });
  configMaps(world).create({ metadata: { name: 'settings', namespace: 'shop' } });
  const template = podTemplate({ app: 'shop' }, { ON_TERMINATE_MS: 2000 });
  pods(world).create({ metadata: { name: 'till', namespace: 'shop' }, spec: template.spec });
  await seconds(cluster, 3);

  namespaces(world).delete(undefined, 'shop');
  await seconds(cluster, 1);
  expect(namespaces(world).get(undefined, 'shop')?.status?.phase).toBe('Terminating');
  expect(configMaps(world).get('shop', 'settings')).toBeUndefined();
  expect(() => configMaps(world).create({ metadata: { name: 'late', namespace: 'shop' } })).toThrow(
    ApiFailure,
  );
  await seconds(cluster, 3);
  expect(pods(world).list('shop')).toEqual([]);
  expect(namespaces(world).get(undefined, 'shop')).toBeUndefined();
});
