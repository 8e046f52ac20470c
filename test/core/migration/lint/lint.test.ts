import { beforeAll, describe, expect, test } from '@jest/globals';
import { type FileReport, isRefused } from '../../../../core/migration/lint/finding.ts';
import { lintFile } from '../../../../core/migration/lint/lint.ts';
import type { SqlParser } from '../../../../core/migration/lint/parser.ts';
import type { Setting } from '../../../../core/migration/lint/rules/rule.ts';
import { isLong } from '../../../../core/migration/lint/rules/rule.ts';
import { Schema } from '../../../../core/migration/lint/schema/schema.ts';
import { loadSqlParser } from '../../../../effects/migration/parse-sql.ts';
import { corpus, wordOn } from './corpus/compare.ts';
import { BASE, EXPAND, linted } from './linted.ts';

let parser: SqlParser;
beforeAll(async () => {
  parser = await loadSqlParser();
});

const lint = (text: string, setting: Partial<Setting> = {}, base = BASE): FileReport =>
  linted(parser, text, setting, base);

/** `line rule`, of what is not a note. */
function found(text: string, setting: Partial<Setting> = {}): readonly string[] {
  return lint(text, setting).findings.flatMap(({ rule, severity, position, allowed }) =>
    severity === 'note' ? [] : [`${position.line} ${rule}${allowed ? ' (allowed)' : ''}`],
  );
}

test('the column, index and labels of a release that is planned well pass as an expand', () => {
  const text = `ALTER TABLE orders ADD COLUMN fulfillment_status VARCHAR(50) DEFAULT 'pending' NOT NULL;
CREATE INDEX CONCURRENTLY idx_orders_fulfillment_status ON orders (fulfillment_status);
UPDATE orders SET fulfillment_status = 'completed' WHERE status = 'delivered' AND id BETWEEN 1 AND 1000;`;
  expect(found(text)).toEqual([]);
});

test('whatever keeps writers out for long, some rule finds', () => {
  const silent = corpus().filter(({ sql, before }) => {
    if (!wordOn(parser, { sql, before }).some((each) => isLong(each) && each.isSure)) return false;
    const report = lint(sql, {}, `${BASE}\n${before ?? ''}`);
    return !report.findings.some(({ severity }) => severity !== 'note');
  });
  // What nobody writes to, and what nobody waits for.
  expect(silent.map(({ sql }) => sql)).toEqual([
    'REFRESH MATERIALIZED VIEW CONCURRENTLY order_totals',
  ]);
});

test('a table that the file itself makes nobody waits for', () => {
  const text = `CREATE TABLE invoices (id int, total int);
CREATE INDEX invoices_total ON invoices (total);
ALTER TABLE invoices ADD PRIMARY KEY (id), ALTER COLUMN total SET NOT NULL, ADD CHECK (total > 0);
UPDATE invoices SET total = 1;
DROP TABLE invoices;`;
  expect(found(text)).toEqual([]);
});

test('what one file has made, the next one changes at its peril', () => {
  const schema = new Schema();
  const lintNext = (text: string) => lintFile(parser, schema, { name: 'x', text, setting: EXPAND });
  lintNext('CREATE TABLE invoices (id int, total varchar(20))');
  const wider = lintNext('ALTER TABLE invoices ALTER total TYPE varchar(40)').findings;
  expect(wider.map(({ severity }) => severity)).toEqual(['note']);
  const narrower = lintNext('ALTER TABLE invoices ALTER total TYPE varchar(10)').findings;
  expect(narrower).toMatchObject([{ rule: 'change-column-type', severity: 'error' }]);
});

describe('SQL in bodies', () => {
  test('of a DO block is looked at, whatever stands around it', () => {
    const text = `SELECT 1;
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_indexes WHERE indexname = 'x') THEN
    CREATE INDEX x ON orders (code);
  END IF;
  FOR i IN 1..3 LOOP EXECUTE 'DROP TABLE items'; END LOOP;
  CREATE INDEX CONCURRENTLY y ON orders (code);
END $$;`;
    expect(lint(text).findings).toMatchObject([
      {
        rule: 'create-index',
        position: { line: 2 },
        seen: expect.stringContaining('in the block, line 3: '),
      },
      { rule: 'drop-table', seen: expect.stringContaining('in the block, line 5: ') },
      // A block is one transaction.
      { rule: 'several-tables-in-a-transaction' },
      { rule: 'concurrently-in-transaction', position: { line: 2 } },
      { rule: 'work-under-lock' },
    ]);
  });

  test('that is put together when it runs is told as what cannot be told', () => {
    const text = "DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'x' || now()); END $$";
    expect(found(text)).toEqual(['1 dynamic-sql']);
    expect(isRefused([lint(text)], 'standard')).toBe(false);
    expect(isRefused([lint(text)], 'strict')).toBe(true);
  });

  test.each([
    [
      "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'SELECT 1; DELETE FROM orders'",
      'SELECT f()',
    ],
    [
      'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM orders; END $$',
      'DO $$ BEGIN PERFORM f(); END $$',
    ],
    ['CREATE PROCEDURE f() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM orders; END $$', 'CALL f()'],
    ['CREATE PROCEDURE f() BEGIN ATOMIC SELECT 1; DELETE FROM orders; END', 'CALL f()'],
    [
      'CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM orders; RETURN NEW; END $$',
      'CREATE TRIGGER t AFTER UPDATE ON items FOR EACH ROW EXECUTE FUNCTION f()',
    ],
  ])('of a routine is looked at when it is called: %s', (create, call) => {
    expect(found(create)).toEqual([]);
    expect(found(`${create};\n${call};`)).toEqual(['2 unbounded-write']);
  });

  test('of a function is looked at through another that returns it', () => {
    const text = `CREATE PROCEDURE inner_one() BEGIN ATOMIC DELETE FROM orders; END;
CREATE FUNCTION gone() RETURNS int LANGUAGE sql AS 'DELETE FROM items; SELECT 1';
CREATE FUNCTION f() RETURNS int RETURN gone() + 1;
SELECT f();`;
    expect(found(text)).toEqual(['4 unbounded-write']);
  });

  test('that takes the place of what a trigger runs already is looked at, and locks nothing yet', () => {
    const text = `CREATE OR REPLACE FUNCTION touch_row() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN LOCK TABLE orders; RETURN NEW; END $$;
ALTER TABLE items ADD COLUMN a int;`;
    const report = lint(text, { isOwn: false, transactions: 'file' });
    expect(report.findings).toMatchObject([
      { rule: 'lock-table', seen: expect.stringContaining('in touch_row(), line 2: ') },
      { rule: 'prepared-select-star' },
    ]);
    expect(report.statements[0]?.locks).toEqual([]);
  });

  test('of routines that call each other comes to an end', () => {
    const text = `CREATE PROCEDURE a() LANGUAGE plpgsql AS $$ BEGIN CALL b(); END $$;
CREATE PROCEDURE b() LANGUAGE plpgsql AS $$ BEGIN CALL a(); DROP TABLE items; END $$;
CALL a();`;
    expect(found(text)).toEqual(['3 drop-table']);
  });
});

describe('a comment with a reason allows what it names', () => {
  test.each([
    [
      '-- lint:allow drop-table: nobody reads it since 1.4\nDROP TABLE items',
      ['2 drop-table (allowed)'],
    ],
    ['DROP TABLE items /* lint:allow drop-table: empty */', ['1 drop-table (allowed)']],
    [
      '-- lint:allow-file truncate, drop-table: a test database\nSELECT 1;\nDROP TABLE items;\nTRUNCATE orders',
      ['3 drop-table (allowed)', '4 truncate (allowed)'],
    ],
    ['-- lint:allow drop-column: wrong one\nDROP TABLE items', ['1 allow-unused', '2 drop-table']],
    ['-- lint:allow drop-table\nDROP TABLE items', ['1 allow-without-reason', '2 drop-table']],
    ['-- lint:allow drop-tables: typo\nDROP TABLE items', ['1 allow-unknown-rule', '2 drop-table']],
    ['-- lint:allow: everything\nDROP TABLE items', ['1 allow-unknown-rule', '2 drop-table']],
    ['-- lint:allow not-sql: it is fine\nDROP TABEL items', ['1 allow-unknown-rule', '2 not-sql']],
    ["SELECT '-- lint:allow drop-table: in a text';\nDROP TABLE items", ['2 drop-table']],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});

describe('in one transaction', () => {
  const FILE = { phase: 'other', isOwn: false, transactions: 'file' } as const;

  test('a statement that commits begins the next one with nothing held', () => {
    const text = `ALTER TABLE orders ADD COLUMN a int;
COMMIT;
ALTER TABLE items ADD COLUMN a int;`;
    expect(found(text, FILE)).toEqual([]);
    expect(found(text.replace('COMMIT;', ''), FILE)).toEqual(['3 several-tables-in-a-transaction']);
  });

  test('BEGIN in a file that is run statement by statement holds what comes after it', () => {
    const text = `BEGIN;
CREATE INDEX CONCURRENTLY i ON orders (code);
COMMIT;
CREATE INDEX CONCURRENTLY j ON orders (code);`;
    expect(found(text, { ...FILE, transactions: 'statement' })).toEqual([
      '2 concurrently-in-transaction',
    ]);
  });

  test('a timeout that is set holds for what follows, and no longer than it does', () => {
    const without = {
      phase: 'other',
      isOwn: false,
      transactions: 'statement',
      hasLockTimeout: false,
    } as const;
    const alter = 'ALTER TABLE orders SET (fillfactor = 70); ALTER TABLE orders ADD COLUMN a int';
    expect(found(`SET lock_timeout = '2s'; ${alter}`, without)).toEqual([]);
    expect(found(alter, without)).toEqual(['1 no-lock-timeout']);
    expect(found(`SET lock_timeout = '2s';\nSET lock_timeout = 0;\n${alter}`, without)).toEqual([
      '2 lock-timeout-off',
      '3 no-lock-timeout',
    ]);
  });
});

test('what a person has written as a value is not in the message', () => {
  const texts = [
    "SELECT 's3cr3t' 's3cr3t2'",
    "INSERT INTO t VALUES ('s3cr3t' 's3cr3t')",
    "ALTER TABLE orders ADD COLUMN a text DEFAULT 's3cr3t' || gen_random_uuid()",
    "ALTER TABLE orders ADD CHECK (code <> 's3cr3t')",
    '\\connect postgresql://me:s3cr3t@host',
  ];
  for (const text of texts) {
    const { findings } = lint(text);
    expect(findings.length).toBeGreaterThan(0);
    expect(JSON.stringify(findings)).not.toContain('s3cr3t');
  }
});

test('it points at the character that is meant', () => {
  const text =
    "SELECT 'ä😀';\n\nALTER TABLE orders\n  ADD COLUMN ä int,\n  ADD COLUMN token uuid DEFAULT gen_random_uuid();\nSELEC 1;";
  expect(lint(text).findings.filter(({ severity }) => severity === 'error')).toMatchObject([
    { rule: 'add-column-volatile-default', position: { line: 5, column: 14 } },
    { rule: 'not-sql', position: { line: 6, column: 1 } },
  ]);
});

test('beyond a megabyte nothing is read', () => {
  const report = lint('SELECT 1;'.repeat(120_000));
  expect(report.findings).toMatchObject([{ rule: 'too-large', position: { line: 1 } }]);
});
