/** A schema learnt from statements that have been run already, such as those that a server says it is made of. */
import type { SqlParser } from '../parser.ts';
import { actsOf } from '../tree/statement.ts';
import { apply } from './apply.ts';
import type { Schema } from './schema.ts';

/** What the parser does not read is left out: less is known then, and what is said is less sure. */
export function learn(parser: SqlParser, schema: Schema, statements: readonly string[]): void {
  for (const text of statements) {
    const parsed = parser.parse(text);
    if (parsed.kind === 'refused') continue;
    for (const { act } of parsed.trees.flatMap(actsOf)) apply(schema, act, text);
  }
}

/** About how many rows a table has; below zero: unknown. */
export function learnRows(schema: Schema, key: string, rows: number): void {
  const table = schema.tables.get(key);
  if (table && rows >= 0) schema.put(key, { ...table, rows });
}
