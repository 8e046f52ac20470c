/** What every other statement locks. Held against a running PostgreSQL by test/core/migration/lint/corpus. */
import type { Schema } from '../schema/schema.ts';
import { nameOfKey } from '../schema/schema.ts';
import type { Act, CreateIndex, CreateTable, Data } from '../tree/act.ts';
import type { Name } from '../tree/names.ts';
import { alterTableTouches } from './alter-table.ts';
import { dropTouches, renameTouches } from './drops.ts';
import { reindexTouches, vacuumTouches } from './maintenance.ts';
import { LOCK_MODES, type LockMode } from './modes.ts';
import { type Touch, together, touch, touchKeys, touchUnnamed } from './touch.ts';

/** Undefined where it cannot be told. */
export function touchesOf(schema: Schema, act: Act): readonly Touch[] | undefined {
  const found = allTouches(schema, act);
  return found && together(schema, found);
}

const reading = (names: readonly Name[]): readonly Touch[] =>
  names.map((name) => touch(name, 'AccessShare'));

function allTouches(schema: Schema, act: Act): readonly Touch[] | undefined {
  switch (act.kind) {
    case 'alter-table':
      return alterTouches(schema, act);
    case 'rename':
    case 'set-schema':
      return renameTouches(schema, act);
    case 'create-table':
      return createTable(schema, act);
    case 'create-table-as':
      return reading(act.reads);
    case 'create-index':
      return createIndex(schema, act);
    case 'drop':
      return dropTouches(schema, act);
    case 'reindex':
      return reindexTouches(schema, act);
    case 'vacuum':
    case 'cluster':
      return vacuumTouches(act);
    case 'truncate':
      return truncate(schema, act.tables, act.cascade);
    case 'lock':
      return act.tables.map((table) => touch(table, lockOf(act.mode)));
    case 'create-view': {
      const isOld = act.replaces && schema.table(act.view)?.kind === 'view';
      return [...reading(act.reads), ...(isOld ? [touch(act.view, 'AccessExclusive')] : [])];
    }
    case 'refresh':
      return [
        touch(
          act.view,
          act.isConcurrent ? 'Exclusive' : 'AccessExclusive',
          act.isConcurrent ? 'scan' : 'rewrite',
        ),
        ...reading((schema.table(act.view)?.reads ?? []).map(nameOfKey)),
      ];
    default:
      return lesserTouches(schema, act);
  }
}

function lesserTouches(schema: Schema, act: Act): readonly Touch[] | undefined {
  switch (act.kind) {
    case 'create-trigger':
      return [
        touch(act.table, 'ShareRowExclusive'),
        ...touchKeys(schema.heirsOf(schema.keyOf(act.table)), 'ShareRowExclusive'),
        ...(act.references ? [touch(act.references, 'ShareRowExclusive')] : []),
      ];
    case 'create-rule':
    case 'policy':
      return [touch(tableOf(act), 'AccessExclusive')];
    case 'create-statistics':
      return act.tables.map((table) => touch(table, 'ShareUpdateExclusive'));
    case 'comment':
      return isOfTable(act.what) ? [touch(act.of, 'ShareUpdateExclusive')] : [];
    case 'publication':
      return act.tables.map((table) => touch(table, 'ShareUpdateExclusive'));
    case 'sequence':
      return [
        ...(act.isNew ? [] : [touch(act.name, 'ShareRowExclusive')]),
        ...(act.ownedBy ? [touch(act.ownedBy, 'AccessShare')] : []),
      ];
    case 'alter-domain':
      return domainTouches(schema, act);
    case 'data':
      return dataTouches(act);
    case 'create-type':
    case 'alter-enum':
    case 'create-routine':
    case 'grant':
    case 'owner':
    case 'transaction':
    case 'set':
    case 'harmless':
      return [];
    default:
      return undefined;
  }
}

function tableOf(act: Act & { kind: 'create-rule' | 'policy' }): Name {
  return act.table;
}

function isOfTable(what: string): boolean {
  return ['table', 'column', 'view', 'matview', 'foreign_table'].includes(what);
}

function lockOf(mode: number): LockMode {
  return LOCK_MODES[mode - 1] ?? 'AccessExclusive';
}

function alterTouches(schema: Schema, act: Act & { kind: 'alter-table' }): readonly Touch[] {
  const { of, table, change } = act;
  if (of === 'index') {
    const own = touch(table, indexLock(change));
    return change.kind === 'attach' ? [own, touch(change.partition, 'AccessExclusive')] : [own];
  }
  if (of === 'sequence' && change.kind === 'plain') return [touch(table, 'AccessExclusive')];
  return of === 'other' ? [] : alterTableTouches(schema, table, change);
}

function indexLock(change: (Act & { kind: 'alter-table' })['change']): LockMode {
  if (change.kind === 'options' || change.kind === 'attach') return 'ShareUpdateExclusive';
  if (change.kind === 'column') return 'ShareUpdateExclusive';
  return 'AccessExclusive';
}

function createTable(schema: Schema, act: CreateTable): readonly Touch[] {
  const { columns, constraints, partitionOf, inherits, likes } = act;
  const keys = [...columns.flatMap((column) => column.constraints), ...constraints];
  const referenced = keys.flatMap(({ references }) => references ?? []);
  const others = referenced.filter((name) => schema.keyOf(name) !== schema.keyOf(act.table));
  return [
    ...others.map((name) => touch(name, 'ShareRowExclusive')),
    ...(partitionOf ? partition(schema, partitionOf) : []),
    ...inherits.map((name) => touch(name, 'ShareUpdateExclusive')),
    ...reading(likes),
  ];
}

/** A default partition is looked through for rows that belong into the new one. */
function partition(schema: Schema, parent: Name): readonly Touch[] {
  const defaults = schema.defaultOf(schema.keyOf(parent));
  const referenced = schema.referencedBy(schema.keyOf(parent));
  return [
    touch(parent, 'AccessExclusive'),
    ...touchKeys(defaults, 'AccessExclusive', 'scan'),
    ...touchKeys(referenced, 'ShareRowExclusive'),
  ];
}

function createIndex(schema: Schema, act: CreateIndex): readonly Touch[] {
  if (act.isConcurrent) return [touch(act.table, 'ShareUpdateExclusive', 'scan')];
  const known = schema.table(act.table);
  // ON ONLY is written of partitioned tables, which have no rows themselves; of any other it changes nothing.
  const isEmpty = known?.kind === 'partitioned';
  const heirs = act.isOnly ? [] : schema.heirsOf(schema.keyOf(act.table));
  const isUnknown = !known;
  return [
    touch(act.table, 'Share', isEmpty ? 'brief' : 'scan', !isUnknown),
    ...touchKeys(heirs, 'Share', 'scan'),
  ];
}

function truncate(schema: Schema, tables: readonly Name[], cascade: boolean): readonly Touch[] {
  const own = tables.flatMap((table) => [
    schema.keyOf(table),
    ...schema.heirsOf(schema.keyOf(table)),
  ]);
  const others = cascade ? own.flatMap((key) => schema.referencing(key)) : [];
  const unseen = cascade && tables.some((table) => !schema.table(table)?.isWhole);
  return [
    ...touchKeys([...own, ...others], 'AccessExclusive', 'rewrite'),
    ...(unseen
      ? [touchUnnamed('every table that refers to it', 'AccessExclusive', 'rewrite')]
      : []),
  ];
}

/** A domain's constraint is held against every column of the domain. */
function domainTouches(schema: Schema, act: Act & { kind: 'alter-domain' }): readonly Touch[] {
  const isChecking =
    (act.change === 'C' && !act.isNotValid) || act.change === 'O' || act.change === 'V';
  if (!isChecking) return [];
  const key = schema.keyOf(act.name);
  const using = [...schema.tables].flatMap(([table, { columns }]) =>
    [...columns.values()].some(({ type }) => type && schema.keyOf(type) === key) ? [table] : [],
  );
  const unnamed = touchUnnamed('every table with a column of the domain', 'Share', 'scan');
  return using.length > 0 ? touchKeys(using, 'Share', 'scan') : [unnamed];
}

function dataTouches(act: Data): readonly Touch[] {
  const own = act.target ? [touch(act.target, 'RowExclusive')] : [];
  const lock = act.locksRows ? 'RowShare' : 'AccessShare';
  return [...own, ...act.reads.map((name) => touch(name, lock))];
}
