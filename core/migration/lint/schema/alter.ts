/** What ALTER TABLE makes of a table that is known. */
import type { Change } from '../tree/act.ts';
import type { Column, Constraint } from '../tree/columns.ts';
import type { Name } from '../tree/names.ts';
import {
  type KnownColumn,
  type KnownConstraint,
  type KnownTable,
  UNKNOWN_COLUMN,
  UNKNOWN_TABLE,
} from './known.ts';
import type { Schema } from './schema.ts';

export function columnsOf(columns: readonly Column[]): Map<string, KnownColumn> {
  return new Map(
    columns.map((column) => [
      column.name,
      {
        type: column.type,
        isNotNull: column.isNotNull || column.isSerial || column.isIdentity,
        hasDefault: column.default !== undefined || column.isSerial || column.isIdentity,
        isVirtual: column.generated === 'virtual',
      },
    ]),
  );
}

/** By name: the one that is written, or the one that PostgreSQL would choose. */
export function constraintsOf(
  schema: Schema,
  table: Name,
  columns: readonly Column[],
  others: readonly Constraint[],
): Map<string, KnownConstraint> {
  const known = new Map<string, KnownConstraint>();
  for (const each of [...columns.flatMap(({ constraints }) => constraints), ...others]) {
    known.set(each.name ?? chosenName(table, each), knownConstraint(schema, each));
  }
  return known;
}

const ENDINGS: Readonly<Record<Constraint['kind'], string>> = {
  check: 'check',
  'not-null': 'not_null',
  unique: 'key',
  'primary-key': 'pkey',
  exclude: 'excl',
  'foreign-key': 'fkey',
};

function chosenName({ name }: Name, { kind, columns }: Constraint): string {
  const of = kind === 'primary-key' ? [] : columns;
  return [name, ...of, ENDINGS[kind]].join('_');
}

function knownConstraint(schema: Schema, constraint: Constraint): KnownConstraint {
  const { kind, columns, references, isNotValid, provesNotNull } = constraint;
  return {
    kind,
    columns,
    references: references && schema.keyOf(references),
    isValid: !isNotValid,
    provesNotNull,
  };
}

export function alterTable(schema: Schema, name: Name, change: Change): void {
  const key = schema.keyOf(name);
  const table = schema.tables.get(key) ?? UNKNOWN_TABLE;
  const altered = changed(schema, name, table, change);
  if (altered !== table) schema.tables.set(key, altered);
}

function changed(schema: Schema, name: Name, table: KnownTable, change: Change): KnownTable {
  const columns = new Map(table.columns);
  const constraints = new Map(table.constraints);
  switch (change.kind) {
    case 'add-column':
      for (const [key, column] of columnsOf([change.column])) columns.set(key, column);
      for (const [key, each] of constraintsOf(schema, name, [change.column], [])) {
        constraints.set(key, each);
      }
      return { ...table, columns, constraints };
    case 'drop-column':
      columns.delete(change.column);
      for (const [key, each] of constraints) {
        if (each.columns.includes(change.column)) constraints.delete(key);
      }
      return { ...table, columns, constraints };
    case 'change-type':
      return withColumn(table, change.column, { type: change.to.type });
    case 'set-default':
      return withColumn(table, change.column, { hasDefault: !change.isDropped });
    case 'column':
      if (change.subtype === 'AT_SetNotNull') {
        return withColumn(table, change.column, { isNotNull: true });
      }
      return change.subtype === 'AT_DropNotNull'
        ? withColumn(table, change.column, { isNotNull: false })
        : table;
    case 'add-constraint':
      for (const [key, each] of constraintsOf(schema, name, [], [change.constraint])) {
        constraints.set(key, each);
      }
      return { ...table, constraints };
    case 'constraint': {
      const constraint = constraints.get(change.name);
      if (change.subtype === 'AT_DropConstraint') constraints.delete(change.name);
      else if (change.subtype === 'AT_ValidateConstraint' && constraint) {
        constraints.set(change.name, { ...constraint, isValid: true });
      }
      return { ...table, constraints };
    }
    case 'attach':
      setParents(schema, change.partition, (parents) => [...parents, schema.keyOf(name)]);
      return table;
    case 'detach':
      setParents(schema, change.partition, () => []);
      return table;
    case 'inherit': {
      const parent = schema.keyOf(change.parent);
      const others = table.parents.filter((each) => each !== parent);
      return { ...table, parents: change.isDropped ? others : [...others, parent] };
    }
    case 'options':
    case 'plain':
      return table;
  }
}

function withColumn(table: KnownTable, name: string, change: Partial<KnownColumn>): KnownTable {
  const known = table.columns.get(name) ?? UNKNOWN_COLUMN;
  return { ...table, columns: new Map(table.columns).set(name, { ...known, ...change }) };
}

function setParents(
  schema: Schema,
  name: Name,
  change: (parents: readonly string[]) => readonly string[],
): void {
  const table = schema.table(name) ?? UNKNOWN_TABLE;
  schema.tables.set(schema.keyOf(name), { ...table, parents: change(table.parents) });
}
