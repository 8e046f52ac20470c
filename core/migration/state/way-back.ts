/**
 * The way back: whether an older version still fits the schema, and what is undone where the schema is to
 * go down with it. Never behind a contract: what that has removed, nothing here can bring back.
 */
import type { Problem } from '../engine.ts';
import { type DatabaseState, type MigrationRow, rowOf } from './rows.ts';

export type WayBack =
  /** `to` is the last migration that stays; empty: none. `undo` in the order in which it is undone. */
  | { readonly kind: 'open'; readonly to: string; readonly undo: readonly MigrationRow[] }
  | { readonly kind: 'closed'; readonly problem: Problem };

/** Where the schema stays, only its floor counts. */
export function wayBackOf(
  state: DatabaseState,
  to: string,
  schema: 'stays' | 'goes-down',
): WayBack {
  const target = to === 'previous' ? beforeLastRun(state) : to;
  const { floor } = state;
  if (floor && target < floor.id) {
    return closed(
      `the database does not go below ${floor.id}: ${floor.raisedBy} has removed what older versions need`,
      'go on to a new version that puts it right; what was removed comes back from a backup only',
    );
  }
  const known = state.rows.some(({ id }) => id === target);
  if (to !== 'previous' && target !== '0000' && !known) {
    return closed(`${target} is no migration of this database`, 'status lists those that are');
  }
  if (schema === 'stays') return { kind: 'open', to: target, undo: [] };
  const undo = standing(state, target);
  const begun = undo.find(({ id }) => isBegun(rowOf(state, id, 'contract')));
  if (begun) {
    return closed(
      `the contract of ${begun.id}_${begun.slug} has begun: there is no way back behind it`,
      'finish it with contract, or go on to a new version',
    );
  }
  const stuck = undo.find(({ downSql }) => downSql === undefined);
  if (stuck) {
    return closed(
      `${stuck.id}_${stuck.slug} has no way back written down: it was ${stuck.status === 'baselined' ? 'taken as applied by baseline' : 'applied without one'}`,
      'undo it by hand, and say so with repair',
    );
  }
  return { kind: 'open', to: target, undo };
}

/** Expanded, or on the way there or back, above the target; the last one first. */
function standing({ rows }: DatabaseState, target: string): readonly MigrationRow[] {
  return rows
    .filter((row) => row.phase === 'expand' && row.id > target && row.status !== 'undone')
    .toSorted((one, other) => (one.id < other.id ? 1 : -1));
}

/** The last migration that was there before the last run that expanded anything. */
function beforeLastRun({ rows }: DatabaseState): string {
  const expanded = rows.filter((row) => row.phase === 'expand' && row.status !== 'undone');
  const last = expanded.toSorted((one, other) => one.startedAt - other.startedAt).at(-1);
  if (!last) return '';
  const own = expanded.filter(({ run }) => run === last.run).map(({ id }) => id);
  const first = own.sort()[0] ?? '';
  const before = expanded.map(({ id }) => id).filter((id) => id < first);
  return before.sort().at(-1) ?? '';
}

function isBegun(row: MigrationRow | undefined): boolean {
  return row !== undefined && row.status !== 'undone';
}

function closed(message: string, advice: string): WayBack {
  return { kind: 'closed', problem: { message, advice } };
}
