// Every row of what is dangerous to do to a database in use, written in several ways (rows.yaml).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { SqlParser } from '../../../../core/migration/lint/parser.ts';
import type { Setting } from '../../../../core/migration/lint/rules/rule.ts';
import { loadSqlParser } from '../../../../effects/migration/parse-sql.ts';
import { linted } from './linted.ts';

interface Row {
  readonly row: string;
  readonly rule: string;
  readonly in?: keyof typeof SETTINGS;
  readonly refuses?: readonly string[];
  readonly warns?: readonly string[];
  readonly notes?: readonly string[];
  readonly passes?: readonly string[];
}

const TOOL = { phase: 'other', isOwn: false, transactions: 'file', hasLockTimeout: true } as const;
const SETTINGS = {
  expand: {},
  contract: { phase: 'contract' },
  tool: TOOL,
  'tool-without-timeout': { ...TOOL, hasLockTimeout: false },
} as const satisfies Readonly<Record<string, Partial<Setting>>>;

const ROWS = parse(readFileSync(join(import.meta.dirname, 'rows.yaml'), 'utf8')) as readonly Row[];
const cases = (key: 'refuses' | 'warns' | 'notes' | 'passes') =>
  ROWS.flatMap((row) => (row[key] ?? []).map((sql) => ({ ...row, sql })));

let parser: SqlParser;
beforeAll(async () => {
  parser = await loadSqlParser();
});

function said(sql: string, { in: where = 'expand' }: Row): readonly string[] {
  return linted(parser, sql, SETTINGS[where]).findings.map(
    ({ severity, rule }) => `${severity} ${rule}`,
  );
}

test('every row of the table is there, each in three ways of writing it at least', () => {
  const written = new Map<number, number>();
  for (const { row, refuses = [], warns = [], notes = [] } of ROWS) {
    const [number] = /^\d+/.exec(row) ?? [];
    const ways = refuses.length + warns.length + notes.length;
    if (number) written.set(Number(number), (written.get(Number(number)) ?? 0) + ways);
  }
  expect([...written.keys()].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 35 }, (_, at) => at + 1),
  );
  expect([...written].filter(([, ways]) => ways < 3)).toEqual([]);
});

describe.each([
  ['refuses', 'error'],
  ['warns', 'warning'],
  ['notes', 'note'],
] as const)('%s', (key, severity) => {
  test.each(cases(key))('$row: $sql', ({ sql, rule, ...row }) => {
    expect(said(sql, { rule, ...row })).toContain(`${severity} ${rule}`);
  });
});

test.each(cases('passes'))('$row passes: $sql', ({ sql, ...row }) => {
  expect(said(sql, row).filter((each) => !each.startsWith('note '))).toEqual([]);
});

test('in the middle of a file, between comments, each is found where it stands', () => {
  const alone = cases('refuses').filter(({ in: where, sql }) => !where && !sql.includes(';'));
  expect(alone.length).toBeGreaterThan(80);
  const missed = alone.filter(({ sql, rule }) => {
    const text = `-- CONCURRENTLY; NOT VALID\nSELECT 'a;b';\n\n/* IF EXISTS; */ ${sql} -- the end;\n;\nSELECT 2;\n`;
    const { findings } = linted(parser, text);
    return !findings.some((each) => each.rule === rule && each.position.line === 4);
  });
  expect(missed.map(({ sql }) => sql)).toEqual([]);
});
