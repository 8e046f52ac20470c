// Whatever is wrong is said in one line, with the exit code that it has, and the database is as it was.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { commandOf } from '../../../steps/database-migration/commands.ts';
import {
  type Bench,
  type Database,
  type Files,
  startBench,
} from '../../effects/migration/support/bench.ts';
import { FULFILLMENT, ORDERS } from '../../effects/migration/support/orders.ts';

let bench: Bench;
let database: Database;
let known: Files;
beforeAll(async () => {
  bench = await startBench('of the test');
  database = await bench.database(ORDERS);
  await database.query("CREATE ROLE nobody LOGIN PASSWORD 'known'");
  const url = new URL(database.url);
  known = {
    host: url.hostname,
    port: url.port,
    username: 'postgres',
    password: 'of the test',
    database: url.pathname.slice(1),
  };
});
afterAll(() => bench.close());

async function run(...args: readonly string[]): Promise<{ exitCode: number; lines: string[] }> {
  let written = '';
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
  try {
    const exitCode = await commandOf(args, '0')?.();
    return { exitCode: exitCode ?? -1, lines: written.trimEnd().split('\n') };
  } finally {
    write.mockRestore();
  }
}

/** Every column there is, and whether we have been there. */
async function shape(): Promise<unknown> {
  return database.query(
    `SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
      WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, 3`,
  );
}

async function refuses(exitCode: number, message: RegExp, args: readonly string[]): Promise<void> {
  const before = await shape();
  const { exitCode: found, lines } = await run(...args);
  const errors = lines.filter((line) => line.startsWith('error='));
  expect({ errors, found }).toEqual({ errors: [expect.stringMatching(message)], found: exitCode });
  expect(lines.join('\n')).not.toContain('of the test');
  expect(await shape()).toEqual(before);
}

const with_ = (over: Files): Files => ({ ...known, ...over });
const without = (name: string): Files =>
  Object.fromEntries(Object.entries(known).filter(([each]) => each !== name));

test.each<[string, () => Files, number, RegExp]>([
  ['a URL that is none', () => ({ url: 'db.example.com' }), 2, /url is not a URL/],
  [
    'a URL of something else',
    () => ({ url: 'https://user@db.example.com/x' }),
    2,
    /must begin with postgresql/,
  ],
  [
    'a URL with a parameter of libpq',
    () => ({ url: `${database.url}?target_session_attrs=any` }),
    2,
    /parameters that are not known/,
  ],
  ['a URL with a broken password', () => ({ url: 'postgresql://u:50%@h/x' }), 2, /%25/],
  ['several hosts', () => with_({ host: 'a,b' }), 2, /names several hosts/],
  ['no host', () => without('host'), 2, /neither url nor host is there/],
  ['no user', () => without('username'), 2, /username is missing/],
  ['a port that is none', () => with_({ port: 'postgres' }), 2, /port is no port/],
  ['a mode that is none', () => with_({ sslmode: 'sometimes' }), 2, /sslmode must be one of/],
  [
    'a certificate without its key',
    () => with_({ 'tls.crt': 'x' }),
    2,
    /tls\.crt and tls\.key belong together/,
  ],
  [
    'a wrong password',
    () => with_({ password: 'other' }),
    2,
    /does not let postgres in: wrong password/,
  ],
  ['no password', () => without('password'), 2, /wants a password of postgres/],
  ['a database that there is not', () => with_({ database: 'other' }), 2, /has no database other/],
  ['TLS that the server has not', () => with_({ sslmode: 'require' }), 2, /does not support SSL/],
  ['a server that is away', () => with_({ port: '1' }), 75, /127\.0\.0\.1:1 does not answer/],
  [
    'an account without rights',
    () => with_({ username: 'nobody', password: 'known' }),
    2,
    /may not create the schema zero_downtime/,
  ],
])('credentials: %s', async (_what, files, exitCode, message) => {
  const folder = database.folder(files());
  await refuses(exitCode, message, [
    'expand',
    '--credentials-dir',
    folder,
    '--migrations-dir',
    database.folder(FULFILLMENT),
  ]);
});

const UP = '0001_a.expand.up.sql';
const pair = (sql: string): Files => ({ [UP]: sql, '0001_a.expand.down.sql': 'DROP TABLE a' });

test.each<[string, Files, number, RegExp]>([
  ['an empty folder', {}, 2, /has no migration in it/],
  ['no way back', { [UP]: 'CREATE TABLE a ()' }, 2, /the way back is written before/],
  [
    'a gap',
    {
      ...FULFILLMENT,
      '0003_c.backfill.yaml': FULFILLMENT['0001_fulfillment_status.backfill.yaml'] ?? '',
    },
    2,
    /the number before it is missing/,
  ],
  [
    'a number that is used twice',
    {
      ...FULFILLMENT,
      '0001_c.backfill.yaml': FULFILLMENT['0001_fulfillment_status.backfill.yaml'] ?? '',
    },
    2,
    /the number is used twice/,
  ],
  ['a byte order mark', pair('\ufeffCREATE TABLE a ()'), 2, /byte order mark/],
  ['line ends of Windows', pair('CREATE TABLE a ();\r\n'), 2, /CRLF/],
  ['\\copy', pair('\\copy a from b'), 2, /a command of psql/],
  [
    'an index in a transaction',
    pair('BEGIN; CREATE INDEX CONCURRENTLY i ON orders (status)'),
    2,
    /transactions are the runner's/,
  ],
  [
    'ten megabytes',
    pair(`SELECT '${'x'.repeat(10 * 2 ** 20)}'`),
    2,
    /is larger than 1048576 bytes/,
  ],
  [
    'what the linter refuses',
    pair('CREATE INDEX i ON orders (status);'),
    10,
    /line 1: create-index: SHARE on orders/,
  ],
  [
    'a backfill that the linter refuses',
    {
      ...pair('ALTER TABLE orders ADD COLUMN a text;'),
      '0001_a.backfill.yaml':
        'table: orders\nkey: id\nset: { a: "pg_sleep(9)::text" }\nwhere: a IS NULL\n',
    },
    10,
    /backfill\.yaml line 3: reaches-outside: \/set\/a: pg_sleep/,
  ],
  [
    'what the server refuses',
    pair('ALTER TABLE nowhere ADD COLUMN b int;'),
    14,
    /line 1: relation .nowhere. does not exist/,
  ],
])('files: %s', async (_what, files, exitCode, message) => {
  const folder = database.folder(files);
  const args = ['expand', '--credentials-dir', database.folder(known), '--migrations-dir', folder];
  if (exitCode !== 14) return refuses(exitCode, message, args);
  const found = await run(...args);
  expect(found).toMatchObject({
    exitCode,
    lines: expect.arrayContaining([expect.stringMatching(message)]),
  });
});

test.each<[string, readonly string[], number, RegExp]>([
  [
    'an option that there is not',
    ['expand', '--migration-dir', 'x'],
    2,
    /Unknown argument: migration-dir/,
  ],
  ['a time that is none', ['expand', '--deadline', 'soon'], 2, /deadline is not a duration/],
  ['no reason', ['repair'], 2, /reason must say why/],
  [
    'a way back to a word',
    ['rollback', '--to', 'yesterday'],
    2,
    /to must be previous, or the number/,
  ],
  [
    'the same, as the seeds write it',
    ['--rollback-to=yesterday'],
    2,
    /to must be previous, or the number/,
  ],
  [
    'a folder that there is not',
    ['expand', '--migrations-dir', '/nowhere'],
    2,
    /their folder is not there/,
  ],
  ['no folder', ['expand'], 2, /no folder with migrations was given/],
  [
    'a contract that no one answers for',
    ['contract', '--serving-since', '2026-01-31T12:00:00Z'],
    2,
    /give either vouched-by/,
  ],
])('command line: %s', async (_what, args, exitCode, message) => {
  await refuses(exitCode, message, [...args, '--credentials-dir', database.folder(known)]);
});

test('drift, and a contract in the run that has expanded it', async () => {
  const own = await bench.database(ORDERS);
  const args = (files: Files): string[] => [
    '--credentials-dir',
    own.credentialsDir,
    '--migrations-dir',
    own.folder(files),
    '--run',
    'one',
  ];
  expect((await run('expand', ...args(FULFILLMENT))).exitCode).toBe(0);
  const changed = { ...FULFILLMENT, '0001_fulfillment_status.expand.up.sql': 'SELECT 1;' };
  const drift = await run('backfill', ...args(changed));
  expect(drift.exitCode).toBe(13);
  expect(drift.lines.join()).toContain('was changed since it was applied');
  expect((await run('backfill', ...args(FULFILLMENT))).exitCode).toBe(0);
  expect((await run('verify', ...args(FULFILLMENT))).exitCode).toBe(0);
  const contract = await run(
    'contract',
    '--vouched-by',
    'a test',
    '--soak',
    '0',
    ...args(FULFILLMENT),
  );
  expect(contract.exitCode).toBe(14);
  expect(contract.lines.join()).toContain('expanded by this very run: 0001');
});
