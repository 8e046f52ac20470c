/** What the tables of the schema `zero_downtime` hold about migrations and releases. */
import type { Instant } from '../../base/vocabulary.ts';
import type { MigrationPhase } from '../engine.ts';

/**
 * doing: begun, and not ended; with an error, where a statement has failed · undoing: on its way back ·
 * undone: as if it had never been · baselined: somebody else has applied it.
 */
export type RowStatus = 'doing' | 'done' | 'undoing' | 'undone' | 'baselined';

export interface MigrationRow {
  readonly id: string;
  readonly phase: MigrationPhase;
  readonly slug: string;
  /** Of the file as it was when it was begun. */
  readonly checksum: string;
  readonly status: RowStatus;
  /** The statement that comes next, from 0; of what is undone, that of the way back. */
  readonly nextStatement: number;
  readonly upSql: string;
  /** Kept when it was applied: an image that is older does not have it. Undefined: no way back. */
  readonly downSql: string | undefined;
  /** The key of the last row that a backfill has looked at, as the server writes it. */
  readonly cursor: readonly string[] | undefined;
  readonly rowsDone: number;
  readonly rowsSeen: number;
  /** The run that began it, and the one that is to be released with it. */
  readonly run: string;
  readonly release: string;
  readonly error: string | undefined;
  readonly startedAt: Instant;
}

/** prepared: its schema is there · serving: it has traffic, as somebody has said. */
export type ReleaseState = 'prepared' | 'serving';

export interface ReleaseRow {
  readonly id: string;
  readonly imageDigest: string;
  readonly requiresSchema: string;
  readonly state: ReleaseState;
  readonly servingSince: Instant | undefined;
}

/** What has raised the floor, when, and how far. */
export interface Floor {
  readonly id: string;
  readonly raisedBy: string;
}

export interface DatabaseState {
  readonly rows: readonly MigrationRow[];
  readonly releases: readonly ReleaseRow[];
  readonly floor: Floor | undefined;
}

export function rowOf(
  { rows }: Pick<DatabaseState, 'rows'>,
  id: string,
  phase: MigrationPhase,
): MigrationRow | undefined {
  return rows.find((row) => row.id === id && row.phase === phase);
}

/** Whether what it does is in the database, by this run or another. */
export function isDone(row: MigrationRow | undefined): boolean {
  return row?.status === 'done' || row?.status === 'baselined';
}
