/** ALTER TABLE and its kin: one act for each of its commands. */
import type { Act, Change, PlacedAct, Relkind } from './act.ts';
import { columnOf, constraintOf, defaultOf, typeOf } from './columns.ts';
import { relationOf } from './names.ts';
import {
  type Fields,
  fieldsIf,
  fieldsOf,
  listOf,
  NO_FIELDS,
  nodeOf,
  placeOf,
  textOf,
} from './node.ts';

const RELKINDS: Readonly<Record<string, Relkind>> = {
  OBJECT_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'matview',
  OBJECT_INDEX: 'index',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_FOREIGN_TABLE: 'foreign-table',
};

export function relkindOf(objtype: unknown): Relkind {
  return RELKINDS[textOf(objtype) ?? ''] ?? 'other';
}

export function alterTableActs(fields: Fields): readonly PlacedAct[] {
  const table = relationOf(fields.relation);
  const of = relkindOf(fields.objtype);
  return listOf(fields.cmds).map((each) => {
    const command = fieldsIf(each, 'AlterTableCmd') ?? NO_FIELDS;
    const act: Act = { kind: 'alter-table', of, table, change: changeOf(command) };
    const inner = fieldsOf(nodeOf(command.def)?.fields);
    const place = placeOf(inner) ?? placeOf(fieldsOf(fieldsOf(inner.name))) ?? 0;
    return { act, place, fields: command };
  });
}

/** What is said of one column and needs no more than its name. */
const OF_COLUMN = new Set([
  ...['AT_SetNotNull', 'AT_DropNotNull', 'AT_SetExpression', 'AT_DropExpression'],
  ...['AT_AddIdentity', 'AT_SetIdentity', 'AT_DropIdentity'],
  ...['AT_SetStatistics', 'AT_SetOptions', 'AT_ResetOptions', 'AT_SetStorage', 'AT_SetCompression'],
]);

const OF_CONSTRAINT = new Set(['AT_ValidateConstraint', 'AT_DropConstraint']);

function changeOf(command: Fields): Change {
  const subtype = textOf(command.subtype) ?? '';
  const name = textOf(command.name) ?? '';
  const def = command.def;
  if (OF_COLUMN.has(subtype)) return { kind: 'column', subtype, column: name };
  const cascade = command.behavior === 'DROP_CASCADE';
  if (OF_CONSTRAINT.has(subtype)) return { kind: 'constraint', subtype, name, cascade };
  switch (subtype) {
    case 'AT_AddColumn':
      return {
        kind: 'add-column',
        column: columnOf(def),
        missingOnly: isTrue(command.missing_ok),
      };
    case 'AT_DropColumn':
      return { kind: 'drop-column', column: name, cascade };
    case 'AT_AlterColumnType':
      return { kind: 'change-type', column: name, to: newTypeOf(def) };
    case 'AT_ColumnDefault':
      return { kind: 'set-default', column: name, isDropped: defaultOf(def) === undefined };
    case 'AT_AddConstraint':
      return addedConstraint(def, subtype);
    case 'AT_AlterConstraint':
      return {
        kind: 'constraint',
        subtype,
        name: textOf(fieldsOf(nodeOf(def)?.fields).conname) ?? '',
        cascade,
      };
    case 'AT_AddInherit':
    case 'AT_DropInherit':
      return { kind: 'inherit', parent: relationOf(def), isDropped: subtype === 'AT_DropInherit' };
    case 'AT_AttachPartition':
    case 'AT_DetachPartition':
    case 'AT_DetachPartitionFinalize':
      return partitionChange(subtype, fieldsOf(nodeOf(def)?.fields));
    case 'AT_SetRelOptions':
    case 'AT_ResetRelOptions':
      return { kind: 'options', names: optionNames(def) };
    default:
      return { kind: 'plain', subtype };
  }
}

function addedConstraint(def: unknown, subtype: string): Change {
  const constraint = constraintOf(fieldsIf(def, 'Constraint') ?? NO_FIELDS);
  return constraint ? { kind: 'add-constraint', constraint } : { kind: 'plain', subtype };
}

function newTypeOf(def: unknown) {
  const fields = fieldsIf(def, 'ColumnDef') ?? NO_FIELDS;
  return {
    type: typeOf(fields.typeName),
    hasUsing: fields.raw_default !== undefined,
    hasCollation: fields.collClause !== undefined,
  };
}

function partitionChange(subtype: string, fields: Fields): Change {
  const partition = relationOf(fields.name);
  if (subtype === 'AT_AttachPartition') {
    const isDefault = isTrue(fieldsOf(fields.bound).is_default);
    return { kind: 'attach', partition, isDefault };
  }
  if (subtype === 'AT_DetachPartitionFinalize')
    return { kind: 'detach', partition, way: 'finalize' };
  return {
    kind: 'detach',
    partition,
    way: isTrue(fields.concurrent) ? 'concurrently' : 'plain',
  };
}

function optionNames(def: unknown): readonly string[] {
  const items = listOf(fieldsIf(def, 'List')?.items ?? def);
  return items.flatMap((each) => textOf(fieldsIf(each, 'DefElem')?.defname) ?? []);
}

export function isTrue(value: unknown): boolean {
  return value === true;
}
