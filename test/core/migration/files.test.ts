// Files that are not what they seem: each is refused with one sentence, before anything is touched.
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Migration, ReadBackfill } from '../../../core/migration/files/migrations.ts';
import { readMigrations } from '../../../core/migration/files/migrations.ts';
import type { SqlParser } from '../../../core/migration/lint/parser.ts';
import { loadSqlParser } from '../../../effects/migration/parse-sql.ts';
import { backfillReader } from '../../../effects/migration/read-files.ts';

type Files = Readonly<Record<string, string>>;

let parser: SqlParser;
let readBackfill: ReadBackfill;
beforeAll(async () => {
  parser = await loadSqlParser();
  readBackfill = backfillReader(parser);
});

function read(files: Files): { migrations: readonly Migration[]; faults: readonly string[] } {
  const written = Object.entries(files).map(([file, text]) => ({ file, text, checksum: file }));
  return readMigrations(written, { parser, readBackfill });
}

const UP = '0001_a.expand.up.sql';
const DOWN = { '0001_a.expand.down.sql': 'DROP TABLE a' };
const BACKFILL = 'table: a\nkey: id\nset: { b: "1" }\nwhere: b IS NULL\n';
const up = (sql: string): Files => ({ [UP]: sql, ...DOWN });
const filled = (yaml: string): Files => ({ '0001_a.backfill.yaml': yaml });

describe('what is refused', () => {
  test.each<[string, Files, RegExp]>([
    [
      'no way back',
      { [UP]: 'CREATE TABLE a ()' },
      /has no 0001_a\.expand\.down\.sql: the way back/,
    ],
    ['only a way back', DOWN, /has no 0001_a\.expand\.up\.sql/],
    [
      'a number that is used twice',
      { ...up('CREATE TABLE a ()'), '0001_b.backfill.yaml': BACKFILL },
      /0001: the number is used twice, by a and b/,
    ],
    [
      'a gap',
      { ...up('CREATE TABLE a ()'), '0003_c.backfill.yaml': BACKFILL },
      /0003: the number before it is missing: the last one is 0001/,
    ],
    [
      'a name without a number',
      { ...up('CREATE TABLE a ()'), 'fix.sql': '' },
      /^fix\.sql: is not named like a migration/,
    ],
    ['a short number', { '1_a.backfill.yaml': BACKFILL }, /four digits/],
    ['a slug with capitals', { '0001_A.backfill.yaml': BACKFILL }, /slug/],
    ['a kind that there is not', { '0001_a.up.sql': '' }, /must end in one of expand\.up\.sql/],
    ['a byte order mark', up('\ufeffCREATE TABLE a ()'), /byte order mark/],
    ['line ends of Windows', up('CREATE TABLE a ();\r\n'), /CRLF/],
    ['a NUL', up('CREATE TABLE a ();\0'), /NUL/],
    ['what is not UTF-8', up('CREATE TABLE \ufffd ()'), /is not UTF-8/],
    ['nothing', up('-- later\n'), /has no statement in it/],
    [
      'a command of psql',
      up('SELECT 1;\n\\copy a from b\n'),
      /line 2: \\copy is a command of psql/,
    ],
    [
      'data for COPY',
      up('COPY a FROM stdin;\n1\n\\.\n'),
      /line 1: COPY … FROM stdin has no client/,
    ],
    ['a quote that is not closed', up("SELECT 'a;\n"), /a quote is not closed/],
    ['what is no SQL', up('CREATE TABLE a ();\nCREATE TALBE b ();'), /line 2: syntax error/],
    [
      'a transaction of its own',
      up('BEGIN;\nCREATE INDEX CONCURRENTLY a_b ON a (b);'),
      /line 1: BEGIN: transactions are the runner's/,
    ],
    ['SET', up('SET search_path = a;'), /SET holds for nothing/],
    ['a temporary table', up('CREATE TEMP TABLE a ();'), /temporary table is gone/],
    ['an index without a name', up('CREATE INDEX CONCURRENTLY ON a (b);'), /needs a name/],
    ['two indexes that go at once', up('DROP INDEX CONCURRENTLY a, b;'), /drops one index/],
    ['the whole server', up('CREATE DATABASE a;'), /is about the whole server/],
    [
      'a contract without its end',
      { '0001_a.contract.up.sql': 'DROP TABLE a' },
      /neither a contract\.down\.sql nor a file contract\.irreversible/,
    ],
    [
      'a contract that contradicts itself',
      {
        '0001_a.contract.up.sql': 'DROP TABLE a',
        '0001_a.contract.down.sql': 'CREATE TABLE a ()',
        '0001_a.contract.irreversible': '',
      },
      /contradicts 0001_a\.contract\.down\.sql/,
    ],
    [
      'a validation that writes',
      { ...up('CREATE TABLE a ()'), '0001_a.validate.sql': 'DELETE FROM a' },
      /only SELECT may stand here/,
    ],
    ['a backfill without WHERE', filled('table: a\nkey: id\nset: { b: "1" }\n'), /where/],
    [
      'a key that there is not',
      filled(`${BACKFILL}batchrows: 5\n`),
      /yaml: line 5: \/batchrows: .*did you mean batchRows/,
    ],
    [
      'a value that is no expression',
      filled('table: a\nkey: id\nset: { b: "1; DROP TABLE a" }\nwhere: b IS NULL\n'),
      /line 3: \/set\/b: (is not valid SQL|must be one expression)/,
    ],
    [
      'a condition that is none',
      filled('table: a\nkey: id\nset: { b: "1" }\nwhere: b IS NULL AND\n'),
      /line 4: \/where: is not valid SQL/,
    ],
    [
      'a table of another database',
      filled(BACKFILL.replace('table: a', 'table: x.y.z')),
      /\/table: must be table or schema\.table/,
    ],
    ['a batch of nothing', filled(`${BACKFILL}batchRows: 0\n`), /\/batchRows/],
    ['YAML that is none', filled('table: [a\n'), /0001_a\.backfill\.yaml: line 2: /],
  ])('%s', (_what, files, fault) => {
    const { faults } = read(files);
    expect(faults).toEqual([expect.stringMatching(fault)]);
  });

  test('all at once, each with its file', () => {
    const { faults } = read({
      'x.sql': '',
      [UP]: 'SET a = 1;\nBEGIN;',
      '0003_c.validate.sql': 'DELETE FROM a',
    });
    expect(faults).toHaveLength(7);
  });
});

test('READMEs and hidden files are none of ours', () => {
  expect(read({ 'README.md': '', '.gitkeep': '', ...filled(BACKFILL) })).toMatchObject({
    faults: [],
    migrations: [{ id: '0001' }],
  });
});

test.each<[sql: string, how: object]>([
  ['ALTER TABLE a ADD COLUMN b int', { kind: 'transaction' }],
  [
    'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "A b" ON s.a (b)',
    {
      kind: 'create-index',
      index: { schema: 's', name: 'A b' },
      table: { schema: 's', name: 'a' },
    },
  ],
  ['CREATE INDEX a_b ON a (b)', { kind: 'transaction' }],
  [
    'DROP INDEX CONCURRENTLY IF EXISTS s.a_b',
    { kind: 'drop-index', index: { schema: 's', name: 'a_b' } },
  ],
  ['REINDEX (CONCURRENTLY) INDEX a_b', { kind: 'reindex', what: 'index' }],
  ['ALTER TABLE a DETACH PARTITION a1 CONCURRENTLY', { kind: 'detach', partition: { name: 'a1' } }],
  ['VACUUM a', { kind: 'vacuum' }],
  ['ANALYZE a', { kind: 'transaction' }],
  ["DO $$ BEGIN PERFORM 'x;y'; END $$", { kind: 'transaction' }],
])('%s is run as it has to be', (sql, how) => {
  const { migrations, faults } = read(up(`-- first\n${sql};\n`));
  expect(faults).toEqual([]);
  expect(migrations[0]?.expand?.up.statements).toEqual([
    expect.objectContaining({ sql, line: 2, how: expect.objectContaining(how) }),
  ]);
});

test('names of a backfill are as the catalog has them', () => {
  const yaml =
    'table: Shop."Order s"\nkey: [Tenant, "\\"Id\\""]\nset: { B: "1 -- one" }\nwhere: b IS NULL\n';
  expect(read(filled(yaml)).migrations[0]?.backfill?.backfill).toMatchObject({
    schema: 'shop',
    table: 'Order s',
    key: ['tenant', 'Id'],
    set: [['b', '1 -- one']],
    batchRows: 5_000,
    targetMs: 100,
  });
});
