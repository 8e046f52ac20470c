/** Whether what was applied is what the files say: a file that has changed since is not what the database has. */
import type { Problem } from '../engine.ts';
import { MIGRATION_PHASES, type MigrationPhase } from '../engine.ts';
import type { Migration } from '../files/migrations.ts';
import type { WrittenFile } from '../files/script.ts';
import { type DatabaseState, type MigrationRow, rowOf } from './rows.ts';

export function fileOf(migration: Migration, phase: MigrationPhase): WrittenFile | undefined {
  switch (phase) {
    case 'expand':
      return migration.expand?.up;
    case 'backfill':
      return migration.backfill;
    case 'validate':
      return migration.validate;
    case 'contract':
      return migration.contract?.up;
  }
}

/** One for each file that is not as it was, or is missing among those that are known. */
export function driftOf(
  migrations: readonly Migration[],
  state: DatabaseState,
): readonly Problem[] {
  const changed = migrations.flatMap((migration) =>
    MIGRATION_PHASES.flatMap((phase) => changedSince(migration, phase, state) ?? []),
  );
  return [...changed, ...missing(migrations, state)];
}

/** What a migration has written down that is to be held against its file. */
function isBinding(row: MigrationRow): boolean {
  return row.status !== 'undone' && row.status !== 'baselined';
}

function changedSince(
  migration: Migration,
  phase: MigrationPhase,
  state: DatabaseState,
): Problem | undefined {
  const row = rowOf(state, migration.id, phase);
  if (!row || !isBinding(row)) return undefined;
  const file = fileOf(migration, phase);
  if (file?.checksum === row.checksum) return undefined;
  const name = `${migration.id}_${migration.slug}`;
  const what = file
    ? `${file.file} was changed since ${row.status === 'done' ? 'it was applied' : 'it was begun'}`
    : `${name} has no file for ${phase} any more, which was ${row.status === 'done' ? 'applied' : 'begun'}`;
  return {
    message: `${what} (checksum ${row.checksum.slice(0, 12)}, now ${file?.checksum.slice(0, 12) ?? 'none'})`,
    advice: 'put the file back and write a new migration, or say why with repair --reason',
  };
}

/** An older image has fewer files; one in the middle that is not there was taken away. */
function missing(migrations: readonly Migration[], { rows }: DatabaseState): Problem[] {
  const first = migrations[0]?.id;
  const last = migrations.at(-1)?.id;
  if (first === undefined || last === undefined) return [];
  const known = new Set(migrations.map(({ id }) => id));
  const gone = rows.filter(
    (row) => isBinding(row) && row.id >= first && row.id <= last && !known.has(row.id),
  );
  return [...new Set(gone.map(({ id, slug }) => `${id}_${slug}`))].map((name) => ({
    message: `${name} was applied, and its files are gone`,
    advice: 'put the files back, or say why with repair --reason',
  }));
}
