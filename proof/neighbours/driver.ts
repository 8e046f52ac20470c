/** Whether some process drives the release just now, and what breaks while none does. */
import type { Lease } from '../../core/kubernetes/objects.ts';
import { collectionOf } from '../../local/api/kind.ts';
import { LEASES } from '../../local/kinds/coordination.ts';
import { leadsSomewhere, type Outage, spreadMs } from './deeds.ts';
import type { Site } from './visit.ts';

/** Longer than from one renewal to the next (effects/lease-renewal). */
const ALIVE_MS = 6_000;

export function watchDriver({ world, onStop }: Site): () => boolean {
  const { clock, world: objects } = world.cluster;
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

const LOOK_MS = 200;
/** By then whoever drives, and sees, has led traffic elsewhere. */
const SEEN_WITHIN_MS = 5_000;

/**
 * A route that was narrowed to the old pods leads to nobody once others have replaced these. Whoever
 * drives is in time; where nobody does, or sees nothing new, it stays so until somebody does.
 */
export function breaksUnseen(site: Site, reason: string, forMs: number): void {
  const { world, deeds } = site;
  const { clock } = world.cluster;
  const isDriven = watchDriver(site);
  const endsMs = clock.now() + forMs;
  let open: Outage | undefined;
  let seeingMs = 0;
  const look = (): void => {
    const now = clock.now();
    seeingMs = isDriven() && now > deeds.blindUntilMs ? seeingMs + LOOK_MS : 0;
    const isBroken = !leadsSomewhere(world, deeds.takenAway);
    if (isBroken && !open && seeingMs === 0) {
      open = { reason, fromMs: now - LOOK_MS, toMs: undefined };
      deeds.outages.push(open);
    }
    if (open && (!isBroken || seeingMs > SEEN_WITHIN_MS)) {
      open.toMs = now + spreadMs(world.scenario);
      return;
    }
    if (open || now < endsMs) clock.after(LOOK_MS, look);
  };
  look();
}
