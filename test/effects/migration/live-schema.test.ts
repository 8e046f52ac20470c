// A schema that was asked wrongly makes the linter sure of what is not so.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { touchesOf } from '../../../core/migration/lint/locks/statements.ts';
import { type Touch, together } from '../../../core/migration/lint/locks/touch.ts';
import type { SqlParser } from '../../../core/migration/lint/parser.ts';
import { actsOf } from '../../../core/migration/lint/tree/statement.ts';
import { type RunningPostgres, startPostgres } from '../../../demo/postgres/server.ts';
import { readCredentials } from '../../../effects/migration/credentials.ts';
import { runLint } from '../../../effects/migration/lint/lint-command.ts';
import { readLiveSchema } from '../../../effects/migration/lint/live-schema.ts';
import { loadSqlParser } from '../../../effects/migration/parse-sql.ts';
import { openSession } from '../../../effects/migration/postgres/session.ts';
import { corpus, wordOn } from '../../core/migration/lint/corpus/compare.ts';

const BASE = join(import.meta.dirname, '../../core/migration/lint/corpus/base.sql');

let server: RunningPostgres;
let parser: SqlParser;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'live-'));
  parser = await loadSqlParser();
  server = await startPostgres();
  writeFileSync(join(folder, 'url'), server.url);
  const client = new Client({ connectionString: server.url });
  await client.connect();
  await client.query(readFileSync(BASE, 'utf8'));
  await client.query('ANALYZE');
  await client.end();
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.stop();
});

/** What is not sure is said in other words where more is known. */
const plain = (touches: readonly Touch[]): readonly string[] =>
  touches
    .flatMap(({ text, lock, work, isSure }) => (isSure ? `${text} ${lock} ${work}` : []))
    .toSorted();

test('a schema that a server tells is the one that its statements have made', async () => {
  const session = await openSession(await readCredentials(folder), 'test');
  const schema = await readLiveSchema(session, parser);
  schema.nextFile();
  const wrong: Record<string, unknown> = {};
  for (const each of corpus().filter(({ before }) => before === undefined)) {
    const parsed = parser.parse(each.sql);
    const acts = parsed.kind === 'trees' ? parsed.trees.flatMap(actsOf) : [];
    const touches = acts.flatMap(({ act }) => touchesOf(schema, act) ?? []);
    const [said, expected] = [plain(together(schema, touches)), plain(wordOn(parser, each))];
    if (said.join() !== expected.join()) wrong[each.sql] = { said, expected };
  }
  await session.close();
  expect(wrong).toEqual({});
}, 240_000);

test('the command asks it, and tells how many rows wait', async () => {
  const file = join(folder, '0009_a.expand.up.sql');
  writeFileSync(file, 'ALTER TABLE orders ALTER COLUMN legacy_id TYPE bigint;');
  let out = '';
  const output = {
    out: (text: string) => {
      out += text;
    },
    error: () => undefined,
  };
  expect(await runLint([file, '--credentials-dir', folder], output, '1')).toBe(10);
  expect(out).toContain(
    'ACCESS EXCLUSIVE on orders (about 20 rows) while every row is written anew: ',
  );
  // A type that is wide enough already, only the server knows.
  writeFileSync(file, 'ALTER TABLE customers ALTER COLUMN name TYPE varchar(90);');
  expect(await runLint([file, '--credentials-dir', folder], output, '1')).toBe(0);
  expect(await runLint([file], output, '1')).toBe(10);
});

test('where no database answers, or none is named well, the exit code says which', async () => {
  const other = mkdtempSync(join(tmpdir(), 'live-'));
  const output = { out: () => undefined, error: () => undefined };
  const file = join(other, 'a.sql');
  writeFileSync(file, 'SELECT 1;');
  writeFileSync(join(other, 'url'), 'postgresql://postgres@127.0.0.1:9/postgres');
  expect(await runLint([file, '--credentials-dir', other], output, '1')).toBe(75);
  writeFileSync(join(other, 'url'), 'mysql://postgres@127.0.0.1/postgres');
  expect(await runLint([file, '--credentials-dir', other], output, '1')).toBe(2);
  rmSync(other, { recursive: true });
});
