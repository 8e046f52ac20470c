// A recipe that people follow with real traffic has to be one that was followed with traffic: no statement of
// either version fails, or waits a second for a lock, while it is done.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { isRefused } from '../../../../core/migration/lint/finding.ts';
import { lintFiles } from '../../../../core/migration/lint/folder.ts';
import type { SqlParser } from '../../../../core/migration/lint/parser.ts';
import { Schema } from '../../../../core/migration/lint/schema/schema.ts';
import { cutStatements } from '../../../../core/migration/lint/text/statements.ts';
import { type RunningPostgres, startPostgres } from '../../../../demo/postgres/server.ts';
import { loadSqlParser } from '../../../../effects/migration/parse-sql.ts';
import { type Backfill, type Recipe, recipes } from './recipes/page.ts';
import { startTraffic } from './recipes/traffic.ts';
import { VERSIONS } from './recipes/versions.ts';

const BASE = readFileSync(join(import.meta.dirname, 'recipes/base.sql'), 'utf8');
const OTHER = { phase: 'other', transactions: 'statement', hasLockTimeout: true } as const;
const RECIPES = recipes();

let server: RunningPostgres;
let parser: SqlParser;

beforeAll(async () => {
  parser = await loadSqlParser();
  server = await startPostgres();
  await as('postgres', (client) => client.query('CREATE DATABASE base'));
  await as('base', (client) => client.query(BASE));
});

afterAll(() => server.stop());

const urlOf = (database: string): string => server.url.replace(/postgres$/, database);

async function as<Result>(
  database: string,
  task: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: urlOf(database) });
  await client.connect();
  try {
    return await task(client);
  } finally {
    await client.end();
  }
}

/** As the runner does it: one by one, with a short patience, and once more where that was not enough. */
async function run(client: Client, sql: string): Promise<void> {
  for (const { text } of cutStatements(sql).statements) {
    // What is built beside the traffic waits for whoever came before, and keeps nobody waiting.
    const patience = /\bCONCURRENTLY\b/.test(text) ? '0' : '200ms';
    await client.query(`SET lock_timeout = '${patience}'`);
    for (let tries = 1; ; tries += 1) {
      const thrown = await client.query(text).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (thrown === undefined) break;
      if (Object(thrown).code !== '55P03' || tries > 20) throw thrown;
      await sleep(50);
    }
  }
}

const BATCH = 500;

async function fill(client: Client, { table, key, set, where }: Backfill): Promise<void> {
  const values = Object.entries(set).map(([column, value]) => `${column} = ${value}`);
  const batch = `SELECT ${key} FROM ${table} WHERE (${where}) ORDER BY ${key} LIMIT ${BATCH} FOR NO KEY UPDATE`;
  const sql = `UPDATE ${table} SET ${values.join(', ')} WHERE ${key} IN (${batch})`;
  while (((await client.query(sql)).rowCount ?? 0) > 0);
}

test('there are twelve of them, and each has versions that use it', () => {
  expect(RECIPES.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(Object.keys(VERSIONS).map(Number)).toEqual(RECIPES.map(({ number }) => number));
});

describe.each(RECIPES.map((recipe) => [`${recipe.number}. ${recipe.title}`, recipe] as const))(
  '%s',
  (_, recipe) => {
    test('the linter lets it pass, and refuses what it avoids by the rule that the page names', () => {
      const files = (expand: string) => [
        { name: '0_base.sql', text: BASE },
        { name: '0001_a.expand.up.sql', text: expand },
        { name: '0001_a.validate.sql', text: recipe.validate ?? 'SELECT 1' },
        { name: '0001_a.contract.up.sql', text: recipe.contract ?? 'SELECT 1' },
      ];
      const lint = (expand: string) =>
        lintFiles(parser, new Schema(), files(expand), { other: OTHER, since: '0001' }).filter(
          ({ name }) => name !== '0_base.sql',
        );
      expect(
        lint(recipe.expand)
          .flatMap(({ findings }) => findings)
          .filter(({ severity, allowed }) => severity !== 'note' && allowed === undefined),
      ).toEqual([]);
      const refused = lint(recipe.refused.sql);
      expect(isRefused(refused, 'standard')).toBe(true);
      expect(refused.flatMap(({ findings }) => findings.map(({ rule }) => rule))).toContain(
        recipe.refused.rule,
      );
    });

    test('no statement of either version fails while it is done', () => follow(recipe), 120_000);
  },
);

test.each([
  [
    'a column is renamed at once',
    'ALTER TABLE orders RENAME COLUMN note TO remark',
    'does not exist',
  ],
  [
    'a table is locked for long',
    'BEGIN; LOCK TABLE orders; SELECT pg_sleep(1.5); COMMIT',
    'lock timeout',
  ],
])('where %s, the traffic says so: the test can fail', async (_, sql, failure) => {
  await as('postgres', (client) => client.query('CREATE DATABASE other TEMPLATE base'));
  const traffic = await startTraffic(urlOf('other'), 'the old version', VERSIONS[1]?.old ?? []);
  await traffic.answers(2);
  await as('other', (client) => client.query(sql));
  await traffic.answers(2);
  expect((await traffic.stop()).join()).toContain(failure);
  await as('postgres', (client) => client.query('DROP DATABASE other'));
});

async function follow(recipe: Recipe): Promise<void> {
  const database = `recipe${recipe.number}`;
  await as('postgres', (client) => client.query(`CREATE DATABASE ${database} TEMPLATE base`));
  const url = urlOf(database);
  const { old, new: next, wrong } = VERSIONS[recipe.number] ?? { old: [], new: [], wrong: '' };
  await as(database, async (client) => {
    const ofOld = await startTraffic(url, 'the old version', old);
    await ofOld.answers(3);
    await run(client, recipe.expand);
    const ofNew = await startTraffic(url, 'the new version', next);
    if (recipe.backfill) await fill(client, recipe.backfill);
    await Promise.all([ofOld.answers(5), ofNew.answers(5)]);
    const before = await ofOld.stop();
    if (recipe.backfill) await fill(client, recipe.backfill);
    if (recipe.validate) expect((await client.query(recipe.validate)).rows).toEqual([]);
    if (recipe.contract) await run(client, recipe.contract);
    await ofNew.answers(5);
    expect([...before, ...(await ofNew.stop())]).toEqual([]);
    expect((await client.query(wrong)).rows).toEqual([]);
  });
}
