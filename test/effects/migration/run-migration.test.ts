// The whole way of a migration on a real server: forth, and back, and what is refused on it.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { MigrationAsked } from '../../../core/migration/engine.ts';
import { type Bench, startBench } from './support/bench.ts';
import { FULFILLMENT, ORDERS } from './support/orders.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

const CONTRACT: MigrationAsked = {
  command: 'contract',
  oldPods: { kind: 'vouched', by: 'a test' },
  upTo: undefined,
  oldSessions: ['payment-service/1.*'],
  soakMs: 0,
  backup: undefined,
};
const DOWN = { command: 'rollback', to: 'previous', schema: true, oldSessions: [] } as const;

test('the example of the seeds is expanded, filled, verified and contracted', async () => {
  const database = await bench.database(ORDERS);
  const expanded = await database.ask(FULFILLMENT, { command: 'expand' });
  expect(expanded).toMatchObject({ exitCode: 0, summary: 'expanded 0001', problems: [] });
  expect(expanded.facts?.pending).toEqual({
    expand: [],
    backfill: ['0001'],
    validate: ['0001'],
    contract: ['0001'],
  });
  const early = await database.ask(FULFILLMENT, { command: 'verify', backup: undefined });
  expect(early.exitCode).toBe(11);
  const filled = await database.ask(FULFILLMENT, { command: 'backfill' });
  expect(filled).toMatchObject({ exitCode: 0, summary: 'filled 0001' });
  expect(
    await database.query(
      'SELECT count(*)::int FROM orders WHERE fulfillment_status = $$completed$$',
    ),
  ).toEqual([{ count: 1000 }]);
  const verified = await database.ask(FULFILLMENT, { command: 'verify', backup: undefined });
  expect(verified).toMatchObject({ exitCode: 0, facts: { schema: '0001' } });
  const same = await database.ask(FULFILLMENT, CONTRACT);
  expect(same.exitCode).toBe(14);
  expect(same.problems[0]?.message).toContain('later-run');
  const contracted = await database.ask(FULFILLMENT, CONTRACT, { run: 'run-2' });
  expect(contracted).toMatchObject({ exitCode: 0, facts: { compatFloor: '0001' } });
  const back = await database.ask(FULFILLMENT, DOWN, { run: 'run-3' });
  expect(back.exitCode).toBe(14);
  expect(back.problems[0]?.message).toContain('the contract of 0001_fulfillment_status');
  const down = await database.ask(FULFILLMENT, { ...DOWN, schema: false }, { run: 'run-3' });
  expect(down.exitCode).toBe(14);
});

test('before a contract the schema goes down, and up again', async () => {
  const database = await bench.database(ORDERS);
  await database.ask(FULFILLMENT, { command: 'expand' });
  await database.ask(FULFILLMENT, { command: 'backfill' });
  const stays = await database.ask(FULFILLMENT, { ...DOWN, schema: false });
  expect(stays.exitCode).toBe(0);
  const down = await database.ask(
    { '0001_other.backfill.yaml': FULFILLMENT['0001_fulfillment_status.backfill.yaml'] ?? '' },
    DOWN,
  );
  expect(down).toMatchObject({
    exitCode: 0,
    summary: 'undone 0001; the schema is at its beginning',
  });
  const columns = await database.query(
    `SELECT column_name FROM information_schema.columns WHERE table_name = 'orders' ORDER BY 1`,
  );
  expect(columns.map(({ column_name }) => column_name)).toEqual(['id', 'old_note', 'status']);
  await database.ask(FULFILLMENT, { command: 'expand' }, { run: 'run-2' });
  const again = await database.ask(FULFILLMENT, { command: 'backfill' }, { run: 'run-2' });
  expect(again).toMatchObject({ exitCode: 0, summary: 'filled 0001' });
});
