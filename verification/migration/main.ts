/**
 * `npm run check:migration`: the real program on a real PostgreSQL is killed (SIGKILL) before, during and
 * after each of its questions to the server, while a writer and a reader of the table go on; then two
 * runners come at once. The end has to be the same, whatever happened.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { startPostgres } from '../../demo/postgres/server.ts';
import { brokenIn, CURSOR_STEPS, schemaOf, WATCH_CURSOR } from './end.ts';
import { MOMENTS, type Moment, type Strike, startProxy } from './proxy.ts';
import { BASE, FILES, PARTS, type Part } from './scripts.ts';
import { startTraffic } from './traffic.ts';

const options = yargs(hideBin(process.argv))
  .scriptName('check:migration')
  .options({
    part: {
      type: 'string',
      array: true,
      default: PARTS.map(({ name }) => name as string),
      describe: 'Only of these',
    },
    every: { type: 'number', default: 1, describe: 'Only every so many-th kill' },
    hands: { type: 'number', default: 2, describe: 'How many at once' },
    'worst-write': { type: 'number', default: 500, describe: 'How long a write may take, in ms' },
  })
  .strict()
  .parseSync();

const PROGRAM = resolve(import.meta.dirname, '../steps/database-migration/main.cjs');
const root = mkdtempSync(join(tmpdir(), 'check-migration-'));
const server = await startPostgres({ programs: ['pg_dump'], settings: { max_connections: '200' } });
const admin = new Client({ connectionString: server.url });
await admin.connect();
const migrations = folder(FILES);
let count = 0;
/** One client runs one query at a time. */
let last: Promise<unknown> = Promise.resolve();
let outcome = 1;
try {
  outcome = await check();
} finally {
  await admin.end();
  await server.stop();
  rmSync(root, { recursive: true, force: true });
}
process.exitCode = outcome;

function folder(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(root, 'folder-'));
  mkdirSync(path, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

function urlOf(database: string, port = server.port): string {
  return `postgresql://postgres@127.0.0.1:${port}/${database}?sslmode=disable`;
}

async function inTurn(sql: string): Promise<void> {
  last = last.then(() => admin.query(sql));
  await last;
}

async function copyOf(template: string): Promise<string> {
  count += 1;
  const name = `copy_${count}`;
  await inTurn(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  return name;
}

function start(args: readonly string[], url: string): ChildProcess {
  const [command = '', ...rest] = args;
  const places = ['--credentials-dir', folder({ url }), '--lock-wait', '60s', '--deadline', '120s'];
  const files = command === 'rollback' ? [] : ['--migrations-dir', migrations];
  return spawn(process.execPath, [PROGRAM, command, ...files, ...places, ...rest], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function ended(
  child: ChildProcess,
): Promise<{ readonly code: number | null; readonly said: string }> {
  let said = '';
  child.stdout?.on('data', (part) => {
    said += String(part);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

async function must(args: readonly string[], database: string): Promise<void> {
  const { code, said } = await ended(start(args, urlOf(database)));
  if (code !== 0) throw new Error(`${args[0]} without a kill ended with ${code}:\n${said}`);
}

/** Databases as they are before each part, to be copied; made by the same program, unharmed. */
async function templates(): Promise<ReadonlyMap<string, string>> {
  const made = new Map<string, string>();
  await admin.query('CREATE DATABASE base');
  await inside('base', BASE + CURSOR_STEPS);
  made.set('', 'base');
  const step = async (name: string, from: string, args: readonly string[]): Promise<void> => {
    const database = await copyOf(made.get(from) ?? 'base');
    await must(args, database);
    if (name === 'expand') await inside(database, WATCH_CURSOR);
    made.set(name, database);
  };
  await step('expand', '', ['expand']);
  await step('backfill', 'expand', ['backfill']);
  await step('verify', 'backfill', ['verify']);
  return made;
}

async function inside(database: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: urlOf(database) });
  await client.connect();
  await client.query(sql);
  await client.end();
}

interface Case {
  readonly part: Part;
  readonly template: string;
  readonly at: number;
  readonly moment: Moment;
  /** The schema that has to come of it. */
  readonly schema: string;
}

interface Played {
  readonly wasKilled: boolean;
  readonly broken: readonly string[];
  readonly writes: number;
  readonly worstWriteMs: number;
}

async function play({ part, template, at, moment, schema }: Case): Promise<Played> {
  const database = await copyOf(template);
  const url = urlOf(database);
  const endTraffic = await startTraffic(url);
  let child: ChildProcess | undefined;
  const strike: Strike = { at, moment, strike: () => void child?.kill('SIGKILL') };
  const proxy = await startProxy(server.port, strike);
  child = start(part.args, urlOf(database, proxy.port));
  await ended(child);
  const wasKilled = child.signalCode === 'SIGKILL';
  await proxy.close();
  const next = await Promise.all([part.args, part.args].map((args) => ended(start(args, url))));
  const { writes, errors, worstWriteMs } = await endTraffic();
  const broken = [
    ...next.flatMap(({ code, said }) =>
      code === 0 ? [] : [`a runner that came next ended with ${code}: ${said}`],
    ),
    ...errors,
    ...(worstWriteMs > options['worst-write']
      ? [`a write took ${Math.round(worstWriteMs)} ms`]
      : []),
    ...(await brokenIn(url)),
    ...((await schemaOf(server.bin, url)) === schema ? [] : ['the schema is another one']),
  ];
  await inTurn(`DROP DATABASE ${database} WITH (FORCE)`);
  return { wasKilled, broken, writes, worstWriteMs };
}

/** One for each question and moment. */
async function casesOf(part: Part, made: ReadonlyMap<string, string>): Promise<readonly Case[]> {
  const template = made.get(part.after ?? '') ?? 'base';
  const database = await copyOf(template);
  const proxy = await startProxy(server.port, undefined);
  const { code, said } = await ended(start(part.args, urlOf(database, proxy.port)));
  if (code !== 0) throw new Error(`${part.name} without a kill ended with ${code}:\n${said}`);
  const schema = await schemaOf(server.bin, urlOf(database));
  await proxy.close();
  return Array.from({ length: proxy.asked() }, (_, question) =>
    MOMENTS.map((moment) => ({ part, template, at: question + 1, moment, schema })),
  ).flat();
}

async function check(): Promise<number> {
  print('making a database for each part to begin with');
  const made = await templates();
  const parts = PARTS.filter(({ name }) => options.part.includes(name));
  const began = performance.now();
  let kills = 0;
  let wrong = 0;
  let writes = 0;
  let worst = 0;
  for (const part of parts) {
    const all = await casesOf(part, made);
    const cases = all.filter((_, at) => at % options.every === 0);
    let killed = 0;
    const hand = async (): Promise<void> => {
      for (let next = cases.shift(); next; next = cases.shift()) {
        const played = await play(next);
        if (played.wasKilled) killed += 1;
        told(part.name, killed);
        writes += played.writes;
        worst = Math.max(worst, played.worstWriteMs);
        if (played.broken.length > 0) wrong += 1;
        for (const each of played.broken) {
          print(`${part.name}, killed ${next.moment} question ${next.at}: ${each}`);
        }
      }
    };
    await Promise.all(Array.from({ length: options.hands }, hand));
    kills += killed;
    print(`${part.name.padEnd(10)} ${String(killed).padStart(5)} kills of ${all.length} places`);
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  print(
    `${kills} kills, ${writes} writes, the worst ${Math.round(worst)} ms, ${wrong} not as they should be, ${seconds} s`,
  );
  return wrong === 0 && kills > 0 ? 0 : 1;
}

/** Each takes seconds: nobody is to think that it hangs. */
function told(part: string, killed: number): void {
  if (killed % 10 === 0) print(`${part}: ${killed} kills so far`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
