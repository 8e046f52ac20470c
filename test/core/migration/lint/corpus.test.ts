// What the linter says of a statement, a real PostgreSQL must do: a lock that it calls weaker than it is, or
// a rewrite that it does not see, stops an application whose owner was told that nothing would happen.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SqlParser } from '../../../../core/migration/lint/parser.ts';
import { type RunningPostgres, startPostgres } from '../../../../demo/postgres/server.ts';
import { loadSqlParser } from '../../../../effects/migration/parse-sql.ts';
import { type Case, corpus, disagreements, Worlds, wordOn } from './corpus/compare.ts';

let server: RunningPostgres;
let worlds: Worlds;
let parser: SqlParser;

beforeAll(async () => {
  server = await startPostgres({ settings: { autovacuum: 'off' } });
  worlds = await Worlds.begin(server.url);
  parser = await loadSqlParser();
});

afterAll(async () => {
  await worlds.end();
  await server.stop();
});

const alone = (sql: string): Case => ({ sql, before: undefined });

test('the locks, scans and rewrites of every statement are those that PostgreSQL took', async () => {
  const cases = corpus();
  const wrong: Record<string, readonly string[]> = {};
  for (const each of cases) {
    const found = disagreements(wordOn(parser, each), await worlds.observe(each));
    if (found.length > 0) wrong[`${each.before ?? ''} ${each.sql}`] = found;
  }
  expect(wrong).toEqual({});
  expect(cases.length).toBeGreaterThanOrEqual(150);
}, 240_000);

test.each([
  [
    'a lock that is too weak',
    'CREATE INDEX CONCURRENTLY i ON orders (code)',
    'CREATE INDEX i ON orders (code)',
  ],
  [
    'a rewrite that is not seen',
    'ALTER TABLE orders ADD COLUMN a uuid',
    'ALTER TABLE orders ADD COLUMN a uuid DEFAULT gen_random_uuid()',
  ],
  [
    'a scan that is not seen',
    'ALTER TABLE orders ADD CHECK (amount > 0) NOT VALID',
    'ALTER TABLE orders ADD CHECK (amount > 0)',
  ],
  ['a table that is not named', 'DROP TABLE items', 'DROP TABLE items, prices'],
  ['one locked outside of a transaction', 'SELECT 1', 'VACUUM items'],
])('%s is told apart: the comparison can fail', async (_, said, run) => {
  const word = wordOn(parser, alone(said));
  expect(disagreements(word, await worlds.observe(alone(run)))).not.toEqual([]);
  expect(disagreements(wordOn(parser, alone(run)), await worlds.observe(alone(run)))).toEqual([]);
});
