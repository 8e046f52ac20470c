/** What the stage does for a release, by what its config names: a tool of the user's, or SQL files. */
import type { FilesMigration, JobMigration } from '../../core/config/sections/stages/migration.ts';
import { knownSchemas, withSchema } from '../../core/journal/database/schema-knowledge.ts';
import type { Facts, SectionFound } from '../../core/journal/stage-sections.ts';
import type { CronJob } from '../../core/kubernetes/workload-objects.ts';
import type { MigrationEnd } from '../../core/migration/engine.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { type HeldLock, holdLock } from '../../effects/migration/hold-lock.ts';
import { lastMigrationIn } from '../../effects/migration/read-files.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import type { StageEnd } from '../../effects/stage/run-stage.ts';
import { assertMounted, contract, type FilesRun, type Folders, forward } from './files.ts';
import { planTool, runTool, waitForOthers } from './run-tool.ts';

export interface Work {
  /** What is known before it begins. */
  readonly facts: Facts;
  /** How a person takes back what it leaves. */
  readonly undo: string | undefined;
  /** Waits until no one else is at it; throws where that takes too long. Nothing is changed. */
  wait(): Promise<void>;
  run(): Promise<Done>;
  /** Releases what it waited for, however it went. */
  letGo(): Promise<void>;
}

/** How it ended; `facts` are what later stages go by. */
export interface Done {
  readonly verdict: 'done' | 'failed' | 'stopped';
  readonly exitCode: StageEnd['exitCode'];
  readonly said: { readonly job?: string; readonly reason?: string; readonly note?: string };
  readonly facts: Facts;
}

/** Throws BadInput where there is no such tool. With credentials it runs under the lock of the database as well. */
export async function toolWork(
  context: StageContext,
  subject: ReleaseSubject,
  migration: JobMigration,
  image: string,
  credentials: string,
): Promise<Work> {
  const planned = await planTool(context, subject, migration, image);
  const { name: job } = planned.metadata;
  const runs = planned.spec.template.spec.containers.map((each) => each.image ?? '');
  const facts: Facts = { kind: 'job', job, runs };
  const { lockWaitMs, timeoutMs } = migration;
  let lock: HeldLock | undefined;
  return {
    facts,
    undo: migration.job.rollback,
    wait: async () => {
      await waitForOthers(context, subject, planned, lockWaitMs);
      if (credentials === '' || context.stop.aborted) return;
      lock = await holdLock(credentials, subject.release, lockWaitMs, context);
    },
    letGo: async () => lock?.release(),
    run: async () => {
      const end = await runTool(context, planned, timeoutMs);
      if (lock && !(await lock.isHeld())) context.log.event(LOST);
      switch (end.kind) {
        case 'succeeded':
          return { verdict: 'done', exitCode: 0, said: { job }, facts };
        case 'failed':
          return { verdict: 'failed', exitCode: 1, said: { job, reason: end.why }, facts };
        case 'stopped': {
          const reason = 'stopped: its pod was ended';
          return { verdict: 'stopped', exitCode: 143, said: { job, reason }, facts };
        }
      }
    },
  };
}

const LOST = {
  event: 'migration',
  migration: 'at work',
  note: 'the connection that held the lock of the database was lost: another runner may have been there as well',
} as const;

export const COMMANDS = ['migrate', 'contract'] as const;
export type Command = (typeof COMMANDS)[number];

/** Throws BadInput where the run has not mounted what it needs. `last`: what the last run has said. */
export async function filesWork(
  context: StageContext,
  subject: ReleaseSubject,
  migration: FilesMigration,
  folders: Folders,
  asked: { readonly command: Command; readonly image: string; readonly last: SectionFound },
): Promise<Work> {
  assertMounted(folders);
  const { command, image, last } = asked;
  const schema = await lastMigrationIn(folders.migrations);
  const before = knownSchemas(last);
  const images = command === 'migrate' ? withSchema(before, image, schema) : before;
  const run: FilesRun = { migration, folders, imageDigest: image };
  const ended = ({ exitCode, summary, facts, problems }: MigrationEnd): Done => {
    for (const { message, advice } of problems) {
      context.log.event({ event: 'error', error: message });
      if (advice !== undefined) context.log.event({ event: 'error', advice });
    }
    const said = exitCode === 0 ? { note: summary } : { reason: summary };
    const stopped = exitCode === 143 ? 'stopped' : 'failed';
    const verdict = exitCode === 0 ? 'done' : stopped;
    return { verdict, exitCode, said, facts: { kind: 'files', ...facts, images } };
  };
  return {
    facts: { kind: 'files', ...factsOf(last), images: before },
    undo: await wayBack(context, subject),
    wait: async () => undefined,
    letGo: async () => undefined,
    run: async () => {
      if (command === 'contract') return ended(await contract(context, subject, run, last));
      if (migration.files.contract === 'next-run') {
        const end = await contract(context, subject, run, last);
        if (end.exitCode !== 0 && end.exitCode !== 75) return ended(end);
        for (const { message } of end.problems) {
          context.log.event({ event: 'check', check: 'contract', note: message });
        }
      }
      return ended(await forward(context, subject, run));
    },
  };
}

/** As it is installed beside the stage: kubectl takes no arguments with --from, so it has them in itself. */
const WAY_BACK = 'database-rollback';
const BY_HAND = 'database-migration rollback --to previous --schema --credentials-dir …';

/** The command for a person who wants the schema back; of what is there now. */
async function wayBack({ kube }: StageContext, { namespace }: ReleaseSubject): Promise<string> {
  const target = { apiVersion: 'batch/v1', kind: 'CronJob', namespace, name: WAY_BACK };
  return (await kube.get<CronJob>(target)) === undefined
    ? BY_HAND
    : `kubectl create job db-rollback -n ${namespace} --from=cronjob/${WAY_BACK}, if its Secret is of this database; else ${BY_HAND}`;
}

/** How far the schema is, and how far back one can go, is known throughout. */
function factsOf(last: SectionFound): Facts {
  if (last.kind === 'none') return {};
  const { schema, compatFloor, floorRaisedBy } = last.section.facts;
  return { schema, compatFloor, floorRaisedBy };
}
