/** Whether a WHERE bounds anything: what is true of every row does not, and of a new column neither does IS NULL. */
import { type Fields, fieldsIf, fieldsOf, integerOf, listOf, nodeOf, stringOf } from './node.ts';

/** No condition that bounds what is written is deeper. */
const MOST_DEPTH = 50;

/** Of a condition, whatever the rows are; undefined: it depends on them. */
export function truthOf(condition: unknown, depth = 0): boolean | undefined {
  const node = nodeOf(condition);
  if (!node || depth > MOST_DEPTH) return undefined;
  const { kind, fields } = node;
  switch (kind) {
    case 'A_Const':
      return 'boolval' in fields ? fieldsOf(fields.boolval).boolval === true : undefined;
    case 'TypeCast':
      return castTruth(fields);
    case 'BoolExpr':
      return combined(
        fields.boolop,
        listOf(fields.args).map((each) => truthOf(each, depth + 1)),
      );
    case 'A_Expr':
      return compared(fields);
    case 'NullTest':
      return nodeOf(fields.arg)?.kind === 'A_Const'
        ? (fields.nulltesttype === 'IS_NULL') === (fieldsIf(fields.arg, 'A_Const')?.isnull === true)
        : undefined;
    case 'SubLink': {
      const query = fieldsIf(fields.subselect, 'SelectStmt');
      const isBare = query !== undefined && !('fromClause' in query) && !('whereClause' in query);
      return fields.subLinkType === 'EXISTS_SUBLINK' && isBare ? true : undefined;
    }
    default:
      return undefined;
  }
}

/** Whether nothing is asked but which columns are NULL: of a column that was just added they all are. */
export function isNullTest(condition: unknown): boolean {
  const node = nodeOf(condition);
  if (node?.kind === 'BoolExpr') return listOf(node.fields.args).every(isNullTest);
  return node?.kind === 'NullTest' && nodeOf(node.fields.arg)?.kind === 'ColumnRef';
}

function combined(
  operator: unknown,
  truths: readonly (boolean | undefined)[],
): boolean | undefined {
  const [first] = truths;
  if (operator === 'NOT_EXPR') return first === undefined ? undefined : !first;
  const decides = operator === 'OR_EXPR';
  if (truths.includes(decides)) return decides;
  return truths.every((each) => each === !decides) ? !decides : undefined;
}

/** `'t'::boolean`, and true itself, which is read as a cast by some. */
function castTruth({ arg }: Fields): boolean | undefined {
  const text = fieldsOf(fieldsIf(arg, 'A_Const')?.sval).sval;
  if (text === 't' || text === 'true') return true;
  return text === 'f' || text === 'false' ? false : undefined;
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** Two constants, or a column and itself. */
function compared({ kind, name, lexpr, rexpr }: Fields): boolean | undefined {
  const holds = kind === 'AEXPR_OP' && COMPARISONS[stringOf(listOf(name)[0]) ?? ''];
  if (!holds) return undefined;
  const [left, right] = [integerOf(lexpr), integerOf(rexpr)];
  if (left !== undefined && right !== undefined) return holds(left - right);
  const kinds = [lexpr, rexpr].map((each) => nodeOf(each)?.kind);
  const isComparable = kinds[0] === kinds[1] && ['A_Const', 'ColumnRef'].includes(kinds[0] ?? '');
  return isComparable && written(lexpr) === written(rexpr) ? holds(0) : undefined;
}

/** The same for what is written the same, wherever it stands. */
function written(tree: unknown): string {
  return JSON.stringify(tree, (key, value) => (key === 'location' ? undefined : value));
}
