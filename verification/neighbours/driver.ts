/**
 * Whether some process drives the release just now, as its signs of life in the Lease tell, and whether
 * the API lets it.
 */
import type { Lease } from '../../core/kubernetes/objects.ts';
import { collectionOf } from '../../embedded-cluster/kubernetes/definitions/kind.ts';
import { LEASES } from '../../embedded-cluster/kubernetes/kinds/core/coordination.ts';
import type { ApiGate } from '../world/process/api-gate.ts';
import type { ProofWorld } from '../world/world.ts';

/** Longer than from one renewal to the next (effects/lease-renewal). */
const ALIVE_MS = 6_000;
/** The API of the simulation answers sooner, or not at all. */
const ANSWERED_WITHIN_MS = 100;

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

/** A request that is not answered is waited for up to ten seconds (effects/kube/asking). */
export function watchStalling({ cluster: { clock } }: ProofWorld, gate: ApiGate): () => boolean {
  return () => clock.now() - (gate.waitingSinceMs() ?? clock.now()) > ANSWERED_WITHIN_MS;
}
