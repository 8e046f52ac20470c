/** What adding a column, or changing its type, costs. */
import type { Schema } from '../schema/schema.ts';
import type { NewType } from '../tree/act.ts';
import type { Column, TypeName } from '../tree/columns.ts';
import { type Volatility, volatilityOf } from '../tree/expressions.ts';
import type { Name } from '../tree/names.ts';
import { type Touch, touch, touchKeys, type Work } from './touch.ts';
import { bareName, typeChange } from './types.ts';

/** Whether a function that the files have made gives the same for every row. */
export function volatilityIn(schema: Schema): (name: Name) => Volatility {
  return (name) => {
    const routine = schema.routine(name);
    if (routine && routine.volatility !== 'volatile') return 'fixed';
    // A function in SQL is put in place of its call: then what counts is what it calls.
    return routine && routine.language !== 'sql' ? 'volatile' : 'unknown';
  };
}

/** A domain that is checked has each row looked at, and written. */
function isCheckedDomain(schema: Schema, { type }: Column): boolean {
  return type !== undefined && schema.type(type)?.isChecked === true;
}

export function addColumn(schema: Schema, table: Name, column: Column): readonly Touch[] {
  const { volatility } = volatilityOf(column.default, volatilityIn(schema));
  const isWritten =
    column.isSerial ||
    column.isIdentity ||
    column.generated === 'stored' ||
    volatility === 'volatile' ||
    isCheckedDomain(schema, column);
  const isSure = isWritten || volatility !== 'unknown';
  const work: Work = isWritten || volatility === 'unknown' ? 'rewrite' : 'brief';
  const others = column.constraints.flatMap((each) => {
    if (each.references) return [touch(each.references, 'ShareRowExclusive')];
    const isChecked = each.kind !== 'not-null' || column.default === undefined;
    return isChecked ? [touch(table, 'AccessExclusive', 'scan')] : [];
  });
  return [touch(table, 'AccessExclusive', work, isSure), ...others];
}

export function changeType(
  schema: Schema,
  table: Name,
  column: string,
  { type, hasUsing, hasCollation }: NewType,
): readonly Touch[] {
  const known = schema.table(table)?.columns.get(column)?.type;
  const change = hasUsing ? 'unknown' : typeChange(withoutDomain(schema, known), type);
  const isText = type !== undefined && TEXTS.has(bareName(type) ?? '');
  const own =
    change === 'free'
      ? touch(table, 'AccessExclusive', hasCollation && isText ? 'scan' : 'brief', !hasCollation)
      : touch(table, 'AccessExclusive', 'rewrite', change === 'rewrite');
  return [own, ...touchKeys(sharersOf(schema, table, column), 'AccessExclusive')];
}

/** A domain's values are those of its type; only what changes into a domain may have to be checked. */
function withoutDomain(schema: Schema, type: TypeName | undefined): TypeName | undefined {
  const base = type && schema.type(type)?.base;
  return base ? withoutDomain(schema, base) : type;
}

const TEXTS = new Set(['text', 'varchar', 'bpchar']);

/** Tables that a foreign key of this column leads to, or that lead to it: the key is made again. */
function sharersOf(schema: Schema, table: Name, column: string): readonly string[] {
  const constraints = [...(schema.table(table)?.constraints.values() ?? [])];
  const ledTo = constraints.flatMap(({ columns, references }) =>
    references !== undefined && columns.includes(column) ? [references] : [],
  );
  const isKey = constraints.some(
    ({ kind, columns }) =>
      (kind === 'primary-key' || kind === 'unique') && columns.includes(column),
  );
  return [...ledTo, ...(isKey ? schema.referencing(schema.keyOf(table)) : [])];
}
