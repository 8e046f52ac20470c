/**
 * Runs a statement on a real PostgreSQL and tells what it did: the strongest lock on every relation that
 * was there before, which of them were written anew (`pg_class.relfilenode`), and which were read row by
 * row. In a transaction that is not committed where that is possible; else while others hold it up.
 */
import type { Client } from 'pg';
import { isStronger, type LockMode } from '../../../../../core/migration/lint/locks/modes.ts';
import type { Work } from '../../../../../core/migration/lint/locks/touch.ts';

export interface Seen {
  readonly lock: LockMode;
  /** Undefined where it was run outside a transaction: its scans cannot be told from others'. */
  readonly work: Work | undefined;
  readonly kind: 'table' | 'index' | 'sequence';
  /** Of an index, and of a sequence that belongs to a column: the table. */
  readonly of: string | undefined;
}

/** By name. */
export type Observed = ReadonlyMap<string, Seen>;

interface Relation {
  readonly name: string;
  readonly relkind: string;
  readonly filenode: string;
  readonly of: string | undefined;
}

const RELATIONS = `SELECT oid::text, relname AS name, relkind, relfilenode::text AS filenode,
  (SELECT table_.relname FROM pg_class AS table_ WHERE table_.oid = coalesce(
    (SELECT indrelid FROM pg_index WHERE indexrelid = own.oid),
    (SELECT refobjid FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = own.oid
      AND refobjsubid > 0 AND own.relkind = 'S'))) AS of
  FROM pg_class AS own WHERE relnamespace = current_schema::regnamespace AND relkind <> 'c'`;

const LOCKS = `SELECT relation::text AS oid, mode FROM pg_locks WHERE locktype = 'relation' AND pid = $1
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

type Rows<Row> = readonly Row[];
type Locks = Rows<{ readonly oid: string; readonly mode: string }>;
type Relations = ReadonlyMap<string, Relation>;

async function relationsOf(client: Client): Promise<Relations> {
  const { rows }: { rows: Rows<Relation & { oid: string }> } = await client.query(RELATIONS);
  return new Map(rows.map(({ oid, ...relation }) => [oid, relation]));
}

const modeOf = (mode: string): LockMode => mode.replace(/Lock$/, '') as LockMode; // pg_locks has no others

/** In a transaction that is rolled back; undefined where the statement cannot run in one. */
export async function watchInside(client: Client, sql: string): Promise<Observed | undefined> {
  const before = await relationsOf(client);
  // What was counted before this is not counted as its own.
  await client.query('SELECT pg_stat_force_next_flush()');
  await client.query('BEGIN');
  try {
    await client.query(sql);
    const locks = await locksOf(client, await pidOf(client));
    const scans = await scannedBy(client, [...before.keys()]);
    const after = await relationsOf(client);
    return seen(before, after, locks, (oid) => scans.has(oid));
  } catch (thrown) {
    if (Object(thrown).code === '25001') return undefined;
    throw thrown;
  } finally {
    await client.query('ROLLBACK');
  }
}

async function pidOf(client: Client): Promise<number> {
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  return Number(rows[0].pid);
}

async function locksOf(client: Client, pid: number): Promise<Locks> {
  const { rows }: { rows: Locks } = await client.query(LOCKS, [pid]);
  return rows;
}

async function scannedBy(client: Client, oids: readonly string[]): Promise<Set<string>> {
  const { rows }: { rows: Rows<{ oid: string }> } = await client.query(
    'SELECT oid::text FROM unnest($1::oid[]) AS oid WHERE pg_stat_get_xact_numscans(oid) > 0',
    [oids],
  );
  return new Set(rows.map(({ oid }) => oid));
}

/** What somebody holds on every table while a statement is watched: the first that keeps it waiting tells. */
const HELD = ['ROW EXCLUSIVE', 'EXCLUSIVE'] as const;

/**
 * Outside of a transaction, while others hold it up: where it takes several transactions of its own, the
 * next one comes before the one before has gone, so that it is seen in each.
 */
export async function watchOutside(
  client: Client,
  { observer, others }: { observer: Client; others: readonly [Client, Client] },
  sql: string,
): Promise<Observed> {
  const before = await relationsOf(client);
  const pid = await pidOf(client);
  const tables = [...before.values()].filter(({ relkind }) => /^[rp]$/.test(relkind));
  const locks: Locks[number][] = [];
  for (const mode of HELD) {
    const hold = (other: Client): Promise<unknown> =>
      other.query(
        tables.map(({ name }) => `LOCK TABLE ONLY "${name}" IN ${mode} MODE`).join(';\n'),
      );
    await begin(others[0], hold);
    const run = watched(client.query(sql));
    let isHeldUp = false;
    for (let round = 0; await waits(observer, pid, run); round += 1) {
      isHeldUp = true;
      locks.push(...(await locksOf(observer, pid)));
      const [leaving, coming] = round % 2 === 0 ? others : others.toReversed();
      // Where the statement keeps everybody out already, nobody else comes, and it is seen at once.
      await begin(coming as Client, hold).catch(() => (coming as Client).query('ROLLBACK')); // both are there
      await (leaving as Client).query('ROLLBACK');
    }
    for (const other of others) await other.query('ROLLBACK');
    await run.done;
    if (isHeldUp) break;
  }
  return seen(before, await relationsOf(client), locks, undefined);
}

async function begin(other: Client, hold: (other: Client) => Promise<unknown>): Promise<void> {
  await other.query("BEGIN; SET LOCAL lock_timeout = '20ms'");
  // What holds back a snapshot holds back what is done concurrently.
  await other.query('SELECT pg_current_xact_id()');
  await hold(other);
}

interface Run {
  readonly done: Promise<unknown>;
  isDone: boolean;
}

function watched(done: Promise<unknown>): Run {
  const run: Run = { done, isDone: false };
  const end = (): void => {
    run.isDone = true;
  };
  done.then(end, end);
  return run;
}

async function waits(other: Client, pid: number, run: Run): Promise<boolean> {
  while (!run.isDone) {
    const { rows } = await other.query('SELECT FROM pg_locks WHERE pid = $1 AND NOT granted', [
      pid,
    ]);
    if (rows.length > 0) return true;
  }
  return false;
}

const KINDS: Readonly<Record<string, Seen['kind']>> = { i: 'index', I: 'index', S: 'sequence' };

function seen(
  before: Relations,
  after: Relations,
  locks: Locks,
  isScanned: ((oid: string) => boolean) | undefined,
): Observed {
  const strongest = new Map<string, LockMode>();
  for (const { oid, mode } of locks) {
    const lock = modeOf(mode);
    const known = strongest.get(oid);
    if (known === undefined || isStronger(lock, known)) strongest.set(oid, lock);
  }
  const found = new Map<string, Seen>();
  for (const [oid, { name, relkind, filenode, of }] of before) {
    const lock = strongest.get(oid);
    if (lock === undefined) continue;
    const next = after.get(oid);
    const isRewritten = next !== undefined && next.filenode !== filenode;
    const work = isRewritten ? 'rewrite' : isScanned?.(oid) ? 'scan' : isScanned && 'brief';
    found.set(name, { lock, work, kind: KINDS[relkind] ?? 'table', of: of ?? undefined });
  }
  return found;
}
