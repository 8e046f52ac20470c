/** What a command has in its hands, and how it takes the lock of the runners. */
import type { MigrationSettings } from '../../../core/migration/engine.ts';
import type { Migration } from '../../../core/migration/files/migrations.ts';
import type { SqlParser } from '../../../core/migration/lint/parser.ts';
import { driftOf } from '../../../core/migration/state/drift.ts';
import type { DatabaseState } from '../../../core/migration/state/rows.ts';
import { blockersText } from '../../../core/migration/wait/blockers.ts';
import type { Log } from '../../context/log.ts';
import type { Credentials } from '../credentials.ts';
import { lockHolder, tryLock, unlock } from '../postgres/lock.ts';
import type { Running } from '../postgres/running.ts';
import { prepareTables, readState } from '../postgres/tables.ts';
import { Stopped, stopped } from '../stopped.ts';

export interface Job extends Running {
  readonly settings: MigrationSettings;
  readonly log: Log;
  readonly credentials: Credentials;
  readonly parser: SqlParser;
  /** Of the folder, oldest first; empty where none was given. */
  readonly migrations: readonly Migration[];
}

const ASK_AGAIN_MS = 250;
const TELL_AGAIN_MS = 10_000;

/**
 * With the lock, the tables and the state as they are then; no drift, unless it is what is repaired. Until
 * `check` has passed, nothing is written.
 */
export async function withLock<T>(
  job: Job,
  drift: 'refused' | 'allowed',
  work: (state: DatabaseState) => Promise<T>,
  check: (state: DatabaseState) => void = () => undefined,
): Promise<T> {
  await takeLock(job, job.settings.lockWaitMs);
  try {
    const state = await readState(job.session);
    const found = driftOf(job.migrations, state);
    if (found.length > 0 && drift === 'refused') throw new Stopped(13, ...found);
    check(state);
    await prepareTables(job.session);
    return await work(state);
  } finally {
    // Where the session is gone the lock is, too.
    await unlock(job.session).catch(() => undefined);
  }
}

/** @throws {Stopped} where another runner has it for longer, or it is to stop. */
export async function takeLock(
  { session, clock, stop, log }: Pick<Job, 'session' | 'clock' | 'stop' | 'log'>,
  lockWaitMs: number,
): Promise<void> {
  const until = clock.now() + lockWaitMs;
  let told: number | undefined;
  while (!(await tryLock(session))) {
    const now = clock.now();
    const who = blockersText(await lockHolder(session));
    if (stop.aborted) throw stopped(143, `stopped while it waited for the lock, held by ${who}`);
    if (now >= until) {
      throw stopped(12, `another runner is at this database: ${who}`, 'wait until it has ended');
    }
    if (told === undefined || now - told >= TELL_AGAIN_MS) {
      log.event({
        event: 'schema-waits',
        'waiting-for': `the lock of the runners, held by ${who}`,
      });
      told = now;
    }
    await clock.sleep(ASK_AGAIN_MS, stop);
  }
}

/** @throws {BadInput} where a command needs files and was given none. */
export function needsFiles({ migrations }: Job): void {
  if (migrations.length === 0) {
    throw stopped(2, 'no folder with migrations was given', 'give --migrations-dir');
  }
}
