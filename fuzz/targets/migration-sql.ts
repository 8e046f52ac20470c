/**
 * A file of a migration, as the linter reads it: cut into statements, which PostgreSQL's parser reads one by
 * one. Where that parser reads the whole as well, both must have found the same statements.
 */

import { lintFile } from '../../core/migration/lint/lint.ts';
import type { SqlParser } from '../../core/migration/lint/parser.ts';
import { textReport } from '../../core/migration/lint/report/text.ts';
import type { Setting } from '../../core/migration/lint/rules/rule.ts';
import { Schema } from '../../core/migration/lint/schema/schema.ts';
import { cutStatements } from '../../core/migration/lint/text/statements.ts';
import { loadSqlParser } from '../../effects/migration/parse-sql.ts';
import { CANARY, insist, type Target } from '../target.ts';

const SETTINGS: readonly Setting[] = [
  { phase: 'expand', isOwn: true, transactions: 'statement', hasLockTimeout: true },
  { phase: 'other', isOwn: false, transactions: 'file', hasLockTimeout: false },
];

const READ = { mode: 'standard', withLocks: true, withAllowed: true } as const;

let parser: SqlParser;

export const migrationSql: Target = {
  name: 'migration-sql',
  form: 'text',
  words: [
    ...[
      'ALTER TABLE ',
      'orders',
      ' ADD COLUMN ',
      ' DROP COLUMN ',
      'CREATE INDEX ',
      ' CONCURRENTLY ',
    ],
    ...[
      ' NOT NULL',
      ' DEFAULT ',
      'gen_random_uuid()',
      ' REFERENCES ',
      ' NOT VALID',
      ' USING INDEX ',
    ],
    ...[
      'CREATE TABLE ',
      ' PARTITION OF ',
      'UPDATE ',
      ' SET ',
      ' WHERE ',
      'DELETE FROM ',
      'WITH a AS (',
    ],
    ...[
      'CREATE FUNCTION f() ',
      'RETURNS void ',
      'LANGUAGE plpgsql ',
      'BEGIN ATOMIC ',
      'END',
      'CASE ',
    ],
    ...[
      'DO $$ BEGIN ',
      ' END $$',
      '$a$',
      "E'\\'",
      "''",
      '"',
      '/*',
      '*/',
      '--',
      '\n',
      ';',
      '(',
      ')',
      '[',
      ']',
    ],
    ...[
      'EXECUTE ',
      'PERFORM f()',
      'CALL f()',
      'BEGIN',
      'COMMIT',
      'COPY t FROM stdin;',
      '\\.',
      '\\i ',
    ],
    ...[
      '-- lint:allow drop-column: ',
      'lint:allow-file ',
      `'${CANARY}'`,
      'ä😀',
      '\r\n',
      '\0',
      'U&"',
    ],
  ],
  prepare: async () => {
    parser = await loadSqlParser();
  },
  read: (input) => {
    const said = SETTINGS.map((setting) => {
      const report = lintFile(parser, new Schema(), { name: 'a.sql', text: input, setting });
      const lines = input.split('\n').length;
      for (const { position } of [...report.findings, ...report.statements]) {
        insist(position.line >= 1 && position.line <= lines, 'a place is not in the file');
        insist(position.column >= 1, 'a place is before its line');
      }
      return textReport([report], READ);
    });
    agree(input);
    return said.flatMap((each) => each.split('\n'));
  },
  // A name in quotes, a comment's reason, a label of an enum, a language: they are told.
  mayTell: (input) =>
    input.replaceAll(/'[^']*'/g, '').includes(CANARY) || /\bVALUE\b|\bLANGUAGE\s*'/i.test(input),
};

/** What we cut and what PostgreSQL cuts. */
function agree(input: string): void {
  const whole = parser.parse(input);
  if (whole.kind === 'refused') return;
  const { statements, faults } = cutStatements(input);
  // psql has its own opinion of backslashes and of rows behind COPY.
  if (faults.length > 0) return;
  const parts = statements.map(({ text }) => parser.parse(text));
  insist(
    parts.every(({ kind }) => kind === 'trees'),
    'a statement that PostgreSQL reads was cut in two',
  );
  const count = parts.reduce(
    (sum, part) => sum + (part.kind === 'trees' ? part.trees.length : 0),
    0,
  );
  insist(count === whole.trees.length, 'PostgreSQL finds another number of statements');
}
