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

/** `isKilled`: whether a process of that name is dead, which its Lease does not tell for a while. */
export function watchDriver(
  { cluster }: ProofWorld,
  onStop: (task: () => void) => void,
  isKilled: (process: string) => boolean,
): () => boolean {
  const { clock, world: objects } = cluster;
  let renewedAtMs = Number.NEGATIVE_INFINITY;
  let holder = '';
  const unwatch = objects.store.subscribe(({ collection, object }) => {
    if (collection !== collectionOf(LEASES)) return;
    const { spec } = object as unknown as Lease; // of the collection of leases
    // What ends with a slash is kept for a stage that is still to come.
    if (spec?.holderIdentity?.endsWith('/')) return;
    renewedAtMs = clock.now();
    holder = spec?.holderIdentity?.split('/').at(-1) ?? '';
  });
  onStop(unwatch);
  return () => clock.now() - renewedAtMs < ALIVE_MS && !isKilled(holder);
}

/** A request that is not answered is waited for up to ten seconds (effects/kube/asking). */
export function watchStalling({ cluster: { clock } }: ProofWorld, gate: ApiGate): () => boolean {
  return () => clock.now() - (gate.waitingSinceMs() ?? clock.now()) > ANSWERED_WITHIN_MS;
}
