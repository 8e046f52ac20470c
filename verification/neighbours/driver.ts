/** Whether some process drives the release just now, as its signs of life in the Lease tell. */
import type { Lease } from '../../core/kubernetes/objects.ts';
import { collectionOf } from '../../embedded-cluster/kubernetes/definitions/kind.ts';
import { LEASES } from '../../embedded-cluster/kubernetes/kinds/core/coordination.ts';
import type { ProofWorld } from '../world/world.ts';

/** Longer than from one renewal to the next (effects/lease-renewal). */
const ALIVE_MS = 6_000;

export function watchDriver(
  { cluster }: ProofWorld,
  onStop: (task: () => void) => void,
): () => boolean {
  const { clock, world: objects } = cluster;
  let renewedAtMs = Number.NEGATIVE_INFINITY;
  const unwatch = objects.store.subscribe(({ collection, object }) => {
    if (collection !== collectionOf(LEASES)) return;
    const { spec } = object as unknown as Lease; // of the collection of leases
    // What ends with a slash is kept for a stage that is still to come.
    if (!spec?.holderIdentity?.endsWith('/')) renewedAtMs = clock.now();
  });
  onStop(unwatch);
  return () => clock.now() - renewedAtMs < ALIVE_MS;
}
