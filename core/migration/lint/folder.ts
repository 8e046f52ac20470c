/**
 * The files of a folder in the order in which they are run, and how each is run: those that are named as the
 * runner of this project wants them, and those of any other tool.
 */
import { type BackfillFound, lintBackfill } from './backfill.ts';
import type { FileReport } from './finding.ts';
import { lintFile } from './lint.ts';
import type { SqlParser } from './parser.ts';
import type { Phase, Setting } from './rules/rule.ts';
import type { Schema } from './schema/schema.ts';

export interface NamedText {
  /** A path, or a name alone. */
  readonly name: string;
  readonly text: string;
  /** Where it is no SQL itself, but what a backfill is told. */
  readonly backfill?: BackfillFound;
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

const OWN =
  /(?:^|\/)(\d{4})_[^/.]*\.(?:(expand|contract)\.(up|down)\.sql|(validate)\.sql|(backfill)\.yaml)$/;

/** A file of which not the text is SQL, but what it says. */
export const BACKFILL = /(?:^|\/)\d{4}_[^/.]*\.backfill\.yaml$/;

/** How the runner of this project runs each of its statements. */
const OWN_SETTING = { isOwn: true, transactions: 'statement', hasLockTimeout: true } as const;

interface Placed {
  readonly file: NamedText;
  readonly setting: Setting;
  /** The ways back come last, the newest first: they are run on what all others have made. */
  readonly isDown: boolean;
  readonly number: string;
  /** Of one number. */
  readonly order: number;
}

const ORDER: Readonly<Record<string, number>> = {
  expand: 0,
  backfill: 1,
  validate: 2,
  contract: 3,
};

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
  return [...ups, ...downs].flatMap(({ file: { name, text, backfill }, setting, number }) => {
    const isBefore = since !== '' && byNumber(number, since) < 0;
    if (isBefore && isLive) return [];
    const report = backfill
      ? lintBackfill(parser, schema, { name, text, read: backfill, setting })
      : lintFile(parser, schema, { name, text, setting });
    return isBefore ? [] : [report];
  });
}

function place(file: NamedText, other: OtherTool): Placed {
  const [, number, changes, way, validate, backfill] = OWN.exec(file.name) ?? [];
  if (number !== undefined) {
    const kind = changes ?? validate ?? backfill ?? '';
    // A backfill runs beside the same versions as an expand; the form has no other words.
    const phase = (way === 'down' ? way : (changes ?? validate ?? 'expand')) as Phase;
    const setting = { ...OWN_SETTING, phase };
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
