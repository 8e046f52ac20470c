/** Statements that read and write rows. */
import type { Data } from './act.ts';
import { isTrue } from './alter-table.ts';
import { isNullTest, truthOf } from './conditions.ts';
import { type Name, qualifiedOf, relationOf } from './names.ts';
import { type Fields, fieldsIf, listOf, type Node, nodesIn, textOf } from './node.ts';

const VERBS: Readonly<Record<string, Data['verb']>> = {
  SelectStmt: 'select',
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
  MergeStmt: 'merge',
};

/** A statement and those in its WITH, each by itself: `WITH gone AS (DELETE …) INSERT …` is two. */
export function dataActs(root: Node): readonly Data[] {
  const { writers, reads, locksRows, calls } = used(root.fields);
  // What is read and called anywhere in it, the whole tells.
  return [
    { ...dataAct(root), reads, locksRows, calls },
    ...writers.map((each) => ({ ...dataAct(each), reads: [], locksRows: false, calls: [] })),
  ];
}

function dataAct({ kind, fields }: Node): Omit<Data, 'reads' | 'locksRows' | 'calls'> {
  const verb = VERBS[kind] ?? 'select';
  return {
    kind: 'data',
    verb,
    target: verb === 'select' ? undefined : relationOf(fields.relation),
    hasCondition: hasCondition(verb, fields),
    isByNullAlone: isNullTest(fields.whereClause),
    isWriting: verb !== 'select',
    copies: undefined,
  };
}

interface Used {
  readonly reads: readonly Name[];
  readonly calls: readonly Name[];
  readonly writers: readonly Node[];
  readonly locksRows: boolean;
}

/** In one walk, as a list of rows may be as long as a file. What a WITH defines is no relation. */
function used(tree: unknown): Used {
  const defined = new Set<string>();
  const reads = new Map<string, Name>();
  const calls: Name[] = [];
  const writers: Node[] = [];
  let locksRows = false;
  for (const node of nodesIn(tree)) {
    const { kind, fields } = node;
    if (kind === 'RangeVar') {
      const name = relationOf(fields);
      reads.set(`${name.schema ?? ''}.${name.name}`, name);
    } else if (kind === 'CommonTableExpr') defined.add(textOf(fields.ctename) ?? '');
    else if (kind === 'FuncCall') calls.push(qualifiedOf(fields.funcname));
    else if (kind === 'LockingClause') locksRows = true;
    else if (kind in VERBS && kind !== 'SelectStmt') writers.push(node);
  }
  const isRelation = ({ schema, name }: Name): boolean =>
    schema !== undefined || !defined.has(name);
  return { reads: [...reads.values()].filter(isRelation), calls, writers, locksRows };
}

/** Relations that a tree names to read them. */
export function readsIn(tree: unknown): readonly Name[] {
  return used(tree).reads;
}

/** Rows that are written out are bounded by the file; those of a query are not, without a condition. */
function hasCondition(verb: Data['verb'], fields: Fields): boolean {
  switch (verb) {
    case 'update':
    case 'delete':
      return fields.whereClause !== undefined && truthOf(fields.whereClause) !== true;
    case 'insert': {
      const query = fieldsIf(fields.selectStmt, 'SelectStmt');
      if (!query || query.fromClause === undefined) return true;
      return query.whereClause !== undefined || query.limitCount !== undefined;
    }
    case 'merge':
      return false;
    case 'select':
    case 'copy':
      return true;
  }
}

export function copyAct(fields: Fields): Data {
  const table = fields.relation;
  const isFrom = isTrue(fields.is_from);
  const own = table === undefined ? [] : [relationOf(table)];
  const toFile = isTrue(fields.is_program) ? 'program' : 'file';
  return {
    kind: 'data',
    verb: 'copy',
    target: isFrom ? own[0] : undefined,
    hasCondition: true,
    isByNullAlone: false,
    isWriting: isFrom,
    reads: isFrom ? [] : [...own, ...readsIn(fields.query)],
    locksRows: false,
    calls: used(fields.query).calls,
    copies: fields.filename === undefined ? 'client' : toFile,
  };
}

export function namesOf(list: unknown): readonly Name[] {
  return listOf(list).map(relationOf);
}
