/**
 * How a parse tree of PostgreSQL is read: JSON of unknown shape, as libpg-query's protobuf gives it
 * (https://github.com/pganalyze/libpg_query, `protobuf/pg_query.proto`): a node is an object with one
 * key, its kind; what is false, zero or empty is left out.
 */

export type Fields = Readonly<Record<string, unknown>>;

export interface Node {
  readonly kind: string;
  readonly fields: Fields;
}

export const NO_FIELDS: Fields = {};

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields) // an object that is no list has keys
    : NO_FIELDS;
}

/** Undefined where the value is no node. */
export function nodeOf(value: unknown): Node | undefined {
  const [kind] = Object.keys(fieldsOf(value));
  return kind === undefined ? undefined : { kind, fields: fieldsOf(fieldsOf(value)[kind]) };
}

/** The fields of a node where it is of that kind. */
export function fieldsIf(value: unknown, kind: string): Fields | undefined {
  const node = nodeOf(value);
  return node?.kind === kind ? node.fields : undefined;
}

/** The fields of those in a list that are of that kind. */
export function fieldsAmong(list: unknown, kind: string): readonly Fields[] {
  const found: Fields[] = [];
  for (const each of listOf(list)) {
    const fields = fieldsIf(each, kind);
    if (fields) found.push(fields);
  }
  return found;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A place in bytes; the parser leaves out what is zero, and writes -1 where it knows none. */
export function placeOf(fields: Fields): number | undefined {
  const { location } = fields;
  return typeof location === 'number' && location >= 0 ? location : undefined;
}

/** The text of a `String` node. */
export function stringOf(value: unknown): string | undefined {
  return textOf(fieldsIf(value, 'String')?.sval);
}

export function stringsOf(value: unknown): readonly string[] {
  return listOf(value).flatMap((each) => stringOf(each) ?? []);
}

/** The number of an `Integer` node, or of a constant. */
export function integerOf(value: unknown): number | undefined {
  const own = fieldsIf(value, 'Integer');
  const constant = fieldsIf(value, 'A_Const');
  const ival = own ? (own.ival ?? 0) : constant?.ival && fieldsOf(constant.ival).ival;
  if (typeof ival === 'number') return ival;
  return constant && 'ival' in constant ? 0 : undefined;
}

/** Deeper than this no tree is walked: what has so many levels was made by a machine. */
const MOST_DEPTH = 2_000;

/** Fields begin small, kinds with a capital. */
function isKind(key: string): boolean {
  return key.charCodeAt(0) >= 65 && key.charCodeAt(0) <= 90;
}

/** Every node in a tree, itself too; without recursion, as trees may be deep. */
export function* nodesIn(root: unknown): Generator<Node> {
  const left: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) continue;
    if (Array.isArray(value)) {
      for (let at = value.length - 1; at >= 0; at -= 1) {
        if (typeof value[at] === 'object') left.push({ value: value[at], depth: depth + 1 });
      }
      continue;
    }
    const fields = fieldsOf(value);
    for (const key of Object.keys(value).reverse()) {
      const inner = fields[key];
      if (typeof inner !== 'object') continue;
      if (isKind(key)) yield { kind: key, fields: fieldsOf(inner) };
      left.push({ value: inner, depth: depth + 1 });
    }
  }
}
