/**
 * The files of a folder in the order in which they are run, and how each is run: those that are named as the
 * runner of this project wants them, and those of any other tool.
 */
import type { FileReport } from './finding.ts';
import { lintFile } from './lint.ts';
import type { SqlParser } from './parser.ts';
import type { Phase, Setting } from './rules/rule.ts';
import type { Schema } from './schema/schema.ts';

export interface NamedText {
  /** A path, or a name alone. */
  readonly name: string;
  readonly text: string;
}

/** Of files that another tool runs. */
export interface OtherTool {
  readonly phase: Phase;
  readonly transactions: Setting['transactions'];
  readonly hasLockTimeout: boolean;
}

export interface LintAsked {
  readonly other: OtherTool;
  /** What comes before this number is only read to know the schema; empty: nothing is. */
  readonly since: string;
  /** The schema has it all already: what comes before is not read at all. */
  readonly isLive?: boolean;
}

const OWN = /(?:^|\/)(\d{4})_[^/.]*\.(expand|contract|validate)(?:\.(up|down))?\.sql$/;

interface Placed {
  readonly file: NamedText;
  readonly setting: Setting;
  /** The ways back come last, the newest first: they are run on what all others have made. */
  readonly isDown: boolean;
  readonly number: string;
  /** Of one number. */
  readonly order: number;
}

const ORDER: Readonly<Record<string, number>> = { expand: 0, validate: 1, contract: 2 };

/** `schema`: what is known before the first file; left as the last one leaves it. */
export function lintFiles(
  parser: SqlParser,
  schema: Schema,
  files: readonly NamedText[],
  { other, since, isLive = false }: LintAsked,
): readonly FileReport[] {
  const placed = files.map((file) => place(file, other));
  const ups = placed.filter(({ isDown }) => !isDown).sort(compare);
  const downs = placed.filter(({ isDown }) => isDown).sort((a, b) => compare(b, a));
  return [...ups, ...downs].flatMap(({ file: { name, text }, setting, number }) => {
    const isBefore = since !== '' && byNumber(number, since) < 0;
    if (isBefore && isLive) return [];
    const report = lintFile(parser, schema, { name, text, setting });
    return isBefore ? [] : [report];
  });
}

function place(file: NamedText, other: OtherTool): Placed {
  const [, number, kind = '', way] = OWN.exec(file.name) ?? [];
  const isValidate = kind === 'validate';
  if (number !== undefined && isValidate === (way === undefined)) {
    const phase = way === 'down' ? 'down' : (kind as Phase); // the form has no other words
    const setting = {
      phase,
      isOwn: true,
      transactions: 'statement',
      hasLockTimeout: true,
    } as const;
    return { file, setting, isDown: way === 'down', number, order: ORDER[kind] ?? 0 };
  }
  const isDown = DOWN.test(file.name);
  const setting = { ...other, isOwn: false, phase: isDown ? 'down' : other.phase } as const;
  return { file, setting, isDown, number: file.name.split('/').at(-1) ?? '', order: 0 };
}

/** As golang-migrate, dbmate, node-pg-migrate and Flyway name what goes back. */
const DOWN = /(?:[._-](?:down|undo|rollback)\.sql|(?:^|\/)(?:U[0-9][^/]*|down|rollback)\.sql)$/i;

function compare(a: Placed, b: Placed): number {
  if (a.setting.isOwn && b.setting.isOwn) {
    return byNumber(a.number, b.number) || a.order - b.order;
  }
  return byNumber(a.file.name, b.file.name);
}

const PARTS = /\d+|\D+/g;

/** `V2__a` before `V10__b`: numbers count as such. */
function byNumber(a: string, b: string): number {
  const [left, right] = [a.match(PARTS) ?? [], b.match(PARTS) ?? []];
  for (const [at, part] of left.entries()) {
    const other = right[at];
    if (other === undefined) return 1;
    const order = byPart(part, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function byPart(a: string, b: string): number {
  const isNumbers = /^\d/.test(a) && /^\d/.test(b);
  const [left, right] = isNumbers ? [a.replace(/^0+/, ''), b.replace(/^0+/, '')] : [a, b];
  if (isNumbers && left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}
