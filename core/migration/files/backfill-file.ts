/** `NNNN_slug.backfill.yaml`: which rows are filled with what, and what a backfill makes way for. */
import type { ConfigIssue } from '../../base/config-issue.ts';
import type { FromSchema } from '../../base/from-schema.ts';
import type { SqlParser } from '../lint/parser.ts';
import { actsOf } from '../lint/tree/statement.ts';

const SQL = { type: 'string', minLength: 1, maxLength: 10_000 } as const;
const NAME = { type: 'string', minLength: 1, maxLength: 200 } as const;

export const BACKFILL_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['table', 'key', 'set', 'where'],
  properties: {
    table: NAME,
    key: {
      anyOf: [NAME, { type: 'array', items: NAME, minItems: 1, maxItems: 8 }],
    },
    set: { type: 'object', minProperties: 1, maxProperties: 50, additionalProperties: SQL },
    where: SQL,
    batchRows: { type: 'integer', minimum: 1, maximum: 100_000 },
    targetMs: { type: 'integer', minimum: 5, maximum: 10_000 },
    maxLagBytes: { type: 'integer', minimum: 0 },
    maxOldestTxSeconds: { type: 'integer', minimum: 1 },
    maxActive: { type: 'integer', minimum: 1 },
    pauseFlag: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' },
    syncTrigger: NAME,
  },
} as const;

/** A backfill as its file has it, or everything that is wrong with that. */
export type BackfillRead =
  | {
      readonly kind: 'backfill';
      readonly backfill: Backfill;
      /** Of a path such as `/where`; counts from 1. */
      readonly lineOf: (path: string) => number;
    }
  | { readonly kind: 'faults'; readonly faults: readonly BackfillFault[] };

export interface BackfillFault {
  readonly line: number;
  /** `/where: is not valid SQL`. */
  readonly text: string;
}

type WrittenBackfill = FromSchema<typeof BACKFILL_SCHEMA>;

/** Identifiers as they are in the catalog: no quotes, and small where none were written. */
export interface Backfill {
  readonly schema: string | undefined;
  readonly table: string;
  readonly key: readonly string[];
  /** Column and the SQL of its value. */
  readonly set: readonly (readonly [column: string, value: string])[];
  /** Which rows are not filled yet, in SQL: none is left when all is done. */
  readonly where: string;
  /** The most rows that a batch looks at. */
  readonly batchRows: number;
  /** How long a batch should take. */
  readonly targetMs: number;
  /** Undefined: it is not looked at. */
  readonly maxLagBytes: number | undefined;
  readonly maxOldestTxSeconds: number | undefined;
  readonly maxActive: number | undefined;
  readonly pauseFlag: string | undefined;
  /** Of the table: what keeps rows filled that the old version writes. */
  readonly syncTrigger: string | undefined;
}

const DEFAULTS = { batchRows: 5_000, targetMs: 100, maxLagBytes: 64 * 2 ** 20 } as const;

/** Of a document that the schema has found sound. */
export function backfillOf(value: unknown, parser: SqlParser): Backfill | readonly ConfigIssue[] {
  const written = value as WrittenBackfill; // the schema has been asked
  const [schema, table, ...more] = identifiersOf(written.table);
  const keys = typeof written.key === 'string' ? [written.key] : written.key;
  const set = Object.entries(written.set);
  const issues = [
    ...(schema === undefined || more.length > 0
      ? [issue('/table', 'must be table or schema.table')]
      : []),
    ...keys.flatMap((key) => columnIssue('/key', key)),
    ...set.flatMap(([column]) => columnIssue('/set', column)),
    ...set.flatMap(([column, sql]) => sqlIssue(`/set/${column}`, `SELECT (${sql}\n)`, parser)),
    ...sqlIssue('/where', `SELECT 1 WHERE (${written.where}\n)`, parser),
  ];
  if (issues.length > 0 || schema === undefined) return issues;
  return {
    schema: table === undefined ? undefined : schema,
    table: table ?? schema,
    key: keys.flatMap(identifiersOf),
    set: set.map(([column, sql]) => [identifiersOf(column)[0] ?? column, sql]),
    where: written.where,
    batchRows: written.batchRows ?? DEFAULTS.batchRows,
    targetMs: written.targetMs ?? DEFAULTS.targetMs,
    maxLagBytes: written.maxLagBytes ?? DEFAULTS.maxLagBytes,
    maxOldestTxSeconds: written.maxOldestTxSeconds,
    maxActive: written.maxActive,
    pauseFlag: written.pauseFlag,
    syncTrigger: written.syncTrigger,
  };
}

const IDENTIFIER = /(?:([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|"((?:[^"]|"")+)")(\.|$)/y;

/** `schema.table`, quoted or not, as the server would fold them; empty where it is none. */
function identifiersOf(text: string): readonly string[] {
  const found: string[] = [];
  IDENTIFIER.lastIndex = 0;
  for (let at = 0; at < text.length; at = IDENTIFIER.lastIndex) {
    const part = IDENTIFIER.exec(text);
    if (!part) return [];
    found.push(part[1]?.toLowerCase() ?? part[2]?.replaceAll('""', '"') ?? '');
    if (part[3] === '.' && IDENTIFIER.lastIndex === text.length) return [];
  }
  return found;
}

function columnIssue(path: string, text: string): ConfigIssue[] {
  return identifiersOf(text).length === 1 ? [] : [issue(path, 'must name columns')];
}

function sqlIssue(path: string, sql: string, parser: SqlParser): ConfigIssue[] {
  const parsed = parser.parse(sql);
  if (parsed.kind === 'refused') return [issue(path, 'is not valid SQL')];
  const [act] = parsed.trees.flatMap((tree) => actsOf(tree));
  const isOne = parsed.trees.length === 1 && act?.act.kind === 'data' && !act.act.isWriting;
  return isOne ? [] : [issue(path, 'must be one expression')];
}

function issue(path: string, message: string): ConfigIssue {
  return { path, message };
}
