/** The SQL in the bodies of DO blocks and routines, as far as it is written out there. */

import type { SqlParser } from './parser.ts';
import type { Schema } from './schema/schema.ts';
import { cutStatements } from './text/statements.ts';
import type { Act } from './tree/act.ts';
import type { Name } from './tree/names.ts';
import type { Fields } from './tree/node.ts';
import { fieldsIf, fieldsOf, listOf, nodesIn, textOf } from './tree/node.ts';

/** A statement of a body, or something in it that cannot be told. */
export type Inner =
  | { readonly kind: 'sql'; readonly sql: string; readonly line: number }
  | { readonly kind: 'trees'; readonly trees: readonly unknown[]; readonly line: number }
  | { readonly kind: 'dynamic'; readonly line: number }
  /** The body is not what its language asks for. */
  | { readonly kind: 'refused'; readonly message: string };

/** What a statement runs. */
export function calledBy(act: Act): readonly Name[] {
  if (act.kind === 'call') return [act.routine];
  return act.kind === 'data' ? act.calls : [];
}

/** A trigger's function, and what takes its place: every write runs it from then on. */
export function calledLater(schema: Schema, act: Act): Name | undefined {
  if (act.kind === 'create-trigger') return act.routine;
  return act.kind === 'create-routine' && schema.isOfTrigger(act.name) ? act.name : undefined;
}

/** Of a DO block, or of a whole CREATE FUNCTION or PROCEDURE in PL/pgSQL. Lines count from the body's first. */
export function plpgsqlBody(parser: SqlParser, statement: string): readonly Inner[] {
  const parsed = parser.parsePlpgsql(statement);
  if (parsed.kind === 'refused') return [{ kind: 'refused', message: parsed.message }];
  const found: Inner[] = [];
  for (const { kind, fields } of nodesIn(parsed.trees)) {
    if (kind.startsWith('PLpgSQL_stmt_')) found.push(...innerOf(parser, fields));
  }
  return found;
}

/** Of a body in SQL. */
export function sqlBody(body: string): readonly Inner[] {
  return cutStatements(body).statements.map(({ text }) => ({ kind: 'sql', sql: text, line: 1 }));
}

/** Of a body that is written as SQL, `BEGIN ATOMIC … END` or `RETURN …`: the parser has read it already. */
export function atomicBody(parser: SqlParser, statement: string): readonly Inner[] {
  const parsed = parser.parse(statement);
  if (parsed.kind === 'refused') return [{ kind: 'refused', message: parsed.message }];
  const body = fieldsIf(parsed.trees[0], 'CreateFunctionStmt')?.sql_body;
  const trees = fieldsIf(body, 'List') ? itemsIn(body) : body === undefined ? [] : [body];
  return [{ kind: 'trees', trees, line: 1 }];
}

/** Of lists in lists. */
function itemsIn(tree: unknown): readonly unknown[] {
  const list = fieldsIf(tree, 'List');
  return list ? listOf(list.items).flatMap(itemsIn) : [tree];
}

/** How PL/pgSQL has an expression read (`RawParseMode` in `src/include/parser/parser.h`): as a statement. */
const AS_STATEMENT = 0;

function innerOf(parser: SqlParser, statement: Fields): readonly Inner[] {
  const line = Number(statement.lineno ?? 1);
  return Object.entries(statement).flatMap(([key, value]): readonly Inner[] => {
    const expression = fieldsIf(value, 'PLpgSQL_expr');
    const query = textOf(expression?.query);
    if (!expression || query === undefined) return [];
    const isDynamic =
      key === 'dynquery' || (key === 'query' && expression.parseMode !== AS_STATEMENT);
    if (isDynamic) {
      const sql = constantText(parser, query);
      return [sql === undefined ? { kind: 'dynamic', line } : { kind: 'sql', sql, line }];
    }
    return expression.parseMode === AS_STATEMENT ? [{ kind: 'sql', sql: query, line }] : [];
  });
}

/** Of `EXECUTE 'DROP TABLE x'`: what is executed, where that is one text and nothing else. */
function constantText(parser: SqlParser, expression: string): string | undefined {
  const parsed = parser.parse(`SELECT ${expression}`);
  if (parsed.kind === 'refused' || parsed.trees.length !== 1) return undefined;
  const [target] = [fieldsIf(parsed.trees[0], 'SelectStmt')?.targetList].flat();
  const constant = fieldsIf(fieldsIf(target, 'ResTarget')?.val, 'A_Const');
  return textOf(fieldsOf(constant?.sval).sval);
}
