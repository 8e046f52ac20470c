/** What makes something new: tables, indexes, views, types, routines, triggers. */
import type { Act, CreateIndex, CreateTable, Routine } from './act.ts';
import { isTrue } from './alter-table.ts';
import { columnOf, constraintOf, typeOf } from './columns.ts';
import { readsIn } from './data.ts';
import { memberOf, objectOf, optionOf, qualifiedOf, relationOf, relationsOf } from './names.ts';
import {
  type Fields,
  fieldsAmong,
  fieldsIf,
  fieldsOf,
  listOf,
  nodeOf,
  stringOf,
  stringsOf,
  textOf,
} from './node.ts';

export function createTable(fields: Fields): CreateTable {
  const elements = listOf(fields.tableElts);
  const columns = fieldsAmong(elements, 'ColumnDef');
  const parents = relationsOf(fields.inhRelations);
  const bound = fields.partbound;
  return {
    kind: 'create-table',
    table: relationOf(fields.relation),
    missingOnly: isTrue(fields.if_not_exists),
    isTemporary: isTemporary(fields.relation),
    isPartitioned: fields.partspec !== undefined,
    columns: columns.map(columnOf),
    constraints: fieldsAmong(elements, 'Constraint').flatMap((each) => constraintOf(each) ?? []),
    partitionOf: bound === undefined ? undefined : parents[0],
    isDefaultPartition: isTrue(fieldsOf(bound).is_default),
    inherits: bound === undefined ? parents : [],
    likes: fieldsAmong(elements, 'TableLikeClause').map((like) => relationOf(like.relation)),
  };
}

export function createTableAs(into: unknown, query: unknown, isMatview: boolean): Act {
  const table = fieldsOf(into).rel;
  return {
    kind: 'create-table-as',
    table: relationOf(table),
    isMatview,
    isTemporary: isTemporary(table),
    reads: readsIn(query),
  };
}

function isTemporary(relation: unknown): boolean {
  return fieldsOf(relation).relpersistence === 't';
}

export function createIndex(fields: Fields): CreateIndex {
  const keys = listOf(fields.indexParams).map((each) => textOf(fieldsIf(each, 'IndexElem')?.name));
  const isPlain = keys.every((key) => key !== undefined) && fields.whereClause === undefined;
  return {
    kind: 'create-index',
    index: textOf(fields.idxname),
    table: relationOf(fields.relation),
    isUnique: isTrue(fields.unique),
    isConcurrent: isTrue(fields.concurrent),
    missingOnly: isTrue(fields.if_not_exists),
    isOnly: !isTrue(fieldsOf(fields.relation).inh),
    columns: isPlain ? keys : undefined,
  };
}

export function createTrigger(fields: Fields): Act {
  const from = fields.constrrel;
  return {
    kind: 'create-trigger',
    name: textOf(fields.trigname) ?? '',
    table: relationOf(fields.relation),
    replaces: isTrue(fields.replace),
    references: from === undefined ? undefined : relationOf(from),
    routine: qualifiedOf(fields.funcname),
  };
}

export function createDomain(fields: Fields): Act {
  const checked = ['CONSTR_CHECK', 'CONSTR_NOTNULL'];
  const isChecked = listOf(fields.constraints).some((each) =>
    checked.includes(textOf(fieldsIf(each, 'Constraint')?.contype) ?? ''),
  );
  return {
    kind: 'create-type',
    name: qualifiedOf(fields.domainname),
    form: 'domain',
    isChecked,
    base: typeOf(fields.typeName),
    labels: [],
  };
}

export function createEnum(fields: Fields): Act {
  const name = qualifiedOf(fields.typeName);
  return {
    kind: 'create-type',
    name,
    form: 'enum',
    isChecked: false,
    base: undefined,
    labels: stringsOf(fields.vals),
  };
}

/** Of CREATE and of ALTER SEQUENCE: what it belongs to, where that is said. */
export function sequence(fields: Fields, isNew: boolean): Act {
  const owner = fieldsOf(optionOf(fields.options, 'owned_by')?.arg);
  const { table } = memberOf(owner);
  return {
    kind: 'sequence',
    name: relationOf(fields.sequence),
    isNew,
    ownedBy: table.name === '' ? undefined : table,
  };
}

export function createRoutine(fields: Fields): Routine {
  const options = fields.options;
  const word = (name: string): string | undefined => stringOf(optionOf(options, name)?.arg);
  const volatility = word('volatility');
  const [body, library] = listOf(fieldsIf(optionOf(options, 'as')?.arg, 'List')?.items);
  return {
    kind: 'create-routine',
    name: qualifiedOf(fields.funcname),
    replaces: isTrue(fields.replace),
    isProcedure: isTrue(fields.is_procedure),
    language: word('language') ?? 'sql',
    body: library === undefined ? stringOf(body) : undefined,
    volatility: volatility === 'immutable' || volatility === 'stable' ? volatility : 'volatile',
  };
}

export function doBlock(fields: Fields): Act {
  const word = (name: string): string | undefined => stringOf(optionOf(fields.args, name)?.arg);
  return { kind: 'do', language: word('language') ?? 'plpgsql', body: word('as') ?? '' };
}

export function publication(fields: Fields): Act {
  const tables = listOf(fields.pubobjects).flatMap((each) => {
    const table = fieldsOf(fieldsIf(each, 'PublicationObjSpec')?.pubtable).relation;
    return table === undefined ? [] : [relationOf(table)];
  });
  return { kind: 'publication', tables, isAll: isTrue(fields.for_all_tables) };
}

export function comment(fields: Fields): Act {
  const what = (textOf(fields.objtype) ?? '').replace('OBJECT_', '').toLowerCase();
  const isMember = ['column', 'tabconstraint', 'trigger', 'policy', 'rule'].includes(what);
  const of = isMember
    ? memberOf(fields.object).table
    : objectOf(nodeOf(fields.object) && fields.object);
  return { kind: 'comment', what, of };
}
