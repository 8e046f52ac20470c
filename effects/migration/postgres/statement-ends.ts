/** How a statement ends that is not done, in words for the person who has to do something about it. */
import { DatabaseError } from 'pg';
import { formatDuration } from '../../../core/base/duration.ts';
import { foreignText } from '../../../core/base/foreign-text.ts';
import type { Statement } from '../../../core/migration/files/statement.ts';
import { type Blocker, blockersText } from '../../../core/migration/wait/blockers.ts';
import { stopped } from '../stopped.ts';
import type { Place, Running } from './running.ts';
import { noteError, noteEvent } from './tables.ts';

/** A lock that was not to be had, a deadlock, a change that came between: later it may be done. */
export const BLOCKED: ReadonlySet<string | undefined> = new Set(['55P03', '40P01', '40001']);
/** By a timeout, or by somebody. */
export const QUERY_CANCELED = '57014';

export function blockedFor(
  { file, index }: Place,
  { line }: Statement,
  blockers: readonly Blocker[],
  isClear = true,
): Error {
  const left = isClear
    ? 'nothing is left over'
    : 'an index that is not valid is left, which the next run clears first';
  return stopped(
    75,
    `${file} line ${line}: statement ${index + 1} found no way within the deadline; it was kept waiting by ${blockersText(blockers)}`,
    `end that session, or wait until it is gone, and run it again: ${left}`,
  );
}

export async function failure(
  { session, stop, run }: Running,
  { id, phase, file, index }: Place,
  { line }: Statement,
  thrown: unknown,
  timeoutMs: number,
): Promise<unknown> {
  if (!(thrown instanceof DatabaseError)) return thrown;
  const where = `${file} line ${line}`;
  if (thrown.code === QUERY_CANCELED && stop.aborted) {
    return stopped(143, `stopped in ${where}; the statement was cancelled`, 'run it again');
  }
  const message = foreignText(`${thrown.message} (${thrown.code})`, 200);
  const isSlow = thrown.code === QUERY_CANCELED && /statement timeout/.test(thrown.message);
  const told = isSlow
    ? `took longer than ${formatDuration(timeoutMs)} and was rolled back`
    : message;
  await noteError(session, { id, phase }, told);
  await noteEvent(session, { run, what: 'failed', id, phase, detail: `${index + 1}: ${told}` });
  return isSlow
    ? stopped(
        14,
        `${where}: ${told}`,
        'it holds others up for as long: make it smaller, or raise --statement-timeout',
      )
    : stopped(
        14,
        `${where}: ${told}`,
        'put the file right, say so with repair --reason, and run it again',
      );
}
