/** What a statement makes of the schema that is known. */
import type { Act, CreateIndex, CreateTable, Drop } from '../tree/act.ts';
import type { Name } from '../tree/names.ts';
import { alterTable, columnsOf, constraintsOf } from './alter.ts';
import { type KnownTable, unknownTable } from './known.ts';
import type { Schema } from './schema.ts';

/** `text`: of the statement, which is kept of a routine that may be called later. */
export function apply(schema: Schema, act: Act, text?: string): void {
  switch (act.kind) {
    case 'create-table':
      createTable(schema, act);
      return;
    case 'create-table-as':
      putNew(schema, act.table, {
        kind: act.isTemporary ? 'temporary' : act.isMatview ? 'matview' : 'table',
        reads: act.isMatview ? act.reads.map((name) => schema.keyOf(name)) : [],
      });
      return;
    case 'create-view':
      putNew(schema, act.view, {
        kind: 'view',
        bornIn: schema.table(act.view)?.bornIn ?? schema.file,
        reads: act.reads.map((name) => schema.keyOf(name)),
      });
      return;
    case 'alter-table':
      alterTable(schema, act.table, act.change);
      return;
    case 'create-index':
      createIndex(schema, act);
      return;
    case 'create-type':
      schema.types.set(schema.keyOf(act.name), {
        form: act.form,
        isChecked: act.isChecked,
        base: act.base,
        bornIn: schema.file,
      });
      return;
    case 'create-routine': {
      const { language, volatility, body } = act;
      schema.routines.set(schema.keyOf(act.name), { language, volatility, body, text });
      return;
    }
    case 'create-trigger':
      schema.noteTrigger(act.routine);
      return;
    case 'drop':
      drop(schema, act);
      return;
    case 'rename':
      rename(schema, act);
      return;
    case 'set-schema':
      schema.move(schema.keyOf(act.of), `${act.to}.${act.of.name}`);
      return;
    case 'set':
      if (act.name === 'search_path' && act.value !== undefined) schema.searchPath = act.value;
      return;
    default:
      return;
  }
}

function putNew(schema: Schema, name: Name, table: Partial<KnownTable>): void {
  schema.put(schema.keyOf(name), { ...unknownTable(), bornIn: schema.file, ...table });
}

function createTable(schema: Schema, act: CreateTable): void {
  // Where it may have been there already, it is as it was.
  if (act.missingOnly && schema.table(act.table) !== undefined) return;
  const parents = [...(act.partitionOf ? [act.partitionOf] : []), ...act.inherits];
  const inherited = parents.map((name) => schema.table(name) ?? unknownTable());
  putNew(schema, act.table, {
    kind: act.isTemporary ? 'temporary' : act.isPartitioned ? 'partitioned' : 'table',
    isWhole: act.likes.length === 0 && inherited.every(({ isWhole }) => isWhole),
    columns: new Map([
      ...inherited.flatMap(({ columns }) => [...columns].map(copied)),
      ...columnsOf(act.columns),
    ]),
    constraints: constraintsOf(schema, act.table, act.columns, act.constraints),
    parents: parents.map((name) => schema.keyOf(name)),
    isDefaultPartition: act.isDefaultPartition,
  });
}

/** One without a name cannot be dropped. */
function createIndex(schema: Schema, { index, table, isUnique, columns }: CreateIndex): void {
  if (index === undefined) return;
  const key = schema.keyOf({ schema: table.schema, name: index });
  schema.indexes.set(key, { table: schema.keyOf(table), isUnique, columns });
}

/** An heir's column is its own. */
function copied<Value>([name, column]: [string, Value]): [string, Value] {
  return [name, { ...column }];
}

function drop(schema: Schema, { what, names, cascade }: Drop): void {
  for (const name of names) {
    const key = schema.keyOf(name);
    if (what === 'index') schema.indexes.delete(key);
    else if (what === 'type' || what === 'domain') schema.types.delete(key);
    else if (what === 'function' || what === 'procedure') schema.routines.delete(key);
    else if (what === 'schema') deleteIn(schema, `${name.name}.`);
    else if (['table', 'view', 'materialized view', 'matview'].includes(what)) {
      const heirs = cascade ? [...schema.heirsOf(key), ...schema.viewsOf(key)] : [];
      for (const each of [key, ...heirs]) schema.tables.delete(each);
    }
  }
}

function deleteIn(schema: Schema, prefix: string): void {
  for (const known of [schema.tables, schema.indexes, schema.types, schema.routines]) {
    for (const key of known.keys()) if (key.startsWith(prefix)) known.delete(key);
  }
}

function rename(schema: Schema, act: Act & { kind: 'rename' }): void {
  const key = schema.keyOf(act.of);
  const to = schema.keyOf({ schema: act.of.schema, name: act.to });
  if (act.what === 'table' || act.what === 'view' || act.what === 'matview') {
    schema.move(key, to);
  } else if (act.what === 'index') move(schema.indexes, key, to);
  else if (act.what === 'type' || act.what === 'domain') move(schema.types, key, to);
  else if (act.what === 'column') {
    const columns = schema.tables.get(key)?.columns;
    if (columns) move(columns, act.from, act.to);
  }
}

function move<Value>(known: Map<string, Value>, from: string, to: string): void {
  const value = known.get(from);
  if (value === undefined) return;
  known.delete(from);
  known.set(to, value);
}
