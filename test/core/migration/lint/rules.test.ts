import { beforeAll, describe, expect, test } from '@jest/globals';
import type { FileReport } from '../../../../core/migration/lint/finding.ts';
import type { SqlParser } from '../../../../core/migration/lint/parser.ts';
import { STATEMENT_RULES } from '../../../../core/migration/lint/rules/registry.ts';
import type { Setting } from '../../../../core/migration/lint/rules/rule.ts';
import { loadSqlParser } from '../../../../effects/migration/parse-sql.ts';
import { linted } from './linted.ts';

let parser: SqlParser;
beforeAll(async () => {
  parser = await loadSqlParser();
});

const lint = (text: string, setting: Partial<Setting> = {}): FileReport =>
  linted(parser, text, setting);

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
