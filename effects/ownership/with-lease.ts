/**
 * Holds a service's release while something is done with it, and leaves the Lease as the release is
 * left: free where it has ended, kept for the next stage of the same run where it has not.
 */
import { unfinished } from '../../core/journal/journal.ts';
import { messageOf, StageFailure } from '../base/failure.ts';
import type { StageContext } from '../context/stage-context.ts';
import { fence } from './fence.ts';
import { type JournalKeeper, openJournal, peekJournal } from './journal/journal.ts';
import { type HeldLease, type ReleaseSubject, type Rival, takeLease } from './lease/lease.ts';
import type { OwnedRelease } from './owned-release.ts';

/** A release that waits longer for one write does not look meanwhile; what fails is written again. */
const SAVE_PATIENCE_MS = 5_000;
/** The next stage's pod has to be scheduled and started within this time. */
const HAND_OVER_MS = 10 * 60_000;
/** After a stage was stopped, or was the last, perhaps no one comes: the service is not kept for long. */
const SHORT_HAND_OVER_MS = 60_000;

/** Who goes on with what this leaves unfinished: a stage of the same run, or any process that comes. */
export type Handoff = 'next-stage' | 'anybody';

export async function withLease<T>(
  context: StageContext,
  subject: ReleaseSubject,
  work: (owned: OwnedRelease) => Promise<T>,
  heir: Handoff = 'next-stage',
  rival: Rival = 'is-waited-for',
): Promise<T> {
  const { kube, log, stop } = context;
  const { release, service, namespace } = subject;
  const lease = await takeLease(context, subject, rival);
  let journal: OwnedRelease['journal'] | undefined;
  try {
    journal = await openJournal(kube, namespace, service, keeperOf(lease, log));
    const found = unfinished(journal.journal());
    if (found && lease.predecessor === 'gone') await fence(kube, found.plan);
    return await work({ ...context, journal, lease });
  } finally {
    const left = journal && unfinished(journal.journal());
    const forMs = stop.aborted || heir === 'anybody' ? SHORT_HAND_OVER_MS : HAND_OVER_MS;
    await leave(context, left?.plan.release === release ? lease.handOver(forMs) : lease.release());
  }
}

function keeperOf(lease: HeldLease, log: StageContext['log']): JournalKeeper {
  const wasAway = async (): Promise<void> => {
    throw new StageFailure(4, 'the journal is spoilt, and the lease was away for a while');
  };
  return {
    patienceMs: SAVE_PATIENCE_MS,
    assertHeld: () => lease.ensureHeld(wasAway),
    restored: (why) =>
      log.event({ event: 'journal', journal: 'restored', reason: `it had been spoilt: ${why}` }),
  };
}

/**
 * Keeps a service for a release that its next stage begins, so that no one gets in between; false where
 * it is not wanted any more once it could be had.
 */
export async function reserveService(
  context: StageContext,
  subject: ReleaseSubject,
  isWanted: () => Promise<boolean>,
): Promise<boolean> {
  const { kube } = context;
  const lease: HeldLease = await takeLease(context, subject);
  let wanted = false;
  try {
    const found = unfinished(await peekJournal(kube, subject.namespace, subject.service));
    // Who takes it over next is told that it was given back: a process that is gone is shut out here.
    if (found && lease.predecessor === 'gone') await fence(kube, found.plan);
    wanted = await isWanted();
    return wanted;
  } finally {
    await leave(context, wanted ? lease.handOver(HAND_OVER_MS) : lease.release());
  }
}

/** What the stage has done counts, whether or not the Lease can still be given back. */
async function leave({ log }: StageContext, leaving: Promise<void>): Promise<void> {
  await leaving.catch((thrown: unknown) => {
    log.event({
      event: 'lease',
      lease: 'kept',
      until: 'it expires',
      reason: messageOf(thrown),
    });
  });
}
