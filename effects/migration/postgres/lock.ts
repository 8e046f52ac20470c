/**
 * The lock of the runners: an advisory lock of our session, one for each database. It needs no table that
 * a runner which was killed could leave in it; it goes with the session. It is asked for again and again
 * instead of waited for: a session that waits for a lock holds a snapshot, and CREATE INDEX CONCURRENTLY of
 * the one that has the lock waits for that snapshot, so both would wait for each other (40P01).
 */
import type { Blocker } from '../../../core/migration/wait/blockers.ts';
import type { Session } from './session.ts';

/** "ZD", and the first of what may be locked. */
const KEY = [0x5a44, 1] as const;

export async function tryLock(session: Session): Promise<boolean> {
  const { rows } = await session.query<{ taken: boolean }>(
    'SELECT pg_try_advisory_lock($1, $2) AS taken',
    KEY,
  );
  return rows[0]?.taken === true;
}

export async function unlock(session: Session): Promise<void> {
  await session.query('SELECT pg_advisory_unlock($1, $2)', KEY);
}

/** Whether our session still has it: behind a pooler that shares sessions it would be another's. */
export async function hasLock(session: Session): Promise<boolean> {
  const { rows } = await session.query(
    `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND objid = $2 AND granted
       AND pid = pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    KEY,
  );
  return rows.length > 0;
}

/** Who has it now. */
export async function lockHolder(session: Session): Promise<readonly Blocker[]> {
  const { rows } = await session.query<Blocker>(
    `SELECT ${BLOCKER} FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.classid = $1 AND l.objid = $2 AND l.granted
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    KEY,
  );
  return rows;
}

/** Who keeps the session with that pid waiting, whatever kind of lock it is. */
export async function blockersOf(session: Session, pid: number): Promise<readonly Blocker[]> {
  const { rows } = await session.query<Blocker>(
    `SELECT ${BLOCKER} FROM pg_stat_activity a WHERE a.pid = ANY (pg_blocking_pids($1)) ORDER BY a.xact_start`,
    [pid],
  );
  return rows;
}

const BLOCKER = `a.pid, coalesce(a.application_name, '') AS application, coalesce(a.state, '') AS state,
  coalesce(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.state_change, a.backend_start)), 0)::int AS "ageSeconds",
  CASE WHEN a.query = '<insufficient privilege>' THEN '' ELSE coalesce(a.query, '') END AS query`;
