/**
 * Whether a column's type can change without its rows being written anew: PostgreSQL leaves them where the
 * old values are binary compatible and the new type's length is no narrower (`ATColumnChangeRequiresRewrite`
 * in `src/backend/commands/tablecmds.c`, and the support functions of `varchar`, `numeric`, `varbit`,
 * `timestamp` and `interval`).
 */
import { type TypeName, typeText } from '../tree/columns.ts';

export type TypeChange = 'free' | 'rewrite' | 'unknown';

export function typeChange(from: TypeName | undefined, to: TypeName | undefined): TypeChange {
  if (!from || !to || from.mods === undefined || to.mods === undefined) return 'unknown';
  if (from.isArray || to.isArray) return typeText(from) === typeText(to) ? 'free' : 'rewrite';
  const [old, next] = [bareName(from), bareName(to)];
  if (old === undefined || next === undefined) return sameName(from, to) ? 'free' : 'unknown';
  if (old === next) return isNoNarrower(old, from, to) ? 'free' : 'rewrite';
  // Left alone where the session's time zone is UTC.
  if (
    `${old} ${next}` === 'timestamp timestamptz' ||
    `${old} ${next}` === 'timestamptz timestamp'
  ) {
    return 'unknown';
  }
  const widening = COMPATIBLE[old]?.includes(next) === true;
  // What has a length as its new type is cut to it: only where it has none is nothing looked at.
  return widening && to.mods.length === 0 ? 'free' : 'rewrite';
}

/** Binary coercible, by the casts of pg_cast that have no function. */
const COMPATIBLE: Readonly<Record<string, readonly string[]>> = {
  varchar: ['text'],
  text: ['varchar'],
  cidr: ['inet'],
  xml: ['text', 'varchar'],
};

const BUILT_IN = new Set([
  ...['int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'bool', 'text', 'varchar', 'bpchar'],
  ...['bytea', 'date', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval', 'uuid', 'json'],
  ...[
    'jsonb',
    'xml',
    'inet',
    'cidr',
    'macaddr',
    'bit',
    'varbit',
    'money',
    'oid',
    'name',
    'tsvector',
  ],
]);

/** Other words for the same. */
const SAME: Readonly<Record<string, string>> = {
  smallint: 'int2',
  integer: 'int4',
  int: 'int4',
  bigint: 'int8',
  smallserial: 'int2',
  serial: 'int4',
  bigserial: 'int8',
  serial2: 'int2',
  serial4: 'int4',
  serial8: 'int8',
  decimal: 'numeric',
  boolean: 'bool',
};

/** The name of a type of PostgreSQL's own; undefined for any other. */
export function bareName({ schema, name }: TypeName): string | undefined {
  const bare = SAME[name] ?? name;
  return schema === undefined && BUILT_IN.has(bare) ? bare : undefined;
}

function sameName(one: TypeName, other: TypeName): boolean {
  return one.name === other.name && one.schema === other.schema;
}

function isNoNarrower(type: string, from: TypeName, to: TypeName): boolean {
  const [before, after] = [from.mods ?? [], to.mods ?? []];
  if (before.join() === after.join()) return true;
  const [oldSize, newSize] = [before[0], after[0]];
  switch (type) {
    case 'varchar':
    case 'varbit':
      return newSize === undefined || (oldSize !== undefined && newSize >= oldSize);
    case 'numeric':
      if (newSize === undefined) return true;
      return oldSize !== undefined && newSize >= oldSize && (before[1] ?? 0) === (after[1] ?? 0);
    case 'timestamp':
    case 'timestamptz':
    case 'time':
    case 'timetz':
      return newSize === undefined || newSize >= (oldSize ?? FULL) || newSize >= FULL;
    default:
      return false;
  }
}

/** Digits of a second that a time without a precision has. */
const FULL = 6;
