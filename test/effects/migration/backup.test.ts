// A backup that cannot be brought back is none: it is taken, read again, and restored.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Bench, startBench } from './support/bench.ts';
import { FULFILLMENT, ORDERS } from './support/orders.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench(undefined, ['pg_dump', 'pg_restore']);
});
afterAll(() => bench.close());

test('what pg_dump has taken brings back the rows that were there', async () => {
  const database = await bench.database(ORDERS);
  const folder = database.folder({});
  const end = await database.ask(FULFILLMENT, {
    command: 'backup',
    how: { kind: 'pg_dump', folder },
  });
  expect(end).toMatchObject({ exitCode: 0, problems: [], facts: { backup: { kind: 'pg_dump' } } });
  expect(end.facts?.backup?.about).toMatch(/rows of \d+ tables/);
  const [file = '', sum = ''] = readdirSync(folder).sort();
  expect([file, sum]).toEqual([expect.stringMatching(/\.dump$/), `${file}.sha256`]);
  await database.query("UPDATE orders SET status = 'spoilt'");
  const options = ['--clean', '--if-exists', '--exit-on-error', '--single-transaction'];
  execFileSync('pg_restore', [...options, `--dbname=${database.url}`, join(folder, file)]);
  expect(
    await database.query("SELECT count(*)::int FROM orders WHERE status = 'delivered'"),
  ).toEqual([{ count: 1000 }]);
});
