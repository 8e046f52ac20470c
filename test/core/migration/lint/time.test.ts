// A file that takes long to look through is a stage that does not end: the time grows as the file does.
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { SqlParser } from '../../../../core/migration/lint/parser.ts';
import { loadSqlParser } from '../../../../effects/migration/parse-sql.ts';
import { cpuMs } from '../../../support/cpu.ts';
import { linted } from './linted.ts';

let parser: SqlParser;
beforeAll(async () => {
  parser = await loadSqlParser();
});

describe('the time that it takes grows with the length of a file alone', () => {
  const many = (count: number, line: (at: number) => string): string =>
    Array.from({ length: count }, (_, at) => line(at)).join('\n');
  const SHAPES: Readonly<Record<string, (size: number) => string>> = {
    'tables and columns': (size) =>
      many(
        size / 100,
        (at) => `CREATE TABLE t${at % 9} (a int);\nALTER TABLE t${at % 7} ADD COLUMN c${at} int;`,
      ),
    'one table, partition after partition': (size) =>
      many(
        size / 100,
        (at) => `CREATE TABLE p${at} PARTITION OF events FOR VALUES FROM ('x') TO ('y');`,
      ),
    'one wide table': (size) =>
      many(size / 60, (at) => `ALTER TABLE orders ADD COLUMN column_${at} int;`).slice(0, size),
    'a long list of rows': (size) => `INSERT INTO items VALUES ${'(1),'.repeat(size / 4)}(1)`,
    'quotes and comments': (size) => "SELECT 'a' /* b */ -- c\n;".repeat(size / 100),
    'open comments': (size) => '/* '.repeat(size / 3),
    dollars: (size) => '$a$ $b$ '.repeat(size / 8),
    'words, quotes and backslashes': (size) => "e'\\' ".repeat(size / 6),
    'routines that are called': (size) =>
      `CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ${'UPDATE orders SET a = 1;'.repeat(size / 48)} END $$;${'SELECT f();'.repeat(size / 220)}`,
    'allowances that are not needed': (size) =>
      many(size / 100, () => '-- lint:allow drop-table: x\nSELECT 1;'),
    'what is no SQL': (size) => 'SELEC ü;'.repeat(size / 80),
  };

  test.each(Object.entries(SHAPES))('%s', async (_, shape) => {
    const took = (size: number): Promise<number> => {
      const text = shape(size);
      return cpuMs(() => linted(parser, text));
    };
    await took(5_000);
    const [small, large] = [await took(30_000), await took(240_000)];
    // Eight times as long; what is quadratic takes sixty-four times.
    expect(large).toBeLessThan(Math.max(small, 40) * 24);
  });
});
