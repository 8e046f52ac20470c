/**
 * A backfill: batch after batch, each with its place in one transaction. Between two, whatever a batch
 * would burden is looked at: replicas, long transactions, sessions at work, a flag.
 */
import { DatabaseError } from 'pg';
import { foreignText } from '../../../core/base/foreign-text.ts';
import {
  type Cursor,
  leftSql,
  updateSql,
  windowSql,
} from '../../../core/migration/backfill/batch-sql.ts';
import { firstSize, nextSize } from '../../../core/migration/backfill/steering.ts';
import type { Backfill } from '../../../core/migration/files/backfill-file.ts';
import type { BackfillFile } from '../../../core/migration/files/migrations.ts';
import type { MigrationRow } from '../../../core/migration/state/rows.ts';
import { backOffMs, blockersText } from '../../../core/migration/wait/blockers.ts';
import { stopped } from '../stopped.ts';
import { type Backfilling, makeWay, type Pass, tell } from './backfill-pass.ts';
import { hasLock } from './lock.ts';
import { estimateOf, keyFault } from './look.ts';
import type { Running } from './running.ts';
import { BLOCKED, QUERY_CANCELED } from './statement-ends.ts';
import { noteError, noteEvent } from './tables.ts';

/** A row that somebody holds is waited for this long, while the batch holds others up itself. */
const LOCK_TIMEOUT_MS = 250;
/** A batch that takes longer is not waited for: its size was wrong. */
const BATCH_TIMEOUT_MS = 10_000;
/** Rows that come behind the cursor are looked for so often; then somebody keeps writing them. */
const MOST_PASSES = 3;

/** @throws {Stopped} where rows are left. */
export async function runBackfill(
  running: Backfilling,
  file: BackfillFile,
  row: MigrationRow,
): Promise<void> {
  const { session, clock } = running;
  const { backfill } = file;
  const fault = await keyFault(session, backfill);
  if (fault !== undefined)
    throw stopped(14, `${file.file}: ${fault}`, 'put it right, and run it again');
  const now = clock.now();
  const pass: Pass = {
    cursor: row.cursor,
    size: firstSize(backfill),
    rowsSeen: row.rowsSeen,
    rowsDone: row.rowsDone,
    seenNow: 0,
    estimate: await estimateOf(session, backfill),
    toldAt: now,
    began: now,
    waitToldAt: undefined,
  };
  for (let passes = 1; ; passes += 1) {
    while (await oneBatch(running, file, row, pass)) tell(running, file, pass);
    if (!(await isAnyLeft(running, backfill))) break;
    if (passes === MOST_PASSES) throw await rowsLeft(running, file, row);
    await startOver(running, row, pass);
  }
  await finish(running, row);
  tell(running, file, pass, true);
}

async function finish({ session, run }: Running, { id, phase }: MigrationRow): Promise<void> {
  await session.query('BEGIN');
  await session.query(
    `UPDATE zero_downtime.migration SET status = 'done', error = NULL, finished_at = clock_timestamp()
      WHERE id = $1 AND phase = $2`,
    [id, phase],
  );
  await noteEvent(session, { run, what: 'filled', id, phase });
  await session.query('COMMIT');
}

/** False: the table has come to its end. Waits until it may go on. */
async function oneBatch(
  running: Backfilling,
  file: BackfillFile,
  row: MigrationRow,
  pass: Pass,
): Promise<boolean> {
  const { session, watcher, clock } = running;
  for (let tries = 0; ; tries += 1) {
    await makeWay(running, file, pass);
    const size = pass.size;
    const { result, blockers } = await watcher.during(session.pid, file.file, () =>
      batch(running, file.backfill, row, pass, size),
    );
    if (result.status === 'fulfilled') {
      const { seen, done, last, heldMs } = result.value;
      pass.size = nextSize(file.backfill, size, heldMs);
      pass.cursor = last ?? pass.cursor;
      pass.rowsSeen += seen;
      pass.seenNow += seen;
      pass.rowsDone += done;
      return seen === size;
    }
    if (!(result.reason instanceof DatabaseError)) throw result.reason;
    await session.query('ROLLBACK');
    if (!(BLOCKED.has(result.reason.code) || result.reason.code === QUERY_CANCELED)) {
      throw await failed(running, file, row, result.reason);
    }
    pass.size = Math.max(1, Math.floor(size / 2));
    const waitMs = backOffMs(tries);
    if (clock.now() + waitMs >= running.limits.deadline) {
      const who = blockersText(blockers);
      throw stopped(
        75,
        `${file.file}: a batch found no way: ${who}`,
        'what is filled stays filled; run it again',
      );
    }
    await clock.sleep(waitMs, running.stop);
  }
}

interface Batch {
  readonly seen: number;
  readonly done: number;
  readonly last: Cursor;
  /** For how long its rows were locked, without the way of the questions to the server and back. */
  readonly heldMs: number;
}

/** Of a batch, while its rows are locked: the update, the cursor, the commit. */
const QUESTIONS_WHILE_HELD = 3;

async function batch(
  { session, limits, clock }: Running,
  backfill: Backfill,
  { id, phase }: MigrationRow,
  { cursor }: Pass,
  size: number,
): Promise<Batch> {
  const began = clock.now();
  await session.query('BEGIN');
  const wayMs = clock.now() - began;
  await session.query(
    `SELECT set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true)`,
    [`${Math.min(LOCK_TIMEOUT_MS, limits.lockTimeoutMs)}ms`, `${BATCH_TIMEOUT_MS}ms`],
  );
  await assertOurs(session, id, cursor);
  const window = windowSql(backfill, cursor, size);
  const { rows } = await session.query<{ last: string[]; seen: string }>(
    window.text,
    window.values,
  );
  const [end] = rows;
  if (!end) {
    await session.query('COMMIT');
    return { seen: 0, done: 0, last: undefined, heldMs: 0 };
  }
  const held = clock.now();
  const update = updateSql(backfill, cursor, end.last);
  const { rowCount } = await session.query(update.text, update.values);
  await session.query(
    `UPDATE zero_downtime.migration SET cursor = $3, rows_seen = rows_seen + $4, rows_done = rows_done + $5,
       error = NULL WHERE id = $1 AND phase = $2`,
    [id, phase, end.last, Number(end.seen), rowCount],
  );
  await session.query('COMMIT');
  const heldMs = clock.now() - held - QUESTIONS_WHILE_HELD * wayMs;
  return { seen: Number(end.seen), done: rowCount, last: end.last, heldMs };
}

async function assertOurs(session: Running['session'], id: string, cursor: Cursor): Promise<void> {
  const { rows } = await session.query<{ cursor: string[] | null }>(
    `SELECT cursor FROM zero_downtime.migration WHERE id = $1 AND phase = 'backfill' FOR UPDATE`,
    [id],
  );
  const isSame = JSON.stringify(rows[0]?.cursor ?? undefined) === JSON.stringify(cursor);
  if (isSame && (await hasLock(session))) return;
  throw stopped(75, `${id}: another runner is at the backfill`, 'run it again');
}

async function isAnyLeft({ session }: Running, backfill: Backfill): Promise<boolean> {
  const { text } = leftSql(backfill);
  const { rows } = await session.query<{ left: boolean }>(text);
  return rows[0]?.left === true;
}

async function startOver({ session, run }: Running, row: MigrationRow, pass: Pass): Promise<void> {
  const { id, phase } = row;
  await session.query('BEGIN');
  await session.query(
    'UPDATE zero_downtime.migration SET cursor = NULL, rows_seen = 0 WHERE id = $1 AND phase = $2',
    [id, phase],
  );
  await noteEvent(session, {
    run,
    what: 'pass',
    id,
    phase,
    detail: 'rows are left behind the cursor',
  });
  await session.query('COMMIT');
  pass.cursor = undefined;
  pass.rowsSeen = 0;
}

async function rowsLeft(
  running: Running,
  { file }: BackfillFile,
  row: MigrationRow,
): Promise<Error> {
  const message = `${file}: rows are left after ${MOST_PASSES} passes: somebody keeps writing them unfilled`;
  await noteError(running.session, row, message);
  return stopped(
    11,
    message,
    'a trigger that fills what the old version writes ends that (syncTrigger)',
  );
}

async function failed(
  { session, run }: Running,
  { file }: BackfillFile,
  row: MigrationRow,
  { message, code }: DatabaseError,
): Promise<Error> {
  const told = foreignText(`${message} (${code})`, 200);
  await noteError(session, row, told);
  await noteEvent(session, { run, what: 'failed', id: row.id, phase: row.phase, detail: told });
  return stopped(
    14,
    `${file}: ${told}`,
    'put the file right, say so with repair --reason, and run it again',
  );
}
