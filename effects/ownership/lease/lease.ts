/** Holds the Lease that says which process may drive a service's release, and notices when it is lost. */

import type { Instant, ReleaseId } from '../../../core/base/vocabulary.ts';
import {
  claimOf,
  handedOver,
  holderText,
  type Watched,
  watchLease,
} from '../../../core/journal/lease.ts';
import type { Lease } from '../../../core/kubernetes/objects.ts';
import { StageFailure } from '../../base/failure.ts';
import type { StageContext } from '../../context/stage-context.ts';
import { heldBy } from './lease-guard.ts';
import { type LeaseTarget, leaseTarget, writeLease } from './lease-object.ts';
import { DURATION_MS, type Renewal, startRenewal } from './lease-renewal.ts';

/** Which release of which service. */
export interface ReleaseSubject {
  readonly release: ReleaseId;
  readonly service: string;
  readonly namespace: string;
}

export interface HeldLease {
  /** Who held it before: no one, a process that gave it back, or one that is gone without a word. */
  readonly predecessor: Predecessor;
  /**
   * Resolves where it is sure that no one else drives; renews the Lease first where that is not so
   * sure. Throws with exit code 4 where somebody else has it, and a KubeError where the API cannot be
   * asked: no one else can take it then either. `unchanged` is asked where it had been taken away for
   * a while, in which anybody may have driven; it throws where somebody did.
   */
  ensureHeld(unchanged: () => Promise<void>): Promise<void>;
  /** When the API last answered a renewal. */
  answeredAt(): Instant;
  /** Keeps the service for this release while no process drives it: the next stage takes over. */
  handOver(forMs: number): Promise<void>;
  /** Gives the service free. */
  release(): Promise<void>;
}

type Predecessor = 'none' | 'handed-over' | 'gone';

/** What becomes of a process that finds another one of the same release at work. */
export type Rival = 'is-waited-for' | 'is-left-alone';

const LOOK_AGAIN_MS = 1_000;
/** What is not given back runs out by itself. */
const GIVE_BACK_MS = 30_000;

/**
 * Takes the Lease. Waits for another process of the same release, which is ending or was killed;
 * throws with exit code 4 where another release holds it. One that has run out by its own time is
 * watched for as long as it lasts: the clock that wrote it may be wrong, and so may this one.
 */
export async function takeLease(
  context: StageContext,
  { release, service, namespace }: ReleaseSubject,
  rival: Rival = 'is-waited-for',
): Promise<HeldLease> {
  const { kube, clock, stop, process } = context;
  const me = { release, process };
  const target = leaseTarget(namespace, service);
  let first: Watched | undefined;
  let watched: Watched | undefined;
  for (;;) {
    const found = await kube.get<Lease>(target);
    watched = watchLease(watched, found, clock.now());
    first ??= watched;
    const claim = claimOf(found, me, clock.now(), watched);
    const isRenewed = claim.kind === 'to-watch' && watched.version !== first.version;
    const isRival = claim.kind === 'same-release' && rival === 'is-left-alone';
    if (claim.kind === 'other-release' || isRenewed || (isRival && watched !== first)) {
      throw heldBy(claim, service, namespace, clock.now());
    }
    if (claim.kind === 'free' || claim.kind === 'mine') {
      const at = clock.now();
      const holding = { holder: holderText(me), durationMs: DURATION_MS, at };
      const lease = await writeLease(kube, target, found, holding);
      if (lease) {
        const taken = { kind: 'held', lease, renewedAt: at } as const;
        const renewal = startRenewal(kube, clock, target, me, taken);
        return held(context, release, target, renewal, predecessorOf(found));
      }
      await clock.sleep(0, stop);
    } else {
      await clock.sleep(LOOK_AGAIN_MS, stop);
    }
    if (stop.aborted) {
      throw new StageFailure(143, `stopped while waiting for the lease ${target.name}`);
    }
  }
}

function held(
  { kube, clock }: StageContext,
  release: ReleaseId,
  target: LeaseTarget,
  renewal: Renewal,
  predecessor: Predecessor,
): HeldLease {
  const brief = kube.within(GIVE_BACK_MS);
  return {
    predecessor,
    ensureHeld: async (unchanged) => {
      const before = renewal.standing();
      if (before.kind !== 'lost' && clock.now() - before.renewedAt >= DURATION_MS) {
        await renewal.renew();
      }
      const now = renewal.standing();
      if (now.kind === 'lost') {
        throw new StageFailure(
          4,
          `lost the lease ${target.name}, nothing more is done to the release: ${now.to}`,
        );
      }
      if (now.kind === 'held') return;
      await unchanged();
      renewal.confirm();
    },
    answeredAt: () => renewal.answeredAt(),
    handOver: async (forMs) => {
      const lease = await renewal.end();
      const holding = { holder: handedOver(release), durationMs: forMs, at: clock.now() };
      if (lease) await writeLease(brief, target, lease, holding);
    },
    release: async () => {
      const lease = await renewal.end();
      if (lease) await brief.remove(target, lease.metadata.uid ?? '');
    },
  };
}

function predecessorOf(lease: Lease | undefined): Predecessor {
  const holder = lease?.spec?.holderIdentity;
  if (!holder) return 'none';
  return holder.endsWith('/') ? 'handed-over' : 'gone';
}
