/** Reads a file of SQL statement by statement, and asks every rule about each. */
import { foreignText } from '../../base/foreign-text.ts';
import { allowancesIn } from './allow.ts';
import type { FileReport, StatementSaid } from './finding.ts';
import { Findings } from './findings.ts';
import type { SqlParser } from './parser.ts';
import type { Setting } from './rules/rule.ts';
import type { Schema } from './schema/schema.ts';
import { cutStatements, type ScanFault } from './text/statements.ts';
import { StatementWalk } from './walk.ts';

export interface SqlFile {
  readonly name: string;
  readonly text: string;
  readonly setting: Setting;
}

/** No person writes more, and no rule takes longer than its length asks for. */
export const MOST_CHARACTERS = 1_048_576;
const MOST_STATEMENTS = 10_000;

const SCAN_FAULTS: Readonly<Record<ScanFault['kind'], (what: string) => string>> = {
  open: (what) => what,
  'meta-command': (what) => `${what} is a command of psql, which no server knows`,
  'copy-data': (what) => `${what} has its rows in the file, and no client that sends them`,
  'too-deep': (what) => `it ${what} levels`,
};

/** `schema` is as the files before have left it, and is left as this one leaves it. */
export function lintFile(parser: SqlParser, schema: Schema, file: SqlFile): FileReport {
  schema.nextFile();
  const { name, text } = file;
  const findings = new Findings(text);
  if (text.length > MOST_CHARACTERS) {
    findings.tell(
      'too-large',
      0,
      `it has ${text.length} characters, and at most ${MOST_CHARACTERS} are read`,
    );
    return findings.report(name, []);
  }
  return findings.report(name, lintStatements(parser, schema, file, findings));
}

function lintStatements(
  parser: SqlParser,
  schema: Schema,
  { text, setting }: SqlFile,
  findings: Findings,
): readonly StatementSaid[] {
  const cut = cutStatements(text);
  for (const { kind, at, what } of cut.faults) {
    findings.tell('not-sql', at, SCAN_FAULTS[kind](what));
  }
  if (cut.statements.length > MOST_STATEMENTS) {
    findings.tell(
      'too-large',
      0,
      `it has ${cut.statements.length} statements, and at most ${MOST_STATEMENTS} are read`,
    );
    return [];
  }
  const all = [...cut.statements.flatMap(({ comments }) => comments), ...cut.trailing];
  findings.allowInFile(all.flatMap(allowancesIn).filter(({ isOfFile }) => isOfFile));
  const walk = new StatementWalk({ parser, schema, setting }, cut.statements.length > 1);
  const said = cut.statements.map(({ text: sql, start, comments }): StatementSaid => {
    const { told, locks } = walk.statement(sql);
    const own = comments.flatMap(allowancesIn).filter(({ isOfFile }) => !isOfFile);
    findings.tellAll(told, start, own);
    findings.judge(own);
    return { position: findings.positionOf(start), words: wordsOf(sql), locks };
  });
  findings.judge(cut.trailing.flatMap(allowancesIn).filter(({ isOfFile }) => !isOfFile));
  return said;
}

/** How a statement begins, on one line and without its values: they may be anybody's. */
export function wordsOf(sql: string): string {
  const start = sql
    .slice(0, 400)
    .replace(/\$\w*\$[\s\S]*$/, '$…$')
    .replaceAll(/'(?:[^']|'')*(?:'|$)/g, "'…'");
  return foreignText(start.replaceAll(/\s+/g, ' '), 80);
}
