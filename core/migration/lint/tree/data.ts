/** Statements that read and write rows. */
import type { Data } from './act.ts';
import { isTrue } from './alter-table.ts';
import { type Name, qualifiedOf, relationOf } from './names.ts';
import { type Fields, fieldsIf, fieldsOf, listOf, type Node, nodesIn, textOf } from './node.ts';

const VERBS: Readonly<Record<string, Data['verb']>> = {
  SelectStmt: 'select',
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
  MergeStmt: 'merge',
};

/** A statement and those in its WITH, each by itself: `WITH gone AS (DELETE …) INSERT …` is two. */
export function dataActs(root: Node): readonly Data[] {
  const inner = [...nodesIn(root.fields)].filter(
    ({ kind }) => kind in VERBS && kind !== 'SelectStmt',
  );
  return [root, ...inner].map(dataAct);
}

function dataAct({ kind, fields }: Node): Data {
  const verb = VERBS[kind] ?? 'select';
  return {
    kind: 'data',
    verb,
    target: verb === 'select' ? undefined : relationOf(fields.relation),
    hasCondition: hasCondition(verb, fields),
    isWriting: verb !== 'select',
    reads: readsIn(fields),
    locksRows: [...nodesIn(fields)].some((node) => node.kind === 'LockingClause'),
    calls: callsIn(fields),
    copies: undefined,
  };
}

/** Rows that are written out are bounded by the file; those of a query are not, without a condition. */
function hasCondition(verb: Data['verb'], fields: Fields): boolean {
  switch (verb) {
    case 'update':
    case 'delete':
      return fields.whereClause !== undefined && !isAlwaysTrue(fields.whereClause);
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

/** `WHERE true`, `WHERE 1 = 1`. */
function isAlwaysTrue(condition: unknown): boolean {
  const constant = fieldsIf(condition, 'A_Const');
  if (constant) return fieldsOf(constant.boolval).boolval === true;
  const test = fieldsIf(condition, 'A_Expr');
  const [left, right] = [fieldsIf(test?.lexpr, 'A_Const'), fieldsIf(test?.rexpr, 'A_Const')];
  if (!left || !right) return false;
  return JSON.stringify(left.ival ?? left.sval) === JSON.stringify(right.ival ?? right.sval);
}

/** Relations that a tree names to read them; what its WITH defines is none. */
export function readsIn(tree: unknown): readonly Name[] {
  const defined = new Set<string>();
  const found = new Map<string, Name>();
  for (const { kind, fields } of nodesIn(tree)) {
    if (kind === 'CommonTableExpr') defined.add(textOf(fields.ctename) ?? '');
    if (kind !== 'RangeVar') continue;
    const name = relationOf(fields);
    found.set(`${name.schema ?? ''}.${name.name}`, name);
  }
  return [...found.values()].filter(
    ({ schema, name }) => schema !== undefined || !defined.has(name),
  );
}

function callsIn(tree: unknown): readonly Name[] {
  return [...nodesIn(tree)].flatMap(({ kind, fields }) =>
    kind === 'FuncCall' ? [qualifiedOf(fields.funcname)] : [],
  );
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
    isWriting: isFrom,
    reads: isFrom ? [] : [...own, ...readsIn(fields.query)],
    locksRows: false,
    calls: callsIn(fields.query),
    copies: fields.filename === undefined ? 'client' : toFile,
  };
}

export function namesOf(list: unknown): readonly Name[] {
  return listOf(list).map(relationOf);
}
