/** What ALTER TABLE makes of a table that is known. */
import type { Change } from '../tree/act.ts';
import type { Column, Constraint } from '../tree/columns.ts';
import type { Name } from '../tree/names.ts';
import { type KnownColumn, type KnownConstraint, type KnownTable, unknownColumn } from './known.ts';
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
  const table = schema.known(name);
  const { columns, constraints } = table;
  switch (change.kind) {
    case 'add-column':
      for (const [key, column] of columnsOf([change.column])) columns.set(key, column);
      addConstraints(schema, name, constraintsOf(schema, name, [change.column], []));
      return;
    case 'drop-column':
      columns.delete(change.column);
      for (const [key, each] of constraints) {
        if (each.columns.includes(change.column)) constraints.delete(key);
      }
      return;
    case 'change-type':
      columnIn(table, change.column).type = change.to.type;
      return;
    case 'set-default':
      columnIn(table, change.column).hasDefault = !change.isDropped;
      return;
    case 'column':
      if (change.subtype === 'AT_SetNotNull') columnIn(table, change.column).isNotNull = true;
      if (change.subtype === 'AT_DropNotNull') columnIn(table, change.column).isNotNull = false;
      return;
    case 'add-constraint':
      addConstraints(schema, name, constraintsOf(schema, name, [], [change.constraint]));
      return;
    case 'constraint': {
      const constraint = constraints.get(change.name);
      if (change.subtype === 'AT_DropConstraint') constraints.delete(change.name);
      if (change.subtype === 'AT_ValidateConstraint' && constraint) constraint.isValid = true;
      return;
    }
    case 'attach':
      schema.put(schema.keyOf(change.partition), {
        ...schema.known(change.partition),
        parents: [schema.keyOf(name)],
        isDefaultPartition: change.isDefault,
      });
      return;
    case 'detach':
      schema.setParents(change.partition, []);
      return;
    case 'inherit': {
      const parent = schema.keyOf(change.parent);
      const others = table.parents.filter((each) => each !== parent);
      schema.setParents(name, change.isDropped ? others : [...others, parent]);
      return;
    }
    case 'options':
    case 'plain':
      return;
  }
}

function columnIn(table: KnownTable, name: string): KnownColumn {
  const column = table.columns.get(name) ?? unknownColumn();
  table.columns.set(name, column);
  return column;
}

function addConstraints(
  schema: Schema,
  name: Name,
  added: ReadonlyMap<string, KnownConstraint>,
): void {
  const { constraints, columns } = schema.known(name);
  for (const [key, each] of added) {
    constraints.set(key, each);
    schema.refer(schema.keyOf(name), each.references);
    // A primary key makes its columns so, and says it of no one else.
    if (each.kind !== 'primary-key') continue;
    for (const column of each.columns) {
      const known = columns.get(column);
      if (known) known.isNotNull = true;
    }
  }
}
