/**
 * Holds a service's release while something is done with it, and leaves the Lease as the release is
 * left: free where it has ended, kept for the next stage of the same run where it has not.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { unfinished } from '../core/release/journal.ts';
import type { ReleaseId } from '../core/vocabulary.ts';
import type { Driving } from './drive.ts';
import { openJournal } from './journal.ts';
import { takeLease } from './lease.ts';
import type { StepContext } from './step.ts';

export interface ReleaseSubject {
  readonly release: ReleaseId;
  readonly service: string;
  readonly namespace: string;
}

/** The next stage's pod has to be scheduled and started within this time. */
const HAND_OVER_MS = 10 * 60_000;
/** After a stage was stopped, perhaps nobody comes: the service is not kept for long. */
const STOPPED_HAND_OVER_MS = 60_000;

export async function holdRelease<T>(
  context: StepContext,
  { release, service, namespace }: ReleaseSubject,
  work: (driving: Driving) => Promise<T>,
): Promise<T> {
  const { kube, clock } = context;
  // A pod that is created again has its old name: only chance tells two processes apart.
  const process = `${hostname()}-${randomUUID().slice(0, 8)}`;
  const lease = await takeLease(kube, clock, namespace, service, { release, process });
  let journal: Driving['journal'] | undefined;
  try {
    journal = await openJournal(kube, namespace, service);
    return await work({ ...context, journal, lease });
  } finally {
    const left = journal && unfinished(journal.journal());
    const forMs = context.stop.aborted ? STOPPED_HAND_OVER_MS : HAND_OVER_MS;
    if (left?.plan.release === release) await lease.handOver(forMs);
    else await lease.release();
  }
}
