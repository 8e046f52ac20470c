/** Renews a Lease in the background, and knows for how long it is sure to be held. */

import type { Instant } from '../../../core/base/vocabulary.ts';
import { type Claimant, claimOf, heldText, holderText } from '../../../core/journal/lease.ts';
import type { Lease } from '../../../core/kubernetes/objects.ts';
import type { Clock } from '../../base/clock.ts';
import type { Kube } from '../../kube/client.ts';
import { type LeaseTarget, writeLease } from './lease-object.ts';

/** A process that was killed keeps others waiting for so long. */
export const DURATION_MS = 15_000;
const RENEW_MS = 5_000;
/** A renewal that is not answered so soon is tried again as one that is younger. */
const PATIENCE_MS = 2_000;
/** A Lease that is there, ours, and refused again and again is nothing that trying mends. */
const MOST_TRIES = 5;

/**
 * held: by this process · regained: it had been taken away, and in between anybody may have driven ·
 * lost: somebody else has it.
 */
export type Standing =
  | { readonly kind: 'held' | 'regained'; readonly lease: Lease; readonly renewedAt: Instant }
  | { readonly kind: 'lost'; readonly to: string };

export interface Renewal {
  standing(): Standing;
  /** Asks now. Rejects with a KubeError where the API does not answer: what was held is still held then. */
  renew(): Promise<void>;
  /** When the API last answered, whatever it said of the Lease. */
  answeredAt(): Instant;
  /** What was regained is as good as held again. */
  confirm(): void;
  /** Resolves with what was held last, once nothing is under way any more. */
  end(): Promise<Lease | undefined>;
}

export function startRenewal(
  kube: Kube,
  clock: Clock,
  target: LeaseTarget,
  me: Claimant,
  begun: Extract<Standing, { renewedAt: Instant }>,
): Renewal {
  const asked = kube.within(PATIENCE_MS);
  const over = new AbortController();
  let standing = begun as Standing; // widened: it may be lost later
  let answeredAt = clock.now();
  let underWay: Promise<void> | undefined;

  const renew = (): Promise<void> => {
    underWay ??= (async () => {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const next = await renewOnce(asked, clock, target, me, standing);
        standing = next.standing;
        answeredAt = clock.now();
        if (next.isSure) return;
      }
    })().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };

  const renewing = (async () => {
    for (;;) {
      await clock.sleep(RENEW_MS, over.signal);
      if (over.signal.aborted || standing.kind === 'lost') return;
      // That the API is away is no news here: code that has to be sure asks it.
      await renew().catch(() => undefined);
    }
  })();

  return {
    standing: () => standing,
    answeredAt: () => answeredAt,
    renew,
    confirm: () => {
      if (standing.kind === 'regained') standing = { ...standing, kind: 'held' };
    },
    end: async () => {
      over.abort();
      await renewing;
      await underWay?.catch(() => undefined);
      return standing.kind === 'lost' ? undefined : standing.lease;
    },
  };
}

async function renewOnce(
  kube: Kube,
  clock: Clock,
  target: LeaseTarget,
  me: Claimant,
  standing: Standing,
): Promise<{ standing: Standing; isSure: boolean }> {
  if (standing.kind === 'lost') return { standing, isSure: true };
  const write = (previous: Lease | undefined, at: Instant) =>
    writeLease(kube, target, previous, { holder: holderText(me), durationMs: DURATION_MS, at });
  const began = clock.now();
  const renewed = await write(standing.lease, began);
  // No one has written it since this process did: had somebody taken it, that would be refused.
  if (renewed) {
    return { standing: { ...standing, lease: renewed, renewedAt: began }, isSure: true };
  }
  const found = await kube.get<Lease>(target);
  const claim = claimOf(found, me, clock.now());
  switch (claim.kind) {
    case 'mine':
      // A renewal whose answer got lost: with its version the next one is not refused.
      return { standing: { ...standing, lease: found ?? standing.lease }, isSure: false };
    case 'free': {
      const at = clock.now();
      const lease = await write(found, at);
      if (!lease) return { standing, isSure: false };
      return { standing: { kind: 'regained', lease, renewedAt: at }, isSure: true };
    }
    case 'same-release':
    case 'other-release':
    case 'to-watch':
      return { standing: { kind: 'lost', to: heldText(claim, clock.now()) }, isSure: true };
  }
}
