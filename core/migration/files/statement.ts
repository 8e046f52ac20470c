/**
 * One statement of a file, and how it is run. Most run in a transaction of their own, in which is written
 * that they are done. The others refuse a transaction: what they leave when they are cut off is looked
 * for by its name, and cleared, before they are run again.
 */
import type { Act } from '../lint/tree/act.ts';
import type { Name } from '../lint/tree/names.ts';

export type How =
  | { readonly kind: 'transaction' }
  | { readonly kind: 'create-index'; readonly index: Name; readonly table: Name }
  | { readonly kind: 'drop-index'; readonly index: Name }
  | { readonly kind: 'reindex'; readonly what: string; readonly name: Name }
  | { readonly kind: 'detach'; readonly table: Name; readonly partition: Name }
  /** Does no harm when it is done again. */
  | { readonly kind: 'vacuum' };

export interface Statement {
  /** As it is written, without the semicolon. */
  readonly sql: string;
  readonly line: number;
  readonly how: How;
  /** Names of constraints that it adds, and nothing more than adds (NOT VALID). */
  readonly unvalidated: readonly string[];
}

export type StatementRead = { readonly how: How } | { readonly fault: string };

/** By what the statement does; `acts` is of one statement, never empty. */
export function howToRun(acts: readonly Act[]): StatementRead {
  const faults = acts.flatMap((act) => faultOf(act) ?? []);
  if (faults[0] !== undefined) return { fault: faults[0] };
  const alone = acts.flatMap((act) => aloneOf(act) ?? []);
  if (alone[0] === undefined) return { how: { kind: 'transaction' } };
  return acts.length === 1
    ? { how: alone[0] }
    : { fault: 'does several things, of which one needs a statement of its own' };
}

export function unvalidatedBy(acts: readonly Act[]): readonly string[] {
  return acts.flatMap((act) => {
    if (act.kind !== 'alter-table' || act.change.kind !== 'add-constraint') return [];
    const { isNotValid, name } = act.change.constraint;
    return isNotValid && name !== undefined ? [name] : [];
  });
}

/** Whether it does nothing but read. */
export function isReading(acts: readonly Act[]): boolean {
  return acts.every((act) => act.kind === 'data' && act.verb === 'select' && !act.isWriting);
}

function faultOf(act: Act): string | undefined {
  switch (act.kind) {
    case 'transaction':
      return `${act.verb.toUpperCase()}: transactions are the runner's; take it out`;
    case 'set':
      return 'SET holds for nothing: each statement has a transaction of its own; write names with their schema, and leave timeouts to the runner';
    case 'server-wide':
      return `${act.what} is about the whole server, and no business of a migration`;
    case 'create-table':
    case 'create-table-as':
      return act.isTemporary
        ? 'a temporary table is gone when another run goes on from here'
        : undefined;
    case 'create-index':
      return act.isConcurrent && act.index === undefined
        ? 'CREATE INDEX CONCURRENTLY needs a name: without one, nothing finds what it leaves when it is cut off'
        : undefined;
    case 'drop':
      return act.isConcurrent && act.names.length !== 1
        ? 'DROP INDEX CONCURRENTLY drops one index'
        : undefined;
    case 'data':
      return act.copies === 'client'
        ? 'COPY to or from the client has no client here: write INSERT, or fill the rows in a backfill'
        : undefined;
    default:
      return undefined;
  }
}

function aloneOf(act: Act): How | undefined {
  switch (act.kind) {
    case 'create-index':
      return act.isConcurrent && act.index !== undefined
        ? {
            kind: 'create-index',
            // An index lies in the schema of its table.
            index: { schema: act.table.schema, name: act.index },
            table: act.table,
          }
        : undefined;
    case 'drop': {
      const [index] = act.names;
      return act.isConcurrent && index ? { kind: 'drop-index', index } : undefined;
    }
    case 'reindex':
      return act.isConcurrent ? { kind: 'reindex', what: act.what, name: act.name } : undefined;
    case 'vacuum':
      return act.isAnalyze ? undefined : { kind: 'vacuum' };
    case 'alter-table':
      return act.change.kind === 'detach' && act.change.way === 'concurrently'
        ? { kind: 'detach', table: act.table, partition: act.change.partition }
        : undefined;
    default:
      return undefined;
  }
}
