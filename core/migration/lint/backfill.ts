/**
 * What a `backfill.yaml` says is SQL in pieces. Each piece is looked at by itself, so that what is found has
 * its line, and then the statement of a batch as it is sent.
 */
import { type Allowance, allowancesIn } from './allow.ts';
import type { FileReport } from './finding.ts';
import { Findings } from './findings.ts';
import { wordsOf } from './lint.ts';
import type { SqlParser } from './parser.ts';
import type { Setting } from './rules/rule.ts';
import type { Schema } from './schema/schema.ts';
import { truthOf } from './tree/conditions.ts';
import { type Fields, fieldsIf, listOf, nodesIn, stringOf } from './tree/node.ts';
import { StatementWalk, type Told } from './walk.ts';

/** What a backfill is told, in SQL; names as they are in the catalog. */
interface BackfillSql {
  readonly table: string;
  readonly key: readonly string[];
  readonly set: readonly (readonly [column: string, value: string])[];
  readonly where: string;
  /** The statement of a batch behind others, as it is sent. */
  readonly batch: string;
}

export type BackfillFound =
  | {
      readonly kind: 'backfill';
      readonly sql: BackfillSql;
      /** Of a path such as `/where`; counts from 1. */
      readonly lineOf: (path: string) => number;
    }
  /** It is none: all that is wrong. */
  | {
      readonly kind: 'faults';
      readonly faults: readonly { readonly line: number; readonly text: string }[];
    };

interface NamedBackfill {
  readonly name: string;
  readonly text: string;
  readonly read: BackfillFound;
  readonly setting: Setting;
}

/** `schema` as in `lintFile`. */
export function lintBackfill(
  parser: SqlParser,
  schema: Schema,
  { name, text, read, setting }: NamedBackfill,
): FileReport {
  schema.nextFile();
  const findings = new Findings(text);
  if (read.kind === 'faults') {
    for (const fault of read.faults) {
      findings.tell('not-backfill', placeIn(text, findings, fault.line), fault.text);
    }
    return findings.report(name, []);
  }
  findings.allowInFile(allowancesOf(text));
  const { sql: backfill, lineOf } = read;
  const placeOf = (path: string): number => placeIn(text, findings, lineOf(path));
  for (const { rule, path, seen } of faultsIn(backfill, parser)) {
    findings.tell(rule, placeOf(path), `${path}: ${seen}`);
  }
  const walk = new StatementWalk({ parser, schema, setting }, false);
  const known = new Set<string>();
  for (const { path, sql } of piecesOf(backfill)) {
    const told = walk.statement(sql).told.map((each) => ({ ...each, place: 0 }));
    for (const each of told) known.add(keyOf(each));
    const withPath = told.map((each) => ({ ...each, seen: `${path}: ${each.seen}` }));
    findings.tellAll(withPath, placeOf(path), []);
  }
  const { batch } = backfill;
  const { told, locks } = walk.statement(batch);
  const others = told.filter((each) => !known.has(keyOf(each)));
  const start = placeOf('/table');
  findings.tellAll(
    others.map((each) => ({ ...each, place: 0 })),
    start,
    [],
  );
  const said = { position: findings.positionOf(start), words: wordsOf(batch), locks };
  return findings.report(name, [said]);
}

function keyOf({ rule, seen }: Told): string {
  return `${rule} ${seen}`;
}

/** Where the text of a line begins. */
function placeIn(text: string, findings: Findings, line: number): number {
  const start = findings.startOf(line);
  return start + (/^[ \t]*/.exec(text.slice(start, start + 200))?.[0].length ?? 0);
}

function piecesOf({ set, where }: BackfillSql): readonly { path: string; sql: string }[] {
  return [
    ...set.map(([column, value]) => ({ path: `/set/${column}`, sql: `SELECT (${value}\n)` })),
    { path: '/where', sql: conditionOf(where) },
  ];
}

function conditionOf(where: string): string {
  return `SELECT 1 WHERE (${where}\n)`;
}

interface Fault {
  readonly rule: 'backfill-endless' | 'backfill-key';
  readonly path: string;
  readonly seen: string;
}

function faultsIn({ key, set, where, table }: BackfillSql, parser: SqlParser): readonly Fault[] {
  const moved = set.map(([column]) => column).filter((column) => key.includes(column));
  const faults: Fault[] = moved.map((column) => ({
    rule: 'backfill-key',
    path: `/set/${column}`,
    seen: 'is the key by which the rows are gone through',
  }));
  const endless = endlessBecause(
    where,
    set.map(([column]) => column),
    table,
    parser,
  );
  if (endless !== undefined) {
    faults.push({ rule: 'backfill-endless', path: '/where', seen: endless });
  }
  return faults;
}

function endlessBecause(
  where: string,
  columns: readonly string[],
  table: string,
  parser: SqlParser,
): string | undefined {
  const parsed = parser.parse(conditionOf(where));
  if (parsed.kind === 'refused') return undefined;
  const condition = fieldsIf(parsed.trees[0], 'SelectStmt')?.whereClause;
  const truth = truthOf(condition);
  if (truth !== undefined) return truth ? 'is true of every row' : 'is true of no row';
  const named = new Set([...nodesIn(condition)].flatMap(columnIn));
  // A whole row may be asked for anything.
  const isTold = [...columns, table, WHOLE_ROW].some((each) => named.has(each));
  return isTold ? undefined : 'asks for nothing that set changes: what is filled is still left';
}

const WHOLE_ROW = '*';

function columnIn({ kind, fields }: { kind: string; fields: Fields }): readonly string[] {
  if (kind !== 'ColumnRef') return [];
  const last = listOf(fields.fields).at(-1);
  const name = stringOf(last);
  return [name ?? WHOLE_ROW];
}

/** Of its comments; it is one statement, and all of them are of that. */
function allowancesOf(text: string): readonly Allowance[] {
  return [...text.matchAll(/(?<=^|\s)#.*$/gm)].flatMap(({ 0: comment, index }) =>
    allowancesIn({ text: comment, start: index }).map((each) => ({ ...each, isOfFile: true })),
  );
}
