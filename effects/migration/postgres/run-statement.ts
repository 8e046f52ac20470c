/**
 * Runs a statement once, whatever happens: what can be run in a transaction is, together with the note
 * that it is done. What cannot is announced first, so that the next runner knows that what it finds may
 * be left of ours.
 */
import { DatabaseError } from 'pg';
import type { Statement } from '../../../core/migration/files/statement.ts';
import { type Blocker, backOffMs } from '../../../core/migration/wait/blockers.ts';
import { stopped } from '../stopped.ts';
import { clearLeftOver } from './left-over.ts';
import { hasLock } from './lock.ts';
import type { Place, Running } from './running.ts';
import type { Session } from './session.ts';
import { BLOCKED, blockedFor, failure, QUERY_CANCELED } from './statement-ends.ts';
import { noteEvent } from './tables.ts';

/** @throws {Stopped} where it is not done. */
export async function runStatement(
  running: Running,
  place: Place,
  statement: Statement,
): Promise<void> {
  const attempt = statement.how.kind === 'transaction' ? inTransaction : alone;
  let seen: readonly Blocker[] = [];
  for (let tries = 0; ; tries += 1) {
    assertMayGoOn(running, place);
    const blockers = await attempt(running, place, statement);
    if (blockers === 'done') return;
    // An attempt may be over before anybody has looked.
    if (blockers.length > 0) seen = blockers;
    const waitMs = backOffMs(tries);
    if (running.clock.now() + waitMs >= running.limits.deadline) {
      throw blockedFor(place, statement, seen);
    }
    await running.clock.sleep(waitMs, running.stop);
  }
}

function assertMayGoOn({ clock, stop, limits }: Running, { file, index }: Place): void {
  const next = `${file}, before statement ${index + 1}`;
  if (stop.aborted) throw stopped(143, `stopped at ${next}`, 'the next run goes on from there');
  if (clock.now() >= limits.deadline) {
    throw stopped(75, `the deadline has passed at ${next}`, 'the next run goes on from there');
  }
}

async function inTransaction(
  running: Running,
  place: Place,
  statement: Statement,
): Promise<'done' | readonly Blocker[]> {
  const { session, watcher, limits } = running;
  const { result, blockers } = await watcher.during(session.pid, place.file, async () => {
    await session.query('BEGIN');
    await session.query(
      `SELECT set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true)`,
      [`${limits.lockTimeoutMs}ms`, `${limits.statementTimeoutMs}ms`],
    );
    await assertOurs(session, place);
    await session.query(statement.sql);
    await noteDone(running, place);
    await session.query('COMMIT');
  });
  if (result.status === 'fulfilled') return 'done';
  if (result.reason instanceof DatabaseError) {
    await session.query('ROLLBACK');
    if (BLOCKED.has(result.reason.code)) return blockers;
  }
  throw await failure(running, place, statement, result.reason, limits.statementTimeoutMs);
}

/** Bounded by the deadline of the command alone: a lock_timeout would end it at any long transaction. */
async function alone(
  running: Running,
  place: Place,
  statement: Statement,
): Promise<'done' | readonly Blocker[]> {
  const { session, watcher, clock, limits } = running;
  await assertOurs(session, place);
  const isTried = await announce(session, place);
  const leftMs = Math.max(1, limits.deadline - clock.now());
  const { result, blockers } = await watcher.during(session.pid, place.file, async () => {
    await timeouts(session, '0', `${leftMs}ms`);
    if ((await clearLeftOver(session, statement.how, isTried)) === 'clear') {
      await session.query(statement.sql);
    }
  });
  const gone = result.status === 'rejected' && !(result.reason instanceof DatabaseError);
  if (!gone) await timeouts(session, '0', '0');
  if (result.status === 'fulfilled') {
    await noteAlone(running, place);
    return 'done';
  }
  const isClear = gone || (await clearAfter(running, statement));
  const code = result.reason instanceof DatabaseError ? result.reason.code : undefined;
  if (BLOCKED.has(code)) return blockers;
  if (code === QUERY_CANCELED && !running.stop.aborted) {
    throw blockedFor(place, statement, blockers, isClear);
  }
  throw await failure(running, place, statement, result.reason, leftMs);
}

/** An invalid index costs every write, so it does not stay longer than it must. False: it is left. */
async function clearAfter({ session, limits }: Running, { how }: Statement): Promise<boolean> {
  await timeouts(session, `${limits.lockTimeoutMs}ms`, `${limits.statementTimeoutMs}ms`);
  try {
    await clearLeftOver(session, how, true, 'DROP INDEX');
    return true;
  } catch (thrown) {
    if (!(thrown instanceof DatabaseError)) throw thrown;
    return false;
  } finally {
    await timeouts(session, '0', '0');
  }
}

async function timeouts(session: Session, lock: string, statement: string): Promise<void> {
  await session.query(
    `SELECT set_config('lock_timeout', $1, false), set_config('statement_timeout', $2, false)`,
    [lock, statement],
  );
}

/** Whether it had been announced before: what is found may then be ours. */
async function announce(session: Session, { id, phase, index }: Place): Promise<boolean> {
  const { rows } = await session.query<{ tried: boolean }>(
    'SELECT coalesce(trying = $3, false) AS tried FROM zero_downtime.migration WHERE id = $1 AND phase = $2',
    [id, phase, index],
  );
  if (rows[0]?.tried) return true;
  await session.query(
    'UPDATE zero_downtime.migration SET trying = $3 WHERE id = $1 AND phase = $2',
    [id, phase, index],
  );
  return false;
}

async function noteAlone(running: Running, place: Place): Promise<void> {
  const { session } = running;
  await session.query('BEGIN');
  await assertOurs(session, place);
  await noteDone(running, place);
  await session.query('COMMIT');
}

async function noteDone({ session, run }: Running, place: Place): Promise<void> {
  const { id, phase, index, then, file } = place;
  await session.query(
    `UPDATE zero_downtime.migration SET next_stmt = $3, trying = NULL, error = NULL,
       status = coalesce($4, status),
       finished_at = CASE WHEN $4::text IS NOT NULL THEN clock_timestamp() END
     WHERE id = $1 AND phase = $2`,
    [id, phase, index + 1, then ?? null],
  );
  await noteEvent(session, { run, what: 'statement', id, phase, detail: `${file} ${index + 1}` });
}

/** Whatever we think, the database says whose turn it is. */
async function assertOurs(session: Session, { id, phase, index, file }: Place): Promise<void> {
  if (!(await hasLock(session))) {
    throw stopped(
      14,
      'this session has not the lock that it has taken: a pooler gives sessions to several at once',
      'connect to the server itself, or to a pooler in session mode',
    );
  }
  const { rows } = await session.query<{ next: number }>(
    'SELECT next_stmt AS next FROM zero_downtime.migration WHERE id = $1 AND phase = $2 FOR UPDATE',
    [id, phase],
  );
  if (rows[0]?.next !== index) {
    throw stopped(75, `${file}: another runner is at it`, 'run it again');
  }
}
