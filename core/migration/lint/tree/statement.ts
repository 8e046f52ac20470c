/** From the parse tree of one statement to its acts: every kind of statement that PostgreSQL 18 has. */
import type { Act, PlacedAct } from './act.ts';
import { alterTableActs, isTrue } from './alter-table.ts';
import * as create from './create.ts';
import { copyAct, dataActs, namesOf, readsIn } from './data.ts';
import { drop, grant, rename, setSchema, wordOf } from './drops.ts';
import { isOn, objectOf, qualifiedOf, relationOf } from './names.ts';
import {
  type Fields,
  fieldsIf,
  fieldsOf,
  listOf,
  NO_FIELDS,
  type Node,
  nodeOf,
  stringOf,
  textOf,
} from './node.ts';
import { HARMLESS, SERVER_WIDE } from './other.ts';

export function actsOf(tree: unknown): readonly PlacedAct[] {
  const node = nodeOf(tree);
  if (!node) return [placed({ kind: 'unknown', what: 'nothing' })];
  const { kind, fields } = node;
  switch (kind) {
    case 'AlterTableStmt':
      return alterTableActs(fields);
    case 'SelectStmt':
      return fields.intoClause === undefined
        ? dataOf(node)
        : [placed(create.createTableAs(fields.intoClause, fields.fromClause, false))];
    case 'ReturnStmt':
    case 'InsertStmt':
    case 'UpdateStmt':
    case 'DeleteStmt':
    case 'MergeStmt':
      return dataOf(node);
    case 'CreateSchemaStmt':
      return [
        placed({ kind: 'harmless', what: kind }),
        ...listOf(fields.schemaElts).flatMap(actsOf),
      ];
    case 'CreateTableAsStmt':
    case 'CopyStmt':
      return [{ act: actOf(kind, fields), place: 0, fields }, ...writersIn(fields.query)];
    // What they carry is run, or may be run by what comes later in the session.
    case 'ExplainStmt':
    case 'PrepareStmt':
    case 'DeclareCursorStmt':
      return actsOf(fields.query);
    default:
      return [{ act: actOf(kind, fields), place: 0, fields }];
  }
}

function dataOf(node: Node): readonly PlacedAct[] {
  return dataActs(node).map((act, at) => ({
    act,
    place: 0,
    fields: at === 0 ? node.fields : NO_FIELDS,
  }));
}

/** What a query writes and calls whose rows go somewhere else. */
function writersIn(query: unknown): readonly PlacedAct[] {
  const node = nodeOf(query);
  return node === undefined || node.kind === 'ExecuteStmt' ? [] : dataOf(node);
}

function placed(act: Act): PlacedAct {
  return { act, place: 0, fields: NO_FIELDS };
}

type Reader = (fields: Fields) => Act;

const READERS: Readonly<Record<string, Reader>> = {
  CreateStmt: create.createTable,
  CreateForeignTableStmt: (fields) => create.createTable(fieldsOf(fields.base)),
  CreateTableAsStmt: (fields) =>
    create.createTableAs(fields.into, fields.query, fields.objtype === 'OBJECT_MATVIEW'),
  IndexStmt: create.createIndex,
  CreateTrigStmt: create.createTrigger,
  CreateDomainStmt: create.createDomain,
  CreateEnumStmt: create.createEnum,
  CompositeTypeStmt: (fields) => otherType(relationOf(fields.typevar)),
  CreateRangeStmt: (fields) => otherType(qualifiedOf(fields.typeName)),
  CreateSeqStmt: (fields) => create.sequence(fields, true),
  AlterSeqStmt: (fields) => create.sequence(fields, false),
  CreateFunctionStmt: create.createRoutine,
  DoStmt: create.doBlock,
  CreatePublicationStmt: create.publication,
  AlterPublicationStmt: create.publication,
  CommentStmt: create.comment,
  SecLabelStmt: create.comment,
  DropStmt: drop,
  RenameStmt: rename,
  AlterObjectSchemaStmt: setSchema,
  GrantStmt: grant,
  ViewStmt: (fields) => ({
    kind: 'create-view',
    view: relationOf(fields.view),
    replaces: isTrue(fields.replace),
    reads: readsIn(fields.query),
  }),
  RefreshMatViewStmt: (fields) => ({
    kind: 'refresh',
    view: relationOf(fields.relation),
    isConcurrent: isTrue(fields.concurrent),
    isEmpty: isTrue(fields.skipData),
  }),
  AlterOwnerStmt: (fields) =>
    fields.objectType === 'OBJECT_DATABASE'
      ? { kind: 'server-wide', what: 'AlterOwner' }
      : { kind: 'owner', what: wordOf(fields.objectType), of: objectOf(fields.object) },
  RuleStmt: (fields) => ({ kind: 'create-rule', table: relationOf(fields.relation) }),
  CreatePolicyStmt: (fields) => ({
    kind: 'policy',
    table: relationOf(fields.table),
    isNew: true,
  }),
  AlterPolicyStmt: (fields) => ({
    kind: 'policy',
    table: relationOf(fields.table),
    isNew: false,
  }),
  CreateStatsStmt: (fields) => ({
    kind: 'create-statistics',
    tables: namesOf(fields.relations),
  }),
  AlterEnumStmt: (fields) => {
    const [from, to] = [textOf(fields.oldVal), textOf(fields.newVal)];
    const added = from === undefined ? to : undefined;
    return { kind: 'alter-enum', name: qualifiedOf(fields.typeName), added, renamed: from };
  },
  AlterDomainStmt: alterDomain,
  ReindexStmt: (fields) => ({
    kind: 'reindex',
    what: (textOf(fields.kind) ?? '').replace('REINDEX_OBJECT_', '').toLowerCase(),
    name: relationOf(fields.relation),
    isConcurrent: isOn(fields.params, 'concurrently'),
  }),
  VacuumStmt: vacuum,
  ClusterStmt: (fields) => ({
    kind: 'cluster',
    table: fields.relation === undefined ? undefined : relationOf(fields.relation),
  }),
  TruncateStmt: (fields) => ({
    kind: 'truncate',
    tables: namesOf(fields.relations),
    cascade: fields.behavior === 'DROP_CASCADE',
  }),
  LockStmt: (fields) => ({
    kind: 'lock',
    tables: namesOf(fields.relations),
    mode: Number(fields.mode ?? 0),
  }),
  CopyStmt: copyAct,
  CallStmt: (fields) => ({
    kind: 'call',
    routine: qualifiedOf(fieldsOf(fields.funccall).funcname),
  }),
  TransactionStmt: (fields) => ({
    kind: 'transaction',
    verb: (textOf(fields.kind) ?? '').replace('TRANS_STMT_', '').toLowerCase(),
  }),
  VariableSetStmt: variable,
  CreateExtensionStmt: (fields) => extension(fields, true),
  AlterExtensionStmt: (fields) => extension(fields, false),
};

function actOf(kind: string, fields: Fields): Act {
  const reader = READERS[kind];
  if (reader) return reader(fields);
  const what = kind.replace(/Stmt$/, '');
  if (SERVER_WIDE.has(kind)) return { kind: 'server-wide', what };
  return { kind: HARMLESS.has(kind) ? 'harmless' : 'unknown', what };
}

function otherType(name: ReturnType<typeof relationOf>): Act {
  return {
    kind: 'create-type',
    name,
    form: 'other',
    isChecked: false,
    base: undefined,
    labels: [],
  };
}

function alterDomain(fields: Fields): Act {
  const constraint = fieldsIf(fields.def, 'Constraint');
  return {
    kind: 'alter-domain',
    name: qualifiedOf(fields.typeName),
    change: textOf(fields.subtype) ?? '',
    isNotValid: isTrue(constraint?.skip_validation),
  };
}

function vacuum(fields: Fields): Act {
  const isVacuum = isTrue(fields.is_vacuumcmd);
  return {
    kind: 'vacuum',
    isFull: isVacuum && isOn(fields.options, 'full'),
    isAnalyze: !isVacuum,
    tables: listOf(fields.rels).map((each) =>
      relationOf(fieldsIf(each, 'VacuumRelation')?.relation),
    ),
  };
}

/** `SET name = value`; of a list of values the first, as `search_path` has it. */
function variable(fields: Fields): Act {
  const [first] = listOf(fields.args);
  const constant = fieldsOf(fieldsIf(first, 'A_Const'));
  const text = textOf(fieldsOf(constant.sval).sval) ?? stringOf(first);
  const number = 'ival' in constant ? String(fieldsOf(constant.ival).ival ?? 0) : undefined;
  return {
    kind: 'set',
    name: textOf(fields.name) ?? wordOf(fields.kind),
    value: text ?? number,
    isLocal: isTrue(fields.is_local),
  };
}

function extension(fields: Fields, isNew: boolean): Act {
  return { kind: 'extension', isNew, name: textOf(fields.extname) ?? '' };
}
