/** A Namespace that is deleted goes when everything in it has gone. */

import { namespaces } from '../collection.ts';
import { collectionOf, type Kind } from '../definitions/kind.ts';
import { PODS } from '../kinds/core/core.ts';
import type { Running, World } from '../world.ts';
import { createWorkQueue } from './work-queue.ts';

export function startNamespaceController(world: World, kinds: () => readonly Kind[]): Running {
  const queue = createWorkQueue(world.clock, (name) => empty(world, kinds(), name));
  const unwatch = [
    namespaces(world).watch(({ object }) => queue.add(object.metadata.name)),
    world.store.subscribe(({ type, object }) => {
      const { namespace } = object.metadata;
      if (type === 'DELETED' && namespace !== undefined) queue.add(namespace);
    }),
  ];
  return {
    stop: () => {
      for (const stop of unwatch) stop();
      queue.stop();
    },
  };
}

function empty(world: World, kinds: readonly Kind[], name: string): void {
  const namespace = namespaces(world).get(undefined, name);
  if (!namespace?.metadata.deletionTimestamp) return;
  if (namespace.status?.phase !== 'Terminating') {
    namespaces(world).updateStatus({
      ...namespace,
      status: { ...namespace.status, phase: 'Terminating' },
    });
  }
  const stored = kinds.filter(({ scope, storage }) => scope === 'Namespaced' && storage !== 'none');
  // Pods first: they take their time, and what they use should still be there.
  for (const kind of [...stored].sort((a, b) => Number(b === PODS) - Number(a === PODS))) {
    for (const { metadata } of world.store.list(collectionOf(kind), name)) {
      if (!metadata.deletionTimestamp) {
        world.objects.delete(kind, name, metadata.name, { propagationPolicy: 'Background' });
      }
    }
  }
  const isEmpty = stored.every((kind) => world.store.list(collectionOf(kind), name).length === 0);
  if (!isEmpty) return;
  const current = namespaces(world).get(undefined, name);
  if (current) namespaces(world).update({ ...current, spec: { ...current.spec, finalizers: [] } });
}
