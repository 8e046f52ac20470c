/** Reads a file of SQL statement by statement, and asks every rule about each. */
import { foreignText } from '../../base/foreign-text.ts';
import { type Allowance, allowancesIn } from './allow.ts';
import type { FileReport, Finding, StatementSaid } from './finding.ts';
import type { SqlParser } from './parser.ts';
import { mayBeAllowed } from './rules/registry.ts';
import type { Setting } from './rules/rule.ts';
import { TEXT_RULES, type TextRule } from './rules/text-rules.ts';
import type { Schema } from './schema/schema.ts';
import { Lines } from './text/positions.ts';
import { type Comment, cutStatements, type ScanFault } from './text/statements.ts';
import { StatementWalk, type Told } from './walk.ts';

export interface SqlFile {
  readonly name: string;
  readonly text: string;
  readonly setting: Setting;
}

/** No person writes more, and no rule takes longer than its length asks for. */
export const MOST_CHARACTERS = 1_048_576;
const MOST_STATEMENTS = 10_000;
/** Whoever reads them has enough to do with these. */
const MOST_FINDINGS = 500;

const SCAN_FAULTS: Readonly<Record<ScanFault['kind'], (what: string) => string>> = {
  open: (what) => what,
  'meta-command': (what) => `${what} is a command of psql, which no server knows`,
  'copy-data': (what) => `${what} has its rows in the file, and no client that sends them`,
  'too-deep': (what) => `it ${what} levels`,
};

/** `schema` is as the files before have left it, and is left as this one leaves it. */
export function lintFile(parser: SqlParser, schema: Schema, file: SqlFile): FileReport {
  return new FileLinter(parser, schema, file).report();
}

class FileLinter {
  private readonly lines: Lines;
  private readonly file: SqlFile;
  private readonly parser: SqlParser;
  private readonly schema: Schema;
  private readonly findings: Finding[] = [];
  private readonly statements: StatementSaid[] = [];
  private more = 0;
  private ofFile: readonly Allowance[] = [];
  private readonly used = new Set<Allowance>();

  constructor(parser: SqlParser, schema: Schema, file: SqlFile) {
    this.parser = parser;
    this.schema = schema;
    this.file = file;
    this.lines = new Lines(file.text);
  }

  report(): FileReport {
    this.schema.nextFile();
    const { name, text } = this.file;
    if (text.length > MOST_CHARACTERS) {
      this.tell(
        'too-large',
        0,
        `it has ${text.length} characters, and at most ${MOST_CHARACTERS} are read`,
      );
    } else this.read(text);
    const findings = this.findings.toSorted(
      ({ position: a }, { position: b }) => a.line - b.line || a.column - b.column,
    );
    return { name, statements: this.statements, findings, more: this.more };
  }

  private read(text: string): void {
    const cut = cutStatements(text);
    for (const { kind, at, what } of cut.faults) this.tell('not-sql', at, SCAN_FAULTS[kind](what));
    const all = [...cut.statements.flatMap(({ comments }) => comments), ...cut.trailing];
    this.ofFile = all.flatMap(allowancesIn).filter(({ isOfFile }) => isOfFile);
    if (cut.statements.length > MOST_STATEMENTS) {
      this.tell(
        'too-large',
        0,
        `it has ${cut.statements.length} statements, and at most ${MOST_STATEMENTS} are read`,
      );
      return;
    }
    const walk = new StatementWalk(
      { parser: this.parser, schema: this.schema, setting: this.file.setting },
      cut.statements.length > 1,
    );
    for (const { text: sql, start, comments } of cut.statements) {
      const { told, locks } = walk.statement(sql);
      const position = this.lines.at(start);
      this.statements.push({ position, words: wordsOf(sql), locks });
      this.tellAll(told, start, comments);
    }
    for (const each of cut.trailing.flatMap(allowancesIn)) this.judgeAllowance(each);
    for (const each of this.ofFile) this.judgeAllowance(each);
  }

  private tellAll(told: readonly Told[], start: number, comments: readonly Comment[]): void {
    const own = comments.flatMap(allowancesIn).filter(({ isOfFile }) => !isOfFile);
    for (const each of told) {
      const allowance = this.allowanceOf(each.rule, own);
      this.add(each, start + each.place, allowance?.reason);
    }
    for (const each of own) this.judgeAllowance(each);
  }

  private allowanceOf(rule: string, own: readonly Allowance[]): Allowance | undefined {
    if (!mayBeAllowed(rule)) return undefined;
    const found = [...own, ...this.ofFile].filter(({ rules }) => rules.includes(rule));
    for (const each of found) this.used.add(each);
    return found.find(({ reason }) => reason !== '');
  }

  private judgeAllowance(allowance: Allowance): void {
    const { rules, reason, at } = allowance;
    if (reason === '') this.tell('allow-without-reason', at, 'it gives no reason behind a colon');
    const unknown = rules.filter((rule) => !mayBeAllowed(rule));
    for (const rule of unknown) {
      this.tell(
        'allow-unknown-rule',
        at,
        `${foreignText(rule, 60)} is no rule that can be allowed`,
      );
    }
    if (rules.length === 0) this.tell('allow-unknown-rule', at, 'it names no rule');
    else if (unknown.length === 0 && !this.used.has(allowance)) {
      this.tell('allow-unused', at, `${rules.join(', ')}: nothing of the kind was found`);
    }
  }

  private tell(rule: TextRule, at: number, seen: string): void {
    const { severity, instead } = TEXT_RULES[rule];
    this.add({ rule, severity, seen, instead, place: 0 }, at, undefined);
  }

  private add(
    { rule, severity, seen, instead }: Told,
    at: number,
    allowed: string | undefined,
  ): void {
    if (this.findings.length >= MOST_FINDINGS) {
      this.more += 1;
      return;
    }
    const position = this.lines.at(Math.min(at, this.file.text.length));
    this.findings.push({ rule, severity, position, seen, instead, allowed });
  }
}

/** How a statement begins, on one line and without its values: they may be anybody's. */
function wordsOf(sql: string): string {
  const start = sql
    .slice(0, 400)
    .replace(/\$\w*\$[\s\S]*$/, '$…$')
    .replaceAll(/'(?:[^']|'')*(?:'|$)/g, "'…'");
  return foreignText(start.replaceAll(/\s+/g, ' '), 80);
}
