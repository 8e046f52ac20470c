// Somebody is in the way: he is named, let pass, waited for politely, and nothing is left over.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { MigrationAsked } from '../../../core/migration/engine.ts';
import { ask, type Bench, type Database, type Files, startBench } from './support/bench.ts';
import { FULFILLMENT, ORDERS } from './support/orders.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

const EXPAND: MigrationAsked = { command: 'expand' };
const SHORT = { deadlineMs: 2_000, lockTimeoutMs: 100 };

async function left(database: Database): Promise<unknown> {
  const [found] = await database.query(
    `SELECT (SELECT count(*)::int FROM pg_index WHERE NOT indisvalid) AS invalid,
       (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory') AS locks,
       (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database()
         AND application_name LIKE 'zero-downtime%') AS sessions`,
  );
  return found;
}

/**
 * From the statement's arrival to its first row, as the server's clock has it: the reader shares its process
 * with the engine, and what that computes meanwhile is no wait of a reader.
 */
const WAITED = `SELECT count(*), 1000 * extract(epoch FROM clock_timestamp() - statement_timestamp())::float AS ms
  FROM orders WHERE id < 10`;

/** Ended sessions take a moment to go. */
async function nothingLeft(database: Database): Promise<void> {
  const nothing = { invalid: 0, locks: 0, sessions: 0 };
  for (let tries = 0; tries < 40; tries += 1) {
    if (JSON.stringify(await left(database)) === JSON.stringify(nothing)) return;
    await sleep(50);
  }
  expect(await left(database)).toEqual(nothing);
}

test('a table that somebody holds: readers pass, and it gives up in time', async () => {
  const database = await bench.database(ORDERS);
  const holder = await database.session('payment-service');
  await holder.query('BEGIN');
  await holder.query("UPDATE orders SET status = 'secret' WHERE id = 1");
  const reader = await database.session('reader');
  let slowest = 0;
  const reading = (async () => {
    for (const until = Date.now() + 2_000; Date.now() < until; ) {
      const { rows } = await reader.query<{ ms: number }>(WAITED);
      slowest = Math.max(slowest, rows[0]?.ms ?? Number.POSITIVE_INFINITY);
      await sleep(10);
    }
  })();
  const end = await database.ask(FULFILLMENT, EXPAND, SHORT);
  await reading;
  expect(end.exitCode).toBe(75);
  expect(end.problems[0]?.message).toMatch(
    /expand\.up\.sql line 2: statement 1 found no way within the deadline/,
  );
  await holder.query('ROLLBACK');
  // Who queues behind our lock waits for lock_timeout; without one, for the holder.
  expect(slowest).toBeLessThan(500);
  await nothingLeft(database);
  expect(await database.ask(FULFILLMENT, EXPAND)).toMatchObject({ exitCode: 0 });
});

test('a holder who is there for longer is named in the log and in the end, without his data', async () => {
  const database = await bench.database(ORDERS);
  const holder = await database.session('payment-service');
  await holder.query('BEGIN');
  await holder.query("UPDATE orders SET status = 'secret' WHERE id = 1");
  const end = await database.ask(FULFILLMENT, EXPAND, { deadlineMs: 3_000, lockTimeoutMs: 1_000 });
  const who = /pid \d+ \(payment-service, idle in transaction for \d+s?m?s?, last an UPDATE\)/;
  expect(end.problems[0]?.message).toMatch(who);
  expect(end.events).toContainEqual(
    expect.objectContaining({ event: 'schema-waits', 'waiting-for': expect.stringMatching(who) }),
  );
  expect(JSON.stringify(end)).not.toContain('secret');
  await holder.query('ROLLBACK');
});

const INDEX: Files = {
  '0001_i.expand.up.sql': 'CREATE INDEX CONCURRENTLY i ON orders (status);',
  '0001_i.expand.down.sql': 'DROP INDEX CONCURRENTLY IF EXISTS i;',
};

test('an index that waits for an old transaction names it, and leaves no invalid index', async () => {
  const database = await bench.database(`${ORDERS} CREATE TABLE other (); `);
  const holder = await database.session('report');
  await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await holder.query('SELECT count(*) FROM other');
  const end = await database.ask(INDEX, EXPAND, { deadlineMs: 2_500 });
  expect(end).toMatchObject({ exitCode: 75 });
  expect(end.problems[0]?.message).toContain('(report, idle in transaction');
  expect(end.problems[0]?.advice).toContain('nothing is left over');
  await nothingLeft(database);
  await holder.query('COMMIT');
  expect(await database.ask(INDEX, EXPAND)).toMatchObject({ exitCode: 0 });
});

test('where the old transaction has read the very table, what is left is told, and cleared by the next run', async () => {
  const database = await bench.database(ORDERS);
  const holder = await database.session('report');
  await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await holder.query('SELECT count(*) FROM orders');
  const end = await database.ask(INDEX, EXPAND, { deadlineMs: 2_500 });
  expect(end).toMatchObject({ exitCode: 75 });
  expect(end.problems[0]?.advice).toContain('not valid is left, which the next run clears first');
  await holder.query('COMMIT');
  expect(await database.ask(INDEX, EXPAND)).toMatchObject({ exitCode: 0 });
  await nothingLeft(database);
});

test('what an index that was cut off has left is cleared, if it is ours', async () => {
  const database = await bench.database(
    `${ORDERS} INSERT INTO orders (status) VALUES ('twice'), ('twice');`,
  );
  const files = (column: string): Files => ({
    '0001_u.expand.up.sql': `CREATE UNIQUE INDEX CONCURRENTLY u ON orders (${column});`,
    '0001_u.expand.down.sql': 'DROP INDEX CONCURRENTLY IF EXISTS u;',
  });
  const twice = await database.ask(files('status'), EXPAND);
  expect(twice.exitCode).toBe(14);
  expect(twice.problems[0]?.message).toMatch(/line 1: could not create unique index.*23505/);
  expect(JSON.stringify(twice.problems)).not.toContain('twice');
  await nothingLeft(database);
  const somebody = await database.session('somebody');
  await expect(
    somebody.query('CREATE UNIQUE INDEX CONCURRENTLY v ON orders (status)'),
  ).rejects.toThrow();
  const foreign = {
    '0001_v.expand.up.sql': 'CREATE UNIQUE INDEX CONCURRENTLY v ON orders (id);',
    '0001_v.expand.down.sql': 'DROP INDEX CONCURRENTLY IF EXISTS v;',
  };
  const other = await bench.database(ORDERS);
  expect(await other.ask(foreign, EXPAND)).toMatchObject({ exitCode: 0 });
  await database.query('DELETE FROM zero_downtime.migration');
  const refused = await database.ask(foreign, EXPAND);
  expect(refused).toMatchObject({ exitCode: 14 });
  expect(refused.problems[0]?.message).toContain(
    'an index v already that is not valid, and not of this migration',
  );
});

test('of two runners one works and the other waits, or says who works', async () => {
  const database = await bench.database(ORDERS);
  const ends = await Promise.all(
    ['one', 'two', 'three'].map((run) => database.ask(FULFILLMENT, EXPAND, { run })),
  );
  expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  const applied = await database.query(
    "SELECT count(*)::int FROM zero_downtime.event WHERE what = 'statement'",
  );
  expect(applied).toEqual([{ count: 2 }]);
  const holder = await database.session('zero-downtime other');
  await holder.query('SELECT pg_advisory_lock(23108, 1)');
  const late = await database.ask(FULFILLMENT, EXPAND, { lockWaitMs: 400 });
  expect(late.exitCode).toBe(12);
  expect(late.problems[0]?.message).toContain('(zero-downtime other, idle');
});

test('a backfill stops within a batch, waits on its flag, and goes on from where it was', async () => {
  const database = await bench.database(ORDERS);
  const yaml = `${FULFILLMENT['0001_fulfillment_status.backfill.yaml']}pauseFlag: noon\n`;
  const files = { ...FULFILLMENT, '0001_fulfillment_status.backfill.yaml': yaml };
  await database.ask(files, EXPAND);
  expect(await database.ask(files, { command: 'pause', flag: 'noon' })).toMatchObject({
    exitCode: 0,
  });
  const stop = new AbortController();
  const settings = {
    migrationsDir: database.folder(files),
    credentialsDir: database.credentialsDir,
  };
  const stopped = await ask({ command: 'backfill' }, settings, stop.signal, ({ event }) => {
    if (event === 'schema-waits') stop.abort();
  });
  expect(stopped.exitCode).toBe(143);
  expect(stopped.events).toContainEqual(
    expect.objectContaining({ 'waiting-for': 'the flag noon is set (take it away with resume)' }),
  );
  await database.ask(files, { command: 'resume', flag: 'noon' });
  await database.query(
    "UPDATE zero_downtime.migration SET cursor = '{2500}' WHERE phase = 'backfill'",
  );
  await database.query("UPDATE orders SET fulfillment_status = 'completed' WHERE id <= 2500");
  const end = await database.ask(files, { command: 'backfill' });
  expect(end).toMatchObject({ exitCode: 0 });
  expect(
    await database.query(
      "SELECT rows_seen::int AS seen FROM zero_downtime.migration WHERE phase = 'backfill'",
    ),
  ).toEqual([{ seen: 500 }]);
});

test('rows that somebody keeps writing unfilled end a backfill with a word about triggers', async () => {
  const database = await bench.database(`${ORDERS}
    CREATE FUNCTION back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.fulfillment_status := 'pending'; RETURN NEW; END $$;`);
  await database.ask(FULFILLMENT, EXPAND);
  await database.query(
    'CREATE TRIGGER back BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION back()',
  );
  const end = await database.ask(FULFILLMENT, { command: 'backfill' });
  expect(end).toMatchObject({ exitCode: 11 });
  expect(end.problems[0]?.advice).toContain('syncTrigger');
});
