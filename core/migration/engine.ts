/**
 * What the engine of `database-migration` is asked and what it answers, as data: the binary's command
 * line and the stage that runs in a Pipeline ask in the same words. docs/database-migration.md has them
 * for users.
 */
import type { Instant } from '../base/vocabulary.ts';

/** Each with what it does, for `--help`. */
export const MIGRATION_COMMANDS = {
  plan: 'says what would be done and in which order; changes nothing',
  status: 'says how far every migration is, and what the database requires of an image',
  doctor: 'looks at what a migration needs: rights, timeouts, poolers, lag, invalid indexes',
  backup: 'takes a backup and verifies it, or notes the one that was taken elsewhere',
  expand: 'adds what the new version needs, and the old one can do with',
  backfill: 'fills the new columns in small batches, while both versions serve',
  verify: 'asks whether all is there that a release may go on with',
  contract: 'removes what only the old version needed; there is no way back behind it',
  rollback: 'asks whether an older version still fits the schema; with --schema, goes down to it',
  baseline: 'takes migrations as applied that somebody else has applied',
  repair: 'takes the files as they are now, and clears what has failed, with a reason',
  pause: 'sets a pause flag, on which a backfill waits',
  resume: 'takes the pause flag away',
} as const satisfies Readonly<Record<string, string>>;
export type MigrationCommand = keyof typeof MIGRATION_COMMANDS;

/** What the binary ends with, and what that means. 2 is found out before anything is touched. */
export const MIGRATION_EXIT_CODES = {
  0: 'done',
  2: 'bad input: every fault is listed, nothing was touched',
  10: 'the linter refuses a statement; nothing was touched',
  11: 'not verified: a gate of the release does not hold',
  12: 'another runner holds the lock of this database',
  13: 'drift: what was applied is not what the files say',
  14: 'needs a person: it will not get better by itself',
  75: 'try again later: what was done is kept, the next run goes on from there',
  143: 'stopped by SIGTERM after the statement or batch that was under way',
} as const;
export type MigrationExitCode = keyof typeof MIGRATION_EXIT_CODES;

/** What every command is told. `effects/migration/run-migration.ts` does it. */
export interface MigrationSettings {
  /** A folder with the files of the migrations; undefined: only what the database knows. */
  readonly migrationsDir: string | undefined;
  /** A folder of mounted files: `url`, or `host`, `username`, `password` …; perhaps `ca.crt`. */
  readonly credentialsDir: string;
  /** Who asks: a run of the Pipeline, or a person. What one run has expanded it may not contract. */
  readonly run: string;
  /** What is to be released on the schema. */
  readonly release: { readonly id: string; readonly imageDigest: string } | undefined;
  /** What the linter refuses: errors; strict: warnings as well. */
  readonly lint: 'standard' | 'strict' | 'off';
  /** For how long somebody else may hold the lock of the runners. */
  readonly lockWaitMs: number;
  /** For how long a statement may wait for a table; then it lets others pass, and tries again. */
  readonly lockTimeoutMs: number;
  /** For how long a statement may take, of those that hold others up. */
  readonly statementTimeoutMs: number;
  /** For how long the whole command may take. */
  readonly deadlineMs: number;
}

/** Whether what a contract would break is gone, as the cluster says. */
export type OldPods =
  | {
      readonly kind: 'asked';
      /** Pods with an older image, those that are being ended included. */
      readonly left: number;
      readonly servingSince: Instant;
      /** Undefined: not measured. */
      readonly isErrorRateFine: boolean | undefined;
    }
  /** A database without a cluster: a person says so, and takes it upon himself. */
  | { readonly kind: 'vouched'; readonly by: string };

export type MigrationAsked =
  | { readonly command: 'plan' | 'status' | 'doctor' | 'expand' | 'backfill' }
  | { readonly command: 'verify'; readonly backup: BackupWanted | undefined }
  | { readonly command: 'backup'; readonly how: BackupHow }
  | {
      readonly command: 'contract';
      readonly oldPods: OldPods;
      /** The last migration that is contracted; undefined: all that have a contract. */
      readonly upTo: string | undefined;
      /** Old versions name their sessions so (application_name); `*` stands for any characters. */
      readonly oldSessions: readonly string[];
      readonly soakMs: number;
      readonly backup: BackupWanted | undefined;
    }
  | {
      readonly command: 'rollback';
      /** An id, or the schema before the last run that changed it. */
      readonly to: string | 'previous';
      /** Whether the schema goes down, too. */
      readonly schema: boolean;
      readonly oldSessions: readonly string[];
    }
  | { readonly command: 'baseline'; readonly to: string }
  | { readonly command: 'repair'; readonly reason: string }
  | { readonly command: 'pause' | 'resume'; readonly flag: string };

export interface BackupWanted {
  readonly maxAgeMs: number;
}

export type BackupHow =
  /** Into a new file of that folder. */
  | { readonly kind: 'pg_dump'; readonly folder: string }
  | { readonly kind: 'external'; readonly takenAt: Instant; readonly about: string };

/** The part of a migration: the kinds of its files, without the way back. */
export const MIGRATION_PHASES = ['expand', 'backfill', 'validate', 'contract'] as const;
export type MigrationPhase = (typeof MIGRATION_PHASES)[number];

/** Why an end is not `done`: what was seen, and what to do next. One for each thing that is wrong. */
export interface Problem {
  readonly message: string;
  readonly advice?: string;
}

/** A named condition that a release, a contract or a way back rests on. */
export interface Gate {
  readonly gate: string;
  readonly holds: boolean;
  /** What was seen, whether it holds or not. */
  readonly seen: string;
}

export interface Backup {
  readonly kind: 'pg_dump' | 'external';
  readonly takenAt: Instant;
  /** What is known of it, such as file, bytes and rows; never where a secret leads. */
  readonly about: string;
}

/**
 * What later stages go by: small enough for a section of the journal (8 KiB), whatever a database holds.
 * Ids are the numbers of migrations, such as `0007`.
 */
export interface MigrationFacts {
  readonly version: 1;
  /** The last migration whose expand, backfill and validate are done; empty: none. */
  readonly schema: string;
  /** An image that does not know the schema up to here cannot run any more; empty: any image can. */
  readonly compatFloor: string;
  /** What has raised it, for the person who is refused a way back: migration, release and time. */
  readonly floorRaisedBy: string;
  /** Ids of migrations whose phase has not been done, oldest first; at most so many as fit. */
  readonly pending: Readonly<Record<MigrationPhase, readonly string[]>>;
  /** Ids that were expanded by this very run: what may not be contracted in it. */
  readonly expandedNow: readonly string[];
  readonly gates: readonly Gate[];
  readonly backup: Backup | undefined;
}

/** What every command ends with. */
export interface MigrationEnd {
  readonly command: MigrationCommand;
  readonly exitCode: MigrationExitCode;
  /** One line for people. */
  readonly summary: string;
  readonly problems: readonly Problem[];
  /** Undefined where the database could not be asked. */
  readonly facts: MigrationFacts | undefined;
}

/** An end that is not `done`: the summary tells what came of it, the problems each tell one thing. */
export function endedBadly(
  command: MigrationCommand,
  exitCode: Exclude<MigrationExitCode, 0>,
  problems: readonly Problem[],
  facts?: MigrationFacts,
): MigrationEnd {
  const meaning = MIGRATION_EXIT_CODES[exitCode];
  return { command, exitCode, summary: `${command}: ${meaning}`, problems, facts };
}

/** Longer lists say no more, and would not fit. */
const MOST_IDS = 50;
const MOST_GATES = 20;
const MOST_CHARACTERS = 200;

/** The same with everything cut that would not fit the journal. */
export function bounded(facts: MigrationFacts): MigrationFacts {
  const cut = (ids: readonly string[]): readonly string[] => ids.slice(0, MOST_IDS);
  const { expand, backfill, validate, contract } = facts.pending;
  return {
    ...facts,
    floorRaisedBy: facts.floorRaisedBy.slice(0, MOST_CHARACTERS),
    pending: {
      expand: cut(expand),
      backfill: cut(backfill),
      validate: cut(validate),
      contract: cut(contract),
    },
    expandedNow: cut(facts.expandedNow),
    gates: facts.gates
      .slice(0, MOST_GATES)
      .map((gate) => ({ ...gate, seen: gate.seen.slice(0, MOST_CHARACTERS) })),
    backup: facts.backup && {
      ...facts.backup,
      about: facts.backup.about.slice(0, MOST_CHARACTERS),
    },
  };
}
