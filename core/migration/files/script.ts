/** A file of SQL: its statements, each with its line and how it is run, and everything that is wrong. */

import { foreignText } from '../../base/foreign-text.ts';
import type { SqlParser } from '../lint/parser.ts';
import { Lines } from '../lint/text/positions.ts';
import {
  type Cut,
  cutStatements,
  type ScanFault,
  type StatementText,
} from '../lint/text/statements.ts';
import type { Act } from '../lint/tree/act.ts';
import { actsOf } from '../lint/tree/statement.ts';
import { howToRun, isReading, type Statement, unvalidatedBy } from './statement.ts';

/** A file as it was read. */
export interface WrittenFile {
  readonly file: string;
  readonly text: string;
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly checksum: string;
}

export interface Script extends WrittenFile {
  readonly statements: readonly Statement[];
}

export interface ScriptRead {
  readonly script: Script;
  /** Each with its line: `line 3: …`. */
  readonly faults: readonly string[];
}

/** validate: what asks questions and changes nothing. */
export type Purpose = 'change' | 'validate';

const SCAN_FAULTS: Readonly<Record<ScanFault['kind'], (what: string) => string>> = {
  open: (what) => what,
  'meta-command': (what) => `${foreignText(what, 20)} is a command of psql, which no server knows`,
  'copy-data': () =>
    'COPY … FROM stdin has no client here: write INSERT, or fill the rows in a backfill',
  'too-deep': (what) => what,
};

export function readScript(written: WrittenFile, parser: SqlParser, purpose: Purpose): ScriptRead {
  const lines = new Lines(written.text);
  const cut = cutStatements(written.text);
  const scanned = cut.faults.map(({ kind, what, at }) => lined(lines, at, SCAN_FAULTS[kind](what)));
  if (scanned.length > 0) return { script: { ...written, statements: [] }, faults: scanned };
  const read = cut.statements.map((each) => readStatement(each, lines, parser, purpose));
  const statements = read.flatMap((each) => (typeof each === 'string' ? [] : [each]));
  const faults = read.filter((each) => typeof each === 'string');
  const empty = isEmpty(cut) ? ['has no statement in it'] : [];
  return { script: { ...written, statements }, faults: [...faults, ...empty] };
}

/** The statements of a script that was found sound when it was stored. */
export function statementsOf(sql: string, parser: SqlParser): readonly Statement[] {
  const written = { file: '', text: sql, checksum: '' };
  return readScript(written, parser, 'change').script.statements;
}

function isEmpty({ statements }: Cut): boolean {
  return statements.length === 0;
}

/** A text: what is wrong with it. */
function readStatement(
  { text, start }: StatementText,
  lines: Lines,
  parser: SqlParser,
  purpose: Purpose,
): Statement | string {
  const parsed = parser.parse(text);
  if (parsed.kind === 'refused') {
    // It counts code points; where it differs from UTF-16, the line is the same or one near it.
    return lined(lines, start + parsed.at, foreignText(parsed.message, 200));
  }
  const acts: Act[] = parsed.trees.flatMap((tree) => actsOf(tree).map(({ act }) => act));
  const { line } = lines.at(start);
  if (purpose === 'validate') {
    return isReading(acts)
      ? { sql: text.trim(), line, how: { kind: 'transaction' }, unvalidated: [] }
      : lined(lines, start, 'only SELECT may stand here: each row that it finds is one too many');
  }
  const read = howToRun(acts);
  if ('fault' in read) return lined(lines, start, read.fault);
  return { sql: text.trim(), line, how: read.how, unvalidated: unvalidatedBy(acts) };
}

function lined(lines: Lines, at: number, text: string): string {
  return `line ${lines.at(at).line}: ${text}`;
}
