/** Every rule that looks at a statement, in the order in which they are told. */
import { ADDED_COLUMN_RULES } from './added-columns.ts';
import { CHANGED_COLUMN_RULES } from './changed-columns.ts';
import { CONSTRAINT_RULES } from './constraints.ts';
import { DROP_RULES } from './drops.ts';
import { INDEX_RULES } from './indexes.ts';
import type { Rule } from './rule.ts';
import { longLock, TABLE_RULES } from './tables.ts';
import { TRANSACTION_RULES } from './transactions.ts';
import { UNKNOWN_RULES } from './unknown.ts';

export const STATEMENT_RULES: readonly Rule[] = [
  ...ADDED_COLUMN_RULES,
  ...CHANGED_COLUMN_RULES,
  ...CONSTRAINT_RULES,
  ...INDEX_RULES,
  ...DROP_RULES,
  ...TABLE_RULES,
  ...TRANSACTION_RULES,
  ...UNKNOWN_RULES,
  longLock,
];

/** Of those that no statement is asked by, what somebody may know better: a trigger fills, a block is harmless. */
const ALLOWED_OF_TEXTS = ['dynamic-sql', 'backfill-endless'];

const ALLOWED: ReadonlySet<string> = new Set([
  ...STATEMENT_RULES.map(({ id }) => id),
  ...ALLOWED_OF_TEXTS,
]);

/** What a comment may allow. What is no SQL at all is refused by the server, whatever a comment says. */
export function mayBeAllowed(id: string): boolean {
  return ALLOWED.has(id);
}
