/** From files and tables: what is still to be done, and what later stages go by. */
import type { Backup, Gate, MigrationFacts, MigrationPhase } from '../engine.ts';
import type { Migration } from '../files/migrations.ts';
import { fileOf } from './drift.ts';
import { type DatabaseState, isDone, rowOf } from './rows.ts';

/** Ids whose phase has a file and is not done, oldest first. */
export function pendingOf(
  migrations: readonly Migration[],
  state: DatabaseState,
  phase: MigrationPhase,
): readonly string[] {
  return migrations
    .filter((migration) => fileOf(migration, phase) !== undefined)
    .filter(({ id }) => !isDone(rowOf(state, id, phase)))
    .map(({ id }) => id);
}

/** What has to be done before a release may go on. */
const BEFORE_TRAFFIC = ['expand', 'backfill', 'validate'] as const satisfies MigrationPhase[];

/** The last migration up to which all is done that comes before traffic; empty: none. */
export function schemaOf(migrations: readonly Migration[], state: DatabaseState): string {
  const open = new Set(BEFORE_TRAFFIC.flatMap((phase) => pendingOf(migrations, state, phase)));
  const first = migrations.findIndex(({ id }) => open.has(id));
  const complete = first === -1 ? migrations : migrations.slice(0, first);
  return complete.at(-1)?.id ?? '';
}

/** What the tables alone know: the last migration that is expanded. */
function lastExpanded({ rows }: DatabaseState): string {
  const ids = rows
    .filter((row) => row.phase !== 'contract' && row.phase !== 'validate' && isDone(row))
    .map(({ id }) => id);
  return ids.sort().at(-1) ?? '';
}

/** Ids that this run has expanded or filled: their old shape has been there a moment ago. */
export function expandedBy({ rows }: DatabaseState, run: string): readonly string[] {
  const own = rows.filter(
    (row) => row.run === run && row.phase !== 'contract' && row.phase !== 'validate',
  );
  return [
    ...new Set(own.filter(({ status }) => status !== 'baselined').map(({ id }) => id)),
  ].sort();
}

export interface Seen {
  readonly migrations: readonly Migration[];
  readonly state: DatabaseState;
  readonly run: string;
  readonly gates: readonly Gate[];
  readonly backup: Backup | undefined;
}

export function factsOf({ migrations, state, run, gates, backup }: Seen): MigrationFacts {
  const pending = (phase: MigrationPhase): readonly string[] => pendingOf(migrations, state, phase);
  return {
    version: 1,
    schema: migrations.length === 0 ? lastExpanded(state) : schemaOf(migrations, state),
    compatFloor: state.floor?.id ?? '',
    floorRaisedBy: state.floor?.raisedBy ?? '',
    pending: {
      expand: pending('expand'),
      backfill: pending('backfill'),
      validate: pending('validate'),
      contract: pending('contract'),
    },
    expandedNow: expandedBy(state, run),
    gates,
    backup,
  };
}
