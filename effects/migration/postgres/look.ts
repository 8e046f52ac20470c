/** What the catalog and the statistics of PostgreSQL say: pressure, left-overs, sessions, sizes. */

import { tableOf } from '../../../core/migration/backfill/batch-sql.ts';
import type { Pressure } from '../../../core/migration/backfill/steering.ts';
import type { Backfill } from '../../../core/migration/files/backfill-file.ts';
import { isNamed } from '../../../core/migration/wait/blockers.ts';
import type { Session } from './session.ts';

/** Asked before every batch: one query. */
export async function pressureOf(session: Session, { pauseFlag }: Backfill): Promise<Pressure> {
  const { rows } = await session.query<{
    lag: string | null;
    oldest: number;
    active: number;
    paused: boolean;
  }>(
    `SELECT (SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn))::text FROM pg_stat_replication) AS lag,
       coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)) FILTER (WHERE backend_type = 'client backend'), 0)::int AS oldest,
       (count(*) FILTER (WHERE state = 'active' AND backend_type = 'client backend'))::int AS active,
       EXISTS (SELECT 1 FROM zero_downtime.meta WHERE key = 'pause/' || $1) AS paused
     FROM pg_stat_activity WHERE datname = current_database() AND application_name NOT LIKE 'zero-downtime %'`,
    [pauseFlag ?? ''],
  );
  const [row] = rows;
  return {
    lagBytes: row?.lag == null ? undefined : Number(row.lag),
    oldestTxSeconds: row?.oldest ?? 0,
    active: row?.active ?? 0,
    isPaused: row?.paused ?? false,
  };
}

/** How many rows a table has, as the server estimates it; 0: it does not know. */
export async function estimateOf(session: Session, backfill: Backfill): Promise<number> {
  const { rows } = await session.query<{ rows: string }>(
    `SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint::text AS rows FROM pg_class c
      WHERE c.oid = to_regclass($1) OR c.oid IN (SELECT relid FROM pg_partition_tree(to_regclass($1)) WHERE isleaf)`,
    [tableOf(backfill)],
  );
  return Number(rows[0]?.rows ?? 0);
}

/** Why a backfill cannot walk along its key; undefined: it can. */
export async function keyFault(session: Session, backfill: Backfill): Promise<string | undefined> {
  const table = tableOf(backfill);
  const { rows } = await session.query<{
    there: boolean;
    keys: string[][] | null;
    columns: string[] | null;
  }>(
    `SELECT to_regclass($1) IS NOT NULL AS there,
       (SELECT array_agg(a.attname::text) FROM pg_attribute a
         WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
       (SELECT json_agg((SELECT json_agg(a.attname ORDER BY k.place)
                           FROM unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
                           JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND a.attnotnull
                          WHERE k.place <= i.indnkeyatts))
          FROM pg_index i WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indisvalid
           AND i.indpred IS NULL AND i.indexprs IS NULL) AS keys`,
    [table],
  );
  const [row] = rows;
  if (!row?.there) return `there is no table ${table}`;
  const columns = row.columns ?? [];
  const missing = [...backfill.key, ...backfill.set.map(([column]) => column)].find(
    (column) => !columns.includes(column),
  );
  if (missing !== undefined) return `${table} has no column ${missing}`;
  const wanted = JSON.stringify(backfill.key);
  const isKey = (row.keys ?? []).some((key) => JSON.stringify(key) === wanted);
  return isKey
    ? undefined
    : `key (${backfill.key.join(', ')}) is no unique index of columns that are NOT NULL`;
}

/** Undefined: there is none, or it does not fire. */
export async function isTriggerThere(session: Session, backfill: Backfill): Promise<boolean> {
  const { rows } = await session.query(
    `SELECT 1 FROM pg_trigger WHERE tgrelid = to_regclass($1) AND tgname = $2 AND tgenabled IN ('O', 'A')`,
    [tableOf(backfill), backfill.syncTrigger],
  );
  return rows.length > 0;
}

/** Those of the given names that are not valid. */
export async function invalidIndexes(
  session: Session,
  names: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await session.query<{ name: string }>(
    `SELECT name FROM unnest($1::text[]) AS name JOIN pg_index i ON i.indexrelid = to_regclass(name)
      WHERE NOT (i.indisvalid AND i.indisready)`,
    [names],
  );
  return rows.map(({ name }) => name);
}

export async function allInvalidIndexes(session: Session): Promise<readonly string[]> {
  const { rows } = await session.query<{ name: string }>(
    'SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid ORDER BY 1',
  );
  return rows.map(({ name }) => name);
}

/** Those of the given names that hold for new rows only. */
export async function unvalidated(
  session: Session,
  names: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await session.query<{ name: string }>(
    `SELECT conrelid::regclass::text || '.' || conname AS name FROM pg_constraint
      WHERE NOT convalidated AND conname = ANY ($1) ORDER BY 1`,
    [names],
  );
  return rows.map(({ name }) => name);
}

/** Names of the sessions of others that are meant, each once, with how many they are. */
export async function sessionsNamed(
  session: Session,
  patterns: readonly string[],
): Promise<readonly string[]> {
  if (patterns.length === 0) return [];
  const { rows } = await session.query<{ name: string; count: number }>(
    `SELECT application_name AS name, count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() GROUP BY 1 ORDER BY 1`,
  );
  return rows
    .filter(({ name }) => isNamed(name, patterns))
    .map(({ name, count }) => `${name} (${count})`);
}
