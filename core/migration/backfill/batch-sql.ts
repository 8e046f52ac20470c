/**
 * The SQL of a batch: a window of so many rows by the order of the key, and an update of those in it that
 * are not filled yet. The cursor moves with the window, whether its rows needed anything or not: so a
 * batch is bounded in what it reads, and not only in what it writes.
 */
import type { Backfill } from '../files/backfill-file.ts';

export interface BatchSql {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function tableOf({ schema, table }: Pick<Backfill, 'schema' | 'table'>): string {
  return [schema, table].flatMap((each) => (each === undefined ? [] : identifier(each))).join('.');
}

/** One row: how many rows there are in the window, and the key of its last; none where it is empty. */
export function windowSql(backfill: Backfill, cursor: Cursor, rows: number): BatchSql {
  const keys = backfill.key.map(identifier);
  const texts = keys.map((key) => `${key}::text`).join(', ');
  const backwards = keys.map((key) => `${key} DESC`).join(', ');
  const after = cursor === undefined ? '' : `WHERE ${beyond(backfill, '>', 1)} `;
  const text = `SELECT array[${texts}] AS last, count(*) OVER () AS seen FROM (SELECT ${keys.join(', ')} FROM ${tableOf(backfill)} ${after}ORDER BY ${keys.join(', ')} LIMIT ${rows}) AS rows ORDER BY ${backwards} LIMIT 1`;
  return { text, values: cursor ?? [] };
}

/** Fills the rows of a window that are not filled. */
export function updateSql(backfill: Backfill, cursor: Cursor, last: readonly string[]): BatchSql {
  const set = backfill.set.map(([column, value]) => `${identifier(column)} = (${value}\n)`);
  const until = beyond(backfill, '<=', 1);
  const after = cursor === undefined ? [] : [beyond(backfill, '>', 1 + last.length)];
  const conditions = [until, ...after, `(${backfill.where}\n)`].join(' AND ');
  return {
    text: `UPDATE ${tableOf(backfill)} SET ${set.join(', ')} WHERE ${conditions}`,
    values: [...last, ...(cursor ?? [])],
  };
}

/** One row with `left`: whether any row is not filled. */
export function leftSql(backfill: Backfill): BatchSql {
  return {
    text: `SELECT EXISTS (SELECT 1 FROM ${tableOf(backfill)} WHERE (${backfill.where}\n)) AS left`,
    values: [],
  };
}

/** Of the last row that was looked at, as the server writes it; undefined before the first. */
export type Cursor = readonly string[] | undefined;

function beyond({ key }: Backfill, operator: '>' | '<=', from: number): string {
  const places = key.map((_, at) => `$${from + at}`);
  // A row of one is no row: ($1) is the value alone.
  return `(${key.map(identifier).join(', ')}) ${operator} (${places.join(', ')})`;
}
