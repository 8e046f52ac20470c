/** What breaks through others while nobody drives, or whoever drives sees nothing new. */
import { leadsSomewhere, type Outage, spreadMs } from '../deeds.ts';
import type { Site } from '../visit.ts';

const LOOK_MS = 200;
/** By then whoever drives, and sees, has led traffic elsewhere. */
const SEEN_WITHIN_MS = 5_000;

/**
 * A route that was narrowed to the old pods leads to nobody once others have replaced these. Whoever
 * drives is in time; where nobody does, or sees nothing new, or sees it late, it stays so until somebody does.
 */
export function breaksUnseen(
  { world, deeds, isDriven, isStalled, viewsLateMs }: Site,
  reason: string,
  forMs: number,
): void {
  const { clock } = world.cluster;
  const endsMs = clock.now() + forMs;
  let open: Outage | undefined;
  let seeingMs = 0;
  const look = (): void => {
    const now = clock.now();
    if (!isDriven() || now <= deeds.blindUntilMs) seeingMs = 0;
    else if (!isStalled()) seeingMs += LOOK_MS;
    const isBroken = !leadsSomewhere(world, deeds.takenAway);
    const isLate = seeingMs === 0 || isStalled() || viewsLateMs() > 0;
    if (isBroken && !open && isLate) {
      seeingMs = 0;
      open = { reason, fromMs: now - LOOK_MS, toMs: undefined };
      deeds.outages.push(open);
    }
    if (open && (!isBroken || seeingMs > SEEN_WITHIN_MS + viewsLateMs())) {
      open.toMs = now + spreadMs(world.scenario);
      return;
    }
    if (open || now < endsMs) clock.after(LOOK_MS, look);
  };
  look();
}
