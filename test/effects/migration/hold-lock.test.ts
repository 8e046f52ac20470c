// While a tool of the user is at a database, no runner of ours may come in between, and none waits for ever.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { wallClock } from '../../../effects/base/clock.ts';
import { BadInput } from '../../../effects/base/failure.ts';
import { holdLock } from '../../../effects/migration/hold-lock.ts';
import { type Bench, startBench } from './support/bench.ts';
import { FULFILLMENT, ORDERS } from './support/orders.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

const log = { event: () => undefined, table: () => undefined };
const hold = (credentialsDir: string, stop = new AbortController().signal) =>
  holdLock(credentialsDir, 'tool-1', 300, { clock: wallClock, log, stop });

test('keeps every runner away until it is let go, and tells whether it was held all along', async () => {
  const database = await bench.database(ORDERS);
  const lock = await hold(database.credentialsDir);
  const away = await database.ask(FULFILLMENT, { command: 'expand' }, { lockWaitMs: 300 });
  expect(away).toMatchObject({ exitCode: 12 });
  expect(away.problems[0]?.message).toContain('zero-downtime tool-1');
  await expect(hold(database.credentialsDir)).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringContaining('another runner is at this database: pid'),
    advice: 'wait until it has ended; nothing was changed',
  });
  expect(await lock.isHeld()).toBe(true);
  await lock.release();
  expect(await database.ask(FULFILLMENT, { command: 'expand' })).toMatchObject({ exitCode: 0 });
});

test('does not say that it was held where its session was ended', async () => {
  const database = await bench.database();
  const lock = await hold(database.credentialsDir);
  await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'zero-downtime tool-1'`,
  );
  expect(await lock.isHeld()).toBe(false);
  await lock.release();
});

test('credentials that lead nowhere are bad input, and nothing is waited for', async () => {
  const database = await bench.database();
  const wrong = database.url.replace(/test_\d+$/, 'no_such_database');
  await expect(hold(database.folder({ url: wrong }))).rejects.toBeInstanceOf(BadInput);
  await expect(hold(database.folder({}))).rejects.toBeInstanceOf(BadInput);
});
