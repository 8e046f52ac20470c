/** A file as the linter finds it after the corpus' base schema, in an expand unless told otherwise. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileReport } from '../../../../core/migration/lint/finding.ts';
import { lintFile } from '../../../../core/migration/lint/lint.ts';
import type { SqlParser } from '../../../../core/migration/lint/parser.ts';
import type { Setting } from '../../../../core/migration/lint/rules/rule.ts';
import { Schema } from '../../../../core/migration/lint/schema/schema.ts';

export const BASE = readFileSync(join(import.meta.dirname, 'corpus/base.sql'), 'utf8');
export const EXPAND: Setting = {
  phase: 'expand',
  isOwn: true,
  transactions: 'statement',
  hasLockTimeout: true,
};

export function linted(
  parser: SqlParser,
  text: string,
  setting: Partial<Setting> = {},
  base = BASE,
): FileReport {
  const schema = new Schema();
  const before: Setting = { ...EXPAND, phase: 'other', isOwn: false };
  lintFile(parser, schema, { name: 'base.sql', text: base, setting: before });
  return lintFile(parser, schema, { name: 'file.sql', text, setting: { ...EXPAND, ...setting } });
}
