// Each rule finds what it is there for, with its name; and what the page says to write instead, none refuses.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { FileReport } from '../../../../core/migration/lint/finding.ts';
import { lintFile } from '../../../../core/migration/lint/lint.ts';
import type { SqlParser } from '../../../../core/migration/lint/parser.ts';
import { STATEMENT_RULES } from '../../../../core/migration/lint/rules/registry.ts';
import type { Setting } from '../../../../core/migration/lint/rules/rule.ts';
import { Schema } from '../../../../core/migration/lint/schema/schema.ts';
import { loadSqlParser } from '../../../../effects/migration/parse-sql.ts';

const BASE = readFileSync(join(import.meta.dirname, 'corpus/base.sql'), 'utf8');
const EXPAND: Setting = {
  phase: 'expand',
  isOwn: true,
  transactions: 'statement',
  hasLockTimeout: true,
};

let parser: SqlParser;
beforeAll(async () => {
  parser = await loadSqlParser();
});

function lint(text: string, setting: Partial<Setting> = {}): FileReport {
  const schema = new Schema();
  lintFile(parser, schema, {
    name: 'base.sql',
    text: BASE,
    setting: { ...EXPAND, phase: 'other', isOwn: false },
  });
  return lintFile(parser, schema, { name: 'file.sql', text, setting: { ...EXPAND, ...setting } });
}

const found = (report: FileReport): readonly string[] => [
  ...new Set(report.findings.map(({ rule, severity }) => `${severity} ${rule}`)),
];

describe.each(STATEMENT_RULES.map((rule) => [rule.id, rule] as const))('%s', (_, rule) => {
  test('finds the example that the page gives of it', () => {
    expect(found(lint(rule.bad, rule.setting)).some((each) => each.endsWith(` ${rule.id}`))).toBe(
      true,
    );
  });

  test('does not refuse what the page says to write instead', () => {
    const said = found(lint(rule.good, rule.setting)).filter((each) => !each.startsWith('note '));
    expect(said).toEqual([]);
  });
});
