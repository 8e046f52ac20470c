/** How far a backfill is on its way through a table; it makes way for others, and tells. */
import type { Instant } from '../../../core/base/vocabulary.ts';
import type { Cursor } from '../../../core/migration/backfill/batch-sql.ts';
import { progressText, whyWait } from '../../../core/migration/backfill/steering.ts';
import type { BackfillFile } from '../../../core/migration/files/migrations.ts';
import type { Log } from '../../context/log.ts';
import { stopped } from '../stopped.ts';
import { pressureOf } from './look.ts';
import type { Running } from './running.ts';

const PRESSURE_MS = 1_000;
const TELL_MS = 10_000;

export interface Backfilling extends Running {
  readonly log: Log;
}

export interface Pass {
  cursor: Cursor;
  size: number;
  rowsSeen: number;
  rowsDone: number;
  seenNow: number;
  estimate: number;
  toldAt: Instant;
  began: Instant;
  waitToldAt: Instant | undefined;
}

/** Resolves once the next batch may begin. */
export async function makeWay(running: Backfilling, file: BackfillFile, pass: Pass): Promise<void> {
  const { session, clock, stop, limits, log } = running;
  for (;;) {
    if (stop.aborted) {
      throw stopped(
        143,
        `${file.file}: stopped after ${pass.rowsSeen} rows`,
        'the next run goes on from there',
      );
    }
    if (clock.now() >= limits.deadline) {
      throw stopped(
        75,
        `${file.file}: the deadline has passed after ${pass.rowsSeen} rows`,
        'the next run goes on from there',
      );
    }
    const reason = whyWait(file.backfill, await pressureOf(session, file.backfill));
    if (reason === undefined) return;
    if (pass.waitToldAt === undefined || clock.now() - pass.waitToldAt >= TELL_MS) {
      log.event({ event: 'schema-waits', file: file.file, 'waiting-for': reason });
      pass.waitToldAt = clock.now();
    }
    await clock.sleep(PRESSURE_MS, stop);
  }
}

export function tell(
  running: Backfilling,
  { file }: BackfillFile,
  pass: Pass,
  isOver = false,
): void {
  const now = running.clock.now();
  if (!isOver && now - pass.toldAt < TELL_MS) return;
  pass.toldAt = now;
  const elapsedMs = now - pass.began;
  const doing = isOver
    ? `all rows are filled: ${progressText({ ...pass, estimate: pass.rowsSeen, elapsedMs })}`
    : progressText({ ...pass, elapsedMs });
  running.log.event({ event: 'schema-change', file: file, doing });
}
