/**
 * The tables of the schema `zero_downtime`: what was done, how far it is, what is kept for the way back.
 * They are made by the first runner, under the lock.
 */
import { DatabaseError } from 'pg';
import { instant } from '../../../core/base/vocabulary.ts';
import type { Backup, MigrationPhase } from '../../../core/migration/engine.ts';
import type {
  DatabaseState,
  MigrationRow,
  ReleaseRow,
  RowStatus,
} from '../../../core/migration/state/rows.ts';
import { DatabaseTrouble, type Session } from './session.ts';

const SCHEMA_VERSION = '1';

const CREATE = [
  'CREATE SCHEMA IF NOT EXISTS zero_downtime',
  `CREATE TABLE IF NOT EXISTS zero_downtime.migration (
    id text NOT NULL, phase text NOT NULL, slug text NOT NULL, checksum text NOT NULL,
    status text NOT NULL, next_stmt int NOT NULL DEFAULT 0, trying int,
    up_sql text NOT NULL, down_sql text,
    cursor text[], rows_done bigint NOT NULL DEFAULT 0, rows_seen bigint NOT NULL DEFAULT 0,
    run_id text NOT NULL, release text NOT NULL DEFAULT '', error text,
    started_at timestamptz NOT NULL DEFAULT now(), finished_at timestamptz,
    PRIMARY KEY (id, phase))`,
  `CREATE TABLE IF NOT EXISTS zero_downtime.release (
    id text PRIMARY KEY, image_digest text NOT NULL, requires_schema text NOT NULL,
    state text NOT NULL, serving_since timestamptz)`,
  `CREATE TABLE IF NOT EXISTS zero_downtime.meta (
    key text PRIMARY KEY, value text NOT NULL, why text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT now())`,
  `CREATE TABLE IF NOT EXISTS zero_downtime.event (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(),
    run_id text NOT NULL, what text NOT NULL, id text, phase text, detail text NOT NULL DEFAULT '')`,
  `INSERT INTO zero_downtime.meta (key, value) VALUES ('tables', '${SCHEMA_VERSION}') ON CONFLICT DO NOTHING`,
];

export async function prepareTables(session: Session): Promise<void> {
  if (await areThere(session)) return;
  try {
    await session.query('BEGIN');
    for (const sql of CREATE) await session.query(sql);
    await session.query('COMMIT');
  } catch (thrown) {
    if (!(thrown instanceof DatabaseError)) throw thrown;
    await session.query('ROLLBACK');
    if (thrown.code !== '42501') throw thrown;
    throw new DatabaseTrouble(
      'input',
      'this account may not create the schema zero_downtime, in which is kept what was done',
      'GRANT CREATE ON DATABASE … TO it, or CREATE SCHEMA zero_downtime AUTHORIZATION …',
    );
  }
}

async function areThere(session: Session): Promise<boolean> {
  const { rows } = await session.query<{ there: boolean; usable: boolean }>(
    `SELECT to_regclass('zero_downtime.event') IS NOT NULL AS there,
       coalesce(has_schema_privilege(to_regnamespace('zero_downtime')::oid, 'USAGE'), true) AS usable`,
  );
  if (rows[0]?.usable === false) {
    throw new DatabaseTrouble(
      'input',
      'this account may not use the schema zero_downtime: another one has made it',
      'use the account that has, or make this one its owner',
    );
  }
  return rows[0]?.there === true;
}

interface RawRow {
  readonly id: string;
  readonly phase: MigrationPhase;
  readonly slug: string;
  readonly checksum: string;
  readonly status: RowStatus;
  readonly next_stmt: number;
  readonly up_sql: string;
  readonly down_sql: string | null;
  readonly cursor: string[] | null;
  readonly rows_done: string;
  readonly rows_seen: string;
  readonly run_id: string;
  readonly release: string;
  readonly error: string | null;
  readonly started: string;
}

/** Of a database that has no such tables yet, nothing. */
export async function readState(session: Session): Promise<DatabaseState> {
  if (!(await areThere(session))) return { rows: [], releases: [], floor: undefined };
  const rows = await session.query<RawRow>(
    `SELECT *, floor(extract(epoch FROM started_at) * 1000)::text AS started
       FROM zero_downtime.migration ORDER BY id, started_at`,
  );
  const releases = await session.query<{
    id: string;
    image_digest: string;
    requires_schema: string;
    state: ReleaseRow['state'];
    since: string | null;
  }>(
    `SELECT *, floor(extract(epoch FROM serving_since) * 1000)::text AS since FROM zero_downtime.release ORDER BY id`,
  );
  const floor = await session.query<{ value: string; why: string }>(
    `SELECT value, why FROM zero_downtime.meta WHERE key = 'compat_floor'`,
  );
  const [raised] = floor.rows;
  return {
    rows: rows.rows.map(rowFrom),
    releases: releases.rows.map(({ since, ...each }) => ({
      id: each.id,
      imageDigest: each.image_digest,
      requiresSchema: each.requires_schema,
      state: each.state,
      servingSince: since === null ? undefined : instant(Number(since)),
    })),
    floor: raised && { id: raised.value, raisedBy: raised.why },
  };
}

function rowFrom(raw: RawRow): MigrationRow {
  const { id, phase, slug, checksum, status, release } = raw;
  return {
    id,
    phase,
    slug,
    checksum,
    status,
    release,
    nextStatement: raw.next_stmt,
    upSql: raw.up_sql,
    downSql: raw.down_sql ?? undefined,
    cursor: raw.cursor ?? undefined,
    rowsDone: Number(raw.rows_done),
    rowsSeen: Number(raw.rows_seen),
    run: raw.run_id,
    error: raw.error ?? undefined,
    startedAt: instant(Number(raw.started)),
  };
}

export interface Begun {
  readonly id: string;
  readonly phase: MigrationPhase;
  readonly slug: string;
  readonly checksum: string;
  readonly upSql: string;
  readonly downSql: string | undefined;
  readonly run: string;
  readonly release: string;
}

/** As if it had never been, where it was undone; else it is gone on with. */
export async function beginPhase(session: Session, begun: Begun): Promise<void> {
  const { id, phase, slug, checksum, upSql, downSql, run, release } = begun;
  await session.query(
    `WITH begun AS (
       INSERT INTO zero_downtime.migration (id, phase, slug, checksum, status, up_sql, down_sql, run_id, release)
       VALUES ($1, $2, $3, $4, 'doing', $5, $6, $7, $8)
       ON CONFLICT (id, phase) DO UPDATE SET slug = $3, checksum = $4, status = 'doing', next_stmt = 0,
         trying = NULL, up_sql = $5, down_sql = $6, cursor = NULL, rows_done = 0, rows_seen = 0, run_id = $7,
         release = $8, error = NULL, started_at = now(), finished_at = NULL
       WHERE migration.status = 'undone'
       RETURNING id)
     INSERT INTO zero_downtime.event (run_id, what, id, phase) SELECT $7, 'begun', $1, $2 FROM begun`,
    [id, phase, slug, checksum, upSql, downSql ?? null, run, release],
  );
}

export async function setStatus(
  session: Session,
  { id, phase }: Pick<MigrationRow, 'id' | 'phase'>,
  status: RowStatus,
): Promise<void> {
  await session.query(
    `UPDATE zero_downtime.migration SET status = $3, next_stmt = 0, trying = NULL, error = NULL,
       finished_at = CASE WHEN $3 IN ('done', 'undone') THEN clock_timestamp() END
     WHERE id = $1 AND phase = $2`,
    [id, phase, status],
  );
}

export async function noteError(
  session: Session,
  { id, phase }: Pick<MigrationRow, 'id' | 'phase'>,
  error: string,
): Promise<void> {
  await session.query(
    'UPDATE zero_downtime.migration SET error = $3 WHERE id = $1 AND phase = $2',
    [id, phase, error],
  );
}

export async function noteEvent(
  session: Session,
  event: {
    readonly run: string;
    readonly what: string;
    readonly id?: string;
    readonly phase?: MigrationPhase;
    readonly detail?: string;
  },
): Promise<void> {
  const { run, what, id, phase, detail } = event;
  await session.query(
    'INSERT INTO zero_downtime.event (run_id, what, id, phase, detail) VALUES ($1, $2, $3, $4, $5)',
    [run, what, id ?? null, phase ?? null, detail ?? ''],
  );
}

export async function setMeta(
  session: Session,
  key: string,
  value: string,
  why: string,
): Promise<void> {
  await session.query(
    `INSERT INTO zero_downtime.meta (key, value, why) VALUES ($1, $2, $3)
     ON CONFLICT (key) DO UPDATE SET value = $2, why = $3, at = now()`,
    [key, value, why],
  );
}

export async function dropMeta(session: Session, key: string): Promise<void> {
  await session.query('DELETE FROM zero_downtime.meta WHERE key = $1', [key]);
}

export async function readBackup(session: Session): Promise<Backup | undefined> {
  if (!(await areThere(session))) return undefined;
  const { rows } = await session.query<{ value: string }>(
    `SELECT value FROM zero_downtime.meta WHERE key = 'backup'`,
  );
  // Only `backup` writes it, in these tables of ours.
  return rows[0] && (JSON.parse(rows[0].value) as Backup);
}
