/** Columns, their types and constraints, as CREATE TABLE and ALTER TABLE write them. */
import { type Name, qualifiedOf, relationOf } from './names.ts';
import {
  type Fields,
  fieldsAmong,
  fieldsIf,
  fieldsOf,
  integerOf,
  listOf,
  placeOf,
  stringOf,
  stringsOf,
  textOf,
} from './node.ts';

export interface TypeName {
  readonly schema: string | undefined;
  /** As the parser has it: `int4` for integer, `varchar` for character varying. */
  readonly name: string;
  /** Undefined where one is no plain number. */
  readonly mods: readonly number[] | undefined;
  readonly isArray: boolean;
}

export type ConstraintKind =
  | 'check'
  | 'not-null'
  | 'unique'
  | 'primary-key'
  | 'exclude'
  | 'foreign-key';

export interface Constraint {
  readonly kind: ConstraintKind;
  readonly name: string | undefined;
  readonly columns: readonly string[];
  readonly references: Name | undefined;
  readonly usingIndex: string | undefined;
  readonly isNotValid: boolean;
  readonly isNotEnforced: boolean;
  /** Of a CHECK that says no more than `column IS NOT NULL`. */
  readonly provesNotNull: string | undefined;
  readonly place: number | undefined;
}

export interface Column {
  readonly name: string;
  readonly type: TypeName | undefined;
  /** The expression's tree, where there is a default. */
  readonly default: unknown;
  readonly isNotNull: boolean;
  readonly generated: 'stored' | 'virtual' | undefined;
  readonly isIdentity: boolean;
  readonly isSerial: boolean;
  readonly constraints: readonly Constraint[];
  readonly place: number | undefined;
}

/** DEFAULT NULL is none. */
export function defaultOf(expression: unknown): unknown {
  const inner = fieldsIf(expression, 'TypeCast')?.arg ?? expression;
  return fieldsIf(inner, 'A_Const')?.isnull === true ? undefined : expression;
}

const SERIALS = new Set(['serial', 'bigserial', 'smallserial', 'serial2', 'serial4', 'serial8']);

export function columnOf(value: unknown): Column {
  const fields = fieldsIf(value, 'ColumnDef') ?? fieldsOf(value);
  const type = typeOf(fields.typeName);
  const written = fieldsAmong(fields.constraints, 'Constraint');
  const ofType = (type: string): Fields | undefined =>
    written.find(({ contype }) => contype === type);
  const generated = ofType('CONSTR_GENERATED');
  const name = textOf(fields.colname) ?? '';
  return {
    name,
    type,
    default: defaultOf(ofType('CONSTR_DEFAULT')?.raw_expr),
    isNotNull: [ofType('CONSTR_NOTNULL'), ofType('CONSTR_PRIMARY')].some(Boolean),
    generated: generated && (generated.generated_kind === 'v' ? 'virtual' : 'stored'),
    isIdentity: ofType('CONSTR_IDENTITY') !== undefined,
    isSerial: type !== undefined && type.schema === undefined && SERIALS.has(type.name),
    constraints: written.flatMap((each) => constraintOf(each, name) ?? []),
    place: placeOf(fields),
  };
}

export function typeOf(value: unknown): TypeName | undefined {
  const fields = fieldsIf(value, 'TypeName') ?? fieldsOf(value);
  const { schema, name } = qualifiedOf(fields.names);
  if (name === '') return undefined;
  const mods = listOf(fields.typmods).map(integerOf);
  return {
    schema: schema === 'pg_catalog' ? undefined : schema,
    name,
    mods: mods.every((mod) => mod !== undefined) ? mods : undefined,
    isArray: listOf(fields.arrayBounds).length > 0,
  };
}

const KINDS: Readonly<Record<string, ConstraintKind>> = {
  CONSTR_CHECK: 'check',
  CONSTR_NOTNULL: 'not-null',
  CONSTR_UNIQUE: 'unique',
  CONSTR_PRIMARY: 'primary-key',
  CONSTR_EXCLUSION: 'exclude',
  CONSTR_FOREIGN: 'foreign-key',
};

/** Undefined where it is none that is checked: a default, an identity, how one is deferred. */
export function constraintOf(fields: Fields, ofColumn?: string): Constraint | undefined {
  const kind = KINDS[textOf(fields.contype) ?? ''];
  if (!kind) return undefined;
  const keys = [...stringsOf(fields.keys), ...stringsOf(fields.fk_attrs)];
  const pktable = fields.pktable;
  return {
    kind,
    name: textOf(fields.conname),
    columns: keys.length === 0 && ofColumn !== undefined ? [ofColumn] : keys,
    references: pktable === undefined ? undefined : relationOf(pktable),
    usingIndex: textOf(fields.indexname),
    isNotValid: fields.skip_validation === true && fields.initially_valid !== true,
    isNotEnforced: (kind === 'check' || kind === 'foreign-key') && fields.is_enforced !== true,
    provesNotNull: kind === 'check' ? notNullTest(fields.raw_expr) : undefined,
    place: placeOf(fields),
  };
}

/** The column of `column IS NOT NULL`, where an expression is that and nothing else. */
function notNullTest(expression: unknown): string | undefined {
  const test = fieldsIf(expression, 'NullTest');
  if (test?.nulltesttype !== 'IS_NOT_NULL') return undefined;
  const parts = listOf(fieldsIf(test.arg, 'ColumnRef')?.fields);
  return parts.length === 1 ? stringOf(parts[0]) : undefined;
}

export function typeText({ schema, name, mods, isArray }: TypeName): string {
  const bounds = mods !== undefined && mods.length > 0 ? `(${mods.join(',')})` : '';
  return `${schema === undefined ? '' : `${schema}.`}${name}${bounds}${isArray ? '[]' : ''}`;
}
