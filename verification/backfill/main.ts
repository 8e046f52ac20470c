/**
 * `npm run bench:migration`: what writers of a table feel while the real program fills its rows, beside what
 * they feel of one UPDATE of all of them, and how the program starts beside psql. All in one run.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { startPostgres } from '../../demo/postgres/server.ts';
import { compared, startOf } from './start.ts';
import { quantile, startWriters, type Waits } from './writers.ts';

const options = yargs(hideBin(process.argv))
  .scriptName('bench:migration')
  .options({
    rows: { type: 'number', default: 1_000_000, describe: 'How many rows are filled' },
    writes: { type: 'number', default: 200, describe: 'How many a second there are beside it' },
    calm: { type: 'number', default: 20, describe: 'For how many seconds they are alone first' },
    starts: { type: 'number', default: 15, describe: 'How often each program is started' },
    ratio: {
      type: 'number',
      default: 1.3,
      describe: 'How many times as long 99 of 100 writes may take while rows are filled',
    },
  })
  .strict()
  .parseSync();

const PROGRAM = resolve(import.meta.dirname, '../steps/database-migration/main.cjs');
const FILES: Readonly<Record<string, string>> = {
  '0001_state.expand.up.sql':
    "ALTER TABLE orders ADD COLUMN state varchar(50) DEFAULT 'pending' NOT NULL;",
  '0001_state.expand.down.sql': 'ALTER TABLE orders DROP COLUMN state;',
  '0001_state.backfill.yaml': `table: orders
key: id
set: { state: "'completed'" }
where: state = 'pending'
`,
};
const AT_ONCE = "UPDATE orders SET state = 'completed' WHERE state = 'pending'";
const run = promisify(execFile);
const root = mkdtempSync(join(tmpdir(), 'bench-migration-'));
const server = await startPostgres({ programs: ['psql'] });
const admin = new Client({ connectionString: server.url });
await admin.connect();
try {
  process.exitCode = await bench();
} finally {
  await admin.end();
  await server.stop();
  rmSync(root, { recursive: true, force: true });
}

async function bench(): Promise<number> {
  const { rows } = await admin.query<{ version: string }>(
    "SELECT current_setting('server_version') AS version",
  );
  print(
    `${cpus().length} x ${cpus()[0]?.model.trim()}, load ${loadavg()[0]?.toFixed(1)}, PostgreSQL ${rows[0]?.version}, Node ${process.versions.node}`,
  );
  await makeTable('filled');
  const calm = await beside('filled', () => sleep(options.calm * 1000));
  const filling = await beside('filled', () => program('filled', 'backfill'));
  await makeTable('at_once');
  const atOnce = await beside('at_once', () => query('at_once', AT_ONCE));
  print(`${options.rows} rows under ${options.writes} writes a second`);
  print('| writers, ms | p50 | p99 | worst | failed | rows/s |');
  print('| --- | --- | --- | --- | --- | --- |');
  line('alone', calm);
  line('beside the backfill', filling, options.rows);
  line('beside one UPDATE', atOnce, options.rows);
  const ratio = quantile(filling.waits, 0.99) / quantile(calm.waits, 0.99);
  print(
    `p99 beside the backfill is ${ratio.toFixed(2)} times that alone (at most ${options.ratio})`,
  );
  await starts();
  const isGentle = worst(filling.waits) < worst(atOnce.waits);
  return ratio <= options.ratio && isGentle && filling.waits.failed === 0 ? 0 : 1;
}

interface Beside {
  readonly waits: Waits;
  readonly seconds: number;
}

async function beside(database: string, work: () => Promise<unknown>): Promise<Beside> {
  const end = await startWriters(urlOf(database), options.writes, () => {
    const id = 1 + Math.floor(Math.random() * options.rows);
    return `UPDATE orders SET amount = amount + 1 WHERE id = ${id}`;
  });
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  return { waits: await end(), seconds };
}

function line(name: string, { waits, seconds }: Beside, rows?: number): void {
  const ms = [quantile(waits, 0.5), quantile(waits, 0.99), worst(waits)].map((each) =>
    each.toFixed(1),
  );
  const rate = rows === undefined ? '-' : String(Math.round(rows / seconds));
  print(`| ${[name, ...ms, waits.failed, rate].join(' | ')} |`);
}

function worst({ sorted }: Waits): number {
  return sorted.at(-1) ?? 0;
}

async function starts(): Promise<void> {
  const [own, psql] = await compared(options.starts, [
    () => startOf(process.execPath, [PROGRAM, 'status', '--credentials-dir', folder('filled')]),
    () => startOf(join(server.bin, 'psql'), [urlOf('filled'), '-c', 'select 1']),
  ]);
  if (!own || !psql) return;
  print(
    `start to end: status ${own.ms.toFixed(0)} ms and ${own.mebibytes.toFixed(0)} MiB, psql -c 'select 1' ${psql.ms.toFixed(0)} ms and ${psql.mebibytes.toFixed(0)} MiB`,
  );
}

async function makeTable(database: string): Promise<void> {
  await admin.query(`CREATE DATABASE ${database}`);
  await query(
    database,
    `CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, amount int NOT NULL DEFAULT 0);
     INSERT INTO orders (amount) SELECT 1 FROM generate_series(1, ${options.rows});
     ANALYZE orders`,
  );
  await program(database, 'expand');
}

async function query(database: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: urlOf(database) });
  await client.connect();
  await client.query(sql);
  await client.end();
}

async function program(database: string, command: string): Promise<void> {
  const migrations = mkdtempSync(join(root, 'migrations-'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(migrations, name), text);
  const places = ['--migrations-dir', migrations, '--credentials-dir', folder(database)];
  await run(process.execPath, [PROGRAM, command, ...places, '--deadline', '60m']);
}

function folder(database: string): string {
  const path = mkdtempSync(join(root, 'credentials-'));
  writeFileSync(join(path, 'url'), urlOf(database));
  return path;
}

function urlOf(database: string): string {
  return `postgresql://postgres@127.0.0.1:${server.port}/${database}?sslmode=disable`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
