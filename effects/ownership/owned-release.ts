/** A release that this stage holds: its context, its journal and its Lease. */
import type { StageContext } from '../context/stage-context.ts';
import type { JournalFile } from './journal/journal.ts';
import type { HeldLease } from './lease/lease.ts';

export interface OwnedRelease extends StageContext {
  readonly journal: JournalFile;
  readonly lease: HeldLease;
}
