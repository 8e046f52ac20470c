/** Rules that no statement is asked by: about the text, and about what was allowed. */
import type { Severity } from './rule.ts';

export interface TextRuleSaid {
  readonly severity: Severity;
  readonly what: string;
  readonly instead: string;
}

export type TextRule =
  | 'not-sql'
  | 'too-large'
  | 'dynamic-sql'
  | 'not-backfill'
  | 'backfill-endless'
  | 'backfill-key'
  | 'allow-without-reason'
  | 'allow-unknown-rule'
  | 'allow-unused';

export const TEXT_RULES: Readonly<Record<TextRule, TextRuleSaid>> = {
  'not-sql': {
    severity: 'error',
    what: 'What no PostgreSQL server reads: a syntax error, a command of psql, rows behind COPY, an open quote',
    instead: 'Write SQL that PostgreSQL reads.',
  },
  'too-large': {
    severity: 'error',
    what: 'More than a person writes: a file of more than 1 MiB or 10,000 statements, a statement with more than 1,600 changes',
    instead: 'Bring rows in a backfill, and the rest in several files.',
  },
  'dynamic-sql': {
    severity: 'warning',
    what: 'SQL that is put together when it runs (EXECUTE): what it does cannot be told',
    instead: 'Write the statement out, or allow it with the reason.',
  },
  'not-backfill': {
    severity: 'error',
    what: 'What no runner reads as a backfill: no YAML, a key that there is not, what is no expression in SQL',
    instead: 'Write table, key, set and where as docs/migration-engine.md has them.',
  },
  'backfill-endless': {
    severity: 'error',
    what: 'A backfill whose where is as true of a row that is filled as of one that is not: it is never done',
    instead: 'Ask in where for what set changes: fulfillment_status IS NULL',
  },
  'backfill-key': {
    severity: 'error',
    what: 'A backfill that changes the key by which it goes through the table: rows are met twice, or never',
    instead: 'Take a key that stays: the primary key.',
  },
  'allow-without-reason': {
    severity: 'error',
    what: 'A comment allows something, and does not say why',
    instead: 'Say why: -- lint:allow rule: reason',
  },
  'allow-unknown-rule': {
    severity: 'error',
    what: 'A comment allows what no rule is called, or what cannot be allowed',
    instead: 'Name a rule that docs/migration-linter.md has.',
  },
  'allow-unused': {
    severity: 'warning',
    what: 'A comment allows what the statement does not do',
    instead: 'Take the comment out.',
  },
};
