/**
 * What each command of ALTER TABLE locks (`AlterTableGetLockLevel` in
 * `src/backend/commands/tablecmds.c`), and how long it takes. Held against a running PostgreSQL by
 * test/core/migration/lint/corpus.
 */
import type { Schema } from '../schema/schema.ts';
import { nameOfKey } from '../schema/schema.ts';
import type { Change } from '../tree/act.ts';
import type { Constraint } from '../tree/columns.ts';
import type { Name } from '../tree/names.ts';
import { addColumn, changeType } from './columns.ts';
import type { LockMode } from './modes.ts';
import { type Touch, touch, touchKeys, touchUnnamed } from './touch.ts';

export function alterTableTouches(schema: Schema, table: Name, change: Change): readonly Touch[] {
  const own = changeTouches(schema, table, change);
  if (!isInherited(change)) return own;
  const heirs = schema.heirsOf(schema.keyOf(table)).map(nameOfKey);
  return [...own, ...heirs.flatMap((heir) => changeTouches(schema, heir, change))];
}

/** Whether what is done to a parent is done to its partitions and heirs. */
function isInherited(change: Change): boolean {
  switch (change.kind) {
    case 'attach':
    case 'detach':
    case 'inherit':
    case 'options':
      return false;
    case 'plain':
      return change.subtype.includes('Trig');
    default:
      return true;
  }
}

function changeTouches(schema: Schema, table: Name, change: Change): readonly Touch[] {
  switch (change.kind) {
    case 'add-column':
      return addColumn(schema, table, change.column);
    case 'drop-column':
      return [
        touch(table, 'AccessExclusive'),
        ...touchKeys(sharersOfColumn(schema, table, change.column), 'AccessExclusive'),
        // Those that show the column, which the files may not tell of each.
        ...(change.cascade
          ? touchKeys(schema.viewsOf(schema.keyOf(table)), 'AccessExclusive', 'brief', false)
          : []),
      ];
    case 'change-type':
      return changeType(schema, table, change.column, change.to);
    case 'set-default':
      return [touch(table, 'AccessExclusive')];
    case 'column':
      return ofColumn(schema, table, change.subtype, change.column);
    case 'add-constraint':
      return addConstraint(schema, table, change.constraint);
    case 'constraint':
      return ofConstraint(schema, table, change.subtype, change.name);
    case 'attach':
      return attach(schema, table, change.partition, change.isDefault);
    case 'detach':
      return detach(schema, table, change.partition, change.way);
    case 'inherit':
      return [
        touch(table, 'AccessExclusive'),
        touch(change.parent, change.isDropped ? 'AccessShare' : 'ShareUpdateExclusive'),
      ];
    case 'options':
      return [touch(table, optionsLock(change.names))];
    case 'plain':
      return [plain(table, change.subtype)];
  }
}

const LIGHT = new Set(['AT_SetStatistics', 'AT_SetOptions', 'AT_ResetOptions']);

function ofColumn(schema: Schema, table: Name, subtype: string, column: string): readonly Touch[] {
  if (LIGHT.has(subtype)) return [touch(table, 'ShareUpdateExclusive')];
  if (subtype === 'AT_SetExpression') {
    const known = schema.table(table)?.columns.get(column);
    const isVirtual = known?.isVirtual === true;
    return [touch(table, 'AccessExclusive', isVirtual ? 'brief' : 'rewrite', known !== undefined)];
  }
  if (subtype !== 'AT_SetNotNull') return [touch(table, 'AccessExclusive')];
  return [
    touch(table, 'AccessExclusive', isKnownNotNull(schema, table, column) ? 'brief' : 'scan'),
  ];
}

/** By the column itself, or by a CHECK that has been validated: then no row is looked at (since version 12). */
function isKnownNotNull(schema: Schema, table: Name, column: string): boolean {
  const known = schema.table(table);
  if (!known) return false;
  return (
    known.columns.get(column)?.isNotNull === true ||
    [...known.constraints.values()].some(
      ({ kind, columns, isValid, provesNotNull }) =>
        isValid && (provesNotNull === column || (kind === 'not-null' && columns.includes(column))),
    )
  );
}

function addConstraint(schema: Schema, table: Name, constraint: Constraint): readonly Touch[] {
  const isUnseen = constraint.isNotValid || constraint.isNotEnforced;
  switch (constraint.kind) {
    case 'foreign-key': {
      const work = isUnseen ? 'brief' : 'scan';
      const { references = table } = constraint;
      return [
        touch(table, 'ShareRowExclusive', work),
        touch(references, 'ShareRowExclusive', work),
      ];
    }
    case 'check':
    case 'not-null':
      return [touch(table, 'AccessExclusive', isUnseen ? 'brief' : 'scan')];
    case 'unique':
    case 'primary-key':
    case 'exclude': {
      if (constraint.usingIndex === undefined) return [touch(table, 'AccessExclusive', 'scan')];
      return [withReadyIndex(schema, table, constraint)];
    }
  }
}

/** A primary key's columns must be NOT NULL: where they are not yet, every row is looked at. */
function withReadyIndex(schema: Schema, table: Name, { kind, usingIndex = '' }: Constraint): Touch {
  if (kind !== 'primary-key') return touch(table, 'AccessExclusive');
  const columns = schema.index({ schema: table.schema, name: usingIndex })?.columns;
  const isProven = columns?.every((column) => isKnownNotNull(schema, table, column)) === true;
  const isSure = isProven || (columns !== undefined && schema.table(table)?.isWhole === true);
  return touch(table, 'AccessExclusive', isProven ? 'brief' : 'scan', isSure);
}

function ofConstraint(
  schema: Schema,
  table: Name,
  subtype: string,
  name: string,
): readonly Touch[] {
  const known = schema.table(table)?.constraints.get(name);
  const references = known?.references === undefined ? [] : [known.references];
  if (subtype === 'AT_ValidateConstraint') {
    const isDone = known?.isValid === true;
    return [
      touch(table, 'ShareUpdateExclusive', isDone ? 'brief' : 'scan', known !== undefined),
      ...touchKeys(isDone ? [] : references, 'RowShare'),
    ];
  }
  // How it is deferred, or whether it is enforced.
  if (subtype !== 'AT_DropConstraint') {
    return [
      touch(table, 'AccessExclusive'),
      ...touchKeys(references, 'AccessExclusive', 'brief', false),
    ];
  }
  const isUnknown = known === undefined && schema.table(table)?.isWhole !== true;
  const other = isUnknown
    ? [touchUnnamed('the table a foreign key leads to', 'AccessExclusive')]
    : [];
  return [
    touch(table, 'AccessExclusive'),
    ...touchKeys([...references, ...leadingToKey(schema, table, name)], 'AccessExclusive'),
    ...other,
  ];
}

/** Where a primary key or a unique constraint goes with CASCADE, so do the foreign keys that lead to it. */
function leadingToKey(schema: Schema, table: Name, name: string): readonly string[] {
  const kind = schema.table(table)?.constraints.get(name)?.kind;
  const isKey = kind === 'primary-key' || kind === 'unique';
  return isKey ? schema.referencing(schema.keyOf(table)) : [];
}

function sharersOfColumn(schema: Schema, table: Name, column: string): readonly string[] {
  return [...(schema.table(table)?.constraints.values() ?? [])].flatMap(
    ({ columns, references }) =>
      references !== undefined && columns.includes(column) ? [references] : [],
  );
}

function attach(
  schema: Schema,
  parent: Name,
  partition: Name,
  isDefault: boolean,
): readonly Touch[] {
  const defaults = schema.defaultOf(schema.keyOf(parent));
  return [
    touch(parent, 'ShareUpdateExclusive'),
    // Not looked through where a CHECK that holds already says what the partition says.
    touch(partition, 'AccessExclusive', 'scan', !isDefault && !hasCheck(schema, partition)),
    ...touchKeys(defaults, 'AccessExclusive', 'scan'),
  ];
}

function hasCheck(schema: Schema, table: Name): boolean {
  const constraints = [...(schema.table(table)?.constraints.values() ?? [])];
  return constraints.some(({ kind, isValid }) => kind === 'check' && isValid);
}

function detach(schema: Schema, parent: Name, partition: Name, way: string): readonly Touch[] {
  if (way === 'concurrently') {
    return [touch(parent, 'ShareUpdateExclusive'), touch(partition, 'AccessExclusive')];
  }
  if (way === 'finalize') {
    return [touch(parent, 'ShareUpdateExclusive'), touch(partition, 'AccessExclusive')];
  }
  const defaults = schema.defaultOf(schema.keyOf(parent));
  return [
    touch(parent, 'AccessExclusive'),
    touch(partition, 'AccessExclusive'),
    ...touchKeys(defaults, 'AccessExclusive'),
  ];
}

/** Those of a table that change while it is in use (`src/backend/access/common/reloptions.c`). */
function optionsLock(names: readonly string[]): LockMode {
  const isLight = (name: string): boolean =>
    !['user_catalog_table', 'security_barrier', 'security_invoker', 'check_option'].includes(name);
  return names.every(isLight) ? 'ShareUpdateExclusive' : 'AccessExclusive';
}

function plain(table: Name, subtype: string): Touch {
  if (/^AT_(Enable|Disable)(Always|Replica)?Trig/.test(subtype)) {
    return touch(table, 'ShareRowExclusive');
  }
  if (subtype === 'AT_ClusterOn' || subtype === 'AT_DropCluster') {
    return touch(table, 'ShareUpdateExclusive');
  }
  const rewrites = ['AT_SetLogged', 'AT_SetUnLogged', 'AT_SetTableSpace', 'AT_SetAccessMethod'];
  // Left alone where it lies there already.
  const isSure = subtype !== 'AT_SetTableSpace' && subtype !== 'AT_SetAccessMethod';
  if (rewrites.includes(subtype)) return touch(table, 'AccessExclusive', 'rewrite', isSure);
  return touch(table, 'AccessExclusive');
}
