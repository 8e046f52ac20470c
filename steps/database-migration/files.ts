/** The SQL files of a release, run by the stage itself: forward before traffic, and later the contract. */
import type { FilesMigration } from '../../core/config/sections/stages/migration.ts';
import { knownSchemas, schemaKnownBy } from '../../core/journal/database/schema-knowledge.ts';
import { podsOfOthers, servingIn } from '../../core/journal/database/serving.ts';
import type { SectionFound } from '../../core/journal/stage-sections.ts';
import type { Pod } from '../../core/kubernetes/objects.ts';
import {
  endedBadly,
  type MigrationAsked,
  type MigrationEnd,
  type MigrationFacts,
  type MigrationSettings,
} from '../../core/migration/engine.ts';
import { BadInput } from '../../effects/base/failure.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { runMigration } from '../../effects/migration/run-migration.ts';
import { peekJournal } from '../../effects/ownership/journal/journal.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';

/** The folders that the Task has mounted; empty where the run has none. */
export interface Folders {
  readonly migrations: string;
  readonly database: string;
}

export interface FilesRun {
  readonly migration: FilesMigration;
  readonly folders: Folders;
  /** Of the release. */
  readonly imageDigest: string;
}

/** Throws BadInput where the run has not what is needed. */
export function assertMounted({ migrations, database }: Folders): void {
  const faults = [
    ...(migrations === '' ? ['workspace migrations: migration.files needs the SQL files'] : []),
    ...(database === '' ? ['workspace database: migration.files needs the credentials'] : []),
  ];
  if (faults.length > 0) throw new BadInput(faults);
}

/** All that a version needs before it gets traffic; ends at the first that does not go well. */
export async function forward(
  context: StageContext,
  subject: ReleaseSubject,
  run: FilesRun,
): Promise<MigrationEnd> {
  const { maxBackupAgeMs } = run.migration.files;
  const backup = maxBackupAgeMs === undefined ? undefined : { maxAgeMs: maxBackupAgeMs };
  const expanded = await ask(context, subject, run, { command: 'expand' });
  if (expanded.exitCode !== 0) return expanded;
  const filled = await ask(context, subject, run, { command: 'backfill' });
  if (filled.exitCode !== 0) return filled;
  return ask(context, subject, run, { command: 'verify', backup });
}

/** Removes what only older versions needed, where none of them is left and the one that serves knows it. */
export async function contract(
  context: StageContext,
  subject: ReleaseSubject,
  run: FilesRun,
  last: SectionFound,
): Promise<MigrationEnd> {
  const { kube } = context;
  const { namespace, service } = subject;
  const { soakMs, oldSessions, maxBackupAgeMs } = run.migration.files;
  const serving = servingIn(await peekJournal(kube, namespace, service));
  if (typeof serving === 'string') return early(serving);
  const status = await ask(context, subject, run, { command: 'status' });
  if (status.exitCode !== 0) return status;
  const ready = status.facts ? readyToContract(status.facts) : [];
  const needed = ready.at(-1);
  if (needed === undefined) return status;
  const knows = schemaKnownBy(knownSchemas(last), serving.image);
  const upTo = ready.filter((id) => knows !== undefined && id <= knows).at(-1);
  if (upTo === undefined) {
    return early(
      `the version that serves knows the schema up to ${knows ?? 'nowhere'}, and ${needed} would be contracted`,
    );
  }
  const { items } = await kube.list<Pod>({ kind: 'v1/Pod', namespace });
  return ask(context, subject, run, {
    command: 'contract',
    oldPods: {
      kind: 'asked',
      left: podsOfOthers(serving, items).length,
      servingSince: serving.since,
      isErrorRateFine: undefined,
    },
    upTo,
    oldSessions,
    soakMs,
    backup: maxBackupAgeMs === undefined ? undefined : { maxAgeMs: maxBackupAgeMs },
  });
}

/** Those of which the rest is done: what comes with the next version has yet to be expanded, and waits its turn. */
function readyToContract({ pending }: MigrationFacts): readonly string[] {
  const open = new Set([...pending.expand, ...pending.backfill, ...pending.validate]);
  return pending.contract.filter((id) => !open.has(id));
}

/** Time may open it, so it is no fault. */
function early(message: string): MigrationEnd {
  return endedBadly('contract', 75, [{ message: `contract is refused: ${message}` }]);
}

function ask(
  { clock, log, stop }: StageContext,
  { release }: ReleaseSubject,
  { migration, folders, imageDigest }: FilesRun,
  asked: MigrationAsked,
): Promise<MigrationEnd> {
  const { files, timeoutMs, lockWaitMs } = migration;
  const settings: MigrationSettings = {
    migrationsDir: folders.migrations,
    credentialsDir: folders.database,
    run: release,
    release: { id: release, imageDigest },
    lint: files.lint,
    lockWaitMs,
    lockTimeoutMs: files.lockTimeoutMs,
    statementTimeoutMs: files.statementTimeoutMs,
    deadlineMs: timeoutMs,
  };
  return runMigration(settings, asked, { clock, log, stop });
}
