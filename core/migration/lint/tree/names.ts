/** Names of relations, types and routines as a statement writes them. */
import { type Fields, fieldsOf, listOf, nodeOf, stringsOf, textOf } from './node.ts';

export interface Name {
  readonly schema: string | undefined;
  readonly name: string;
}

export const NO_NAME: Name = { schema: undefined, name: '' };

/** Of a `RangeVar`'s fields. */
export function relationOf(value: unknown): Name {
  const node = nodeOf(value);
  const fields = node?.kind === 'RangeVar' ? node.fields : fieldsOf(value);
  return { schema: textOf(fields.schemaname), name: textOf(fields.relname) ?? '' };
}

/** Of a list of `String`s: `schema.name`, or `name`; what stands before is a database. */
export function qualifiedOf(value: unknown): Name {
  const parts = stringsOf(value);
  return { schema: parts.at(-2), name: parts.at(-1) ?? '' };
}

/** Of what DROP, COMMENT and the like name: a list, a `List`, a `TypeName`, an `ObjectWithArgs`. */
export function objectOf(value: unknown): Name {
  if (Array.isArray(value)) return qualifiedOf(value);
  const node = nodeOf(value);
  switch (node?.kind) {
    case 'List':
      return qualifiedOf(node.fields.items);
    case 'TypeName':
      return qualifiedOf(node.fields.names);
    case 'ObjectWithArgs':
      return qualifiedOf(node.fields.objname);
    case 'RangeVar':
      return relationOf(value);
    case 'String':
      return { schema: undefined, name: textOf(node.fields.sval) ?? '' };
    default:
      return NO_NAME;
  }
}

/** Of what belongs to a table and is named `schema.table.thing`: the table, and the thing. */
export function memberOf(value: unknown): { readonly table: Name; readonly member: string } {
  const parts = stringsOf(fieldsOf(nodeOf(value)?.fields).items ?? value);
  return {
    table: { schema: parts.at(-3), name: parts.at(-2) ?? '' },
    member: parts.at(-1) ?? '',
  };
}

export function relationsOf(value: unknown): readonly Name[] {
  return listOf(value).map(relationOf);
}

/** As a person would write it. */
export function nameText({ schema, name }: Name): string {
  return [schema, name].flatMap((part) => (part === undefined ? [] : quotedName(part))).join('.');
}

export function quotedName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

const OFF = ['false', 'off', '0'];

/** Whether a list of options has one that is switched on: `(FULL)`, `(FULL on)`, and not `(FULL false)`. */
export function isOn(options: unknown, name: string): boolean {
  const option = optionOf(options, name);
  if (!option) return false;
  const value = nodeOf(option.arg)?.fields;
  const text = textOf(value?.sval) ?? (value && 'ival' in value ? String(value.ival) : undefined);
  const isZero = nodeOf(option.arg)?.kind === 'Integer' && value?.ival === undefined;
  return !isZero && !OFF.includes((text ?? 'true').toLowerCase());
}

/** The value of a `DefElem` in a list of options. */
export function optionOf(options: unknown, name: string): Fields | undefined {
  for (const each of listOf(options)) {
    const node = nodeOf(each);
    if (node?.kind === 'DefElem' && node.fields.defname === name) return node.fields;
  }
  return undefined;
}
