/** The key `migration`: what is done to the database before a version that needs it gets traffic. */
import { durationMs } from '../../../base/duration.ts';
import type { FromSchema } from '../../../base/from-schema.ts';
import { withOneOf } from '../../../base/schema-parts.ts';
import { DURATION, NAME } from '../../../base/schema-types.ts';

const ARGUMENTS = { type: 'array', maxItems: 100, items: { type: 'string' } } as const;

const JOB = {
  type: 'object',
  additionalProperties: false,
  required: ['cronJob'],
  description: 'A migration tool of your own, as a Job.',
  properties: {
    cronJob: {
      ...NAME,
      description:
        'A CronJob of the service’s namespace, usually suspended: its template is the Job that runs the tool.',
    },
    container: { ...NAME, description: 'Which container runs the tool. Default: the first.' },
    image: {
      enum: ['template', 'released'],
      description:
        'released: that container runs the image that is released, which brings its own migrations. Default template: as the CronJob has it.',
    },
    command: { ...ARGUMENTS, description: 'Default: as the CronJob has it.' },
    args: { ...ARGUMENTS, description: 'Default: as the CronJob has them.' },
    rollback: {
      type: 'string',
      minLength: 1,
      maxLength: 400,
      description:
        'How a person takes back what the tool has done: a command, for the record. No one runs it by himself.',
    },
  },
} as const;

const CONTRACTS = ['on-request', 'next-run'] as const;

/** What the linter refuses: errors; strict: warnings as well. */
const LINTS = ['standard', 'strict', 'off'] as const;

const FILES = {
  type: 'object',
  additionalProperties: false,
  description: 'SQL files of the workspace migrations, run by the stage itself on PostgreSQL.',
  properties: {
    contract: {
      enum: CONTRACTS,
      description:
        'When that is removed which only old versions needed. next-run: by the next run that may. Default on-request: by the Task with command: contract.',
    },
    lint: {
      enum: LINTS,
      description: 'What the linter refuses: strict: warnings as well. Default standard.',
    },
    baseline: {
      type: 'string',
      pattern: '^[0-9]{4}$',
      description:
        'The last migration that the database had before its first release here, as the command baseline has noted it: 0007. pre-validation lints what comes behind it. Default: none.',
    },
    soak: {
      ...DURATION,
      description:
        'How long a version has served before what others needed is removed. Default 1h.',
    },
    oldSessions: {
      type: 'array',
      maxItems: 20,
      items: { type: 'string', minLength: 1, maxLength: 63 },
      description:
        'How old versions name their sessions (application_name); * stands for any characters. Default: sessions are not looked at.',
    },
    maxBackupAge: {
      ...DURATION,
      description: 'A verified backup must not be older. Default: none is asked for.',
    },
    lockTimeout: {
      ...DURATION,
      description:
        'How long a statement may wait for a table before it lets others pass. Default 2s.',
    },
    statementTimeout: {
      ...DURATION,
      description: 'How long a statement that holds others up may take. Default 30s.',
    },
  },
} as const;

export const MIGRATION = withOneOf(
  {
    type: 'object',
    additionalProperties: false,
    description: 'Default: no database is migrated.',
    properties: {
      job: JOB,
      files: FILES,
      timeout: { ...DURATION, description: 'How long the migration may take. Default 30m.' },
      lockWait: {
        ...DURATION,
        description: 'For how long another migration is waited for. Default 5m.',
      },
    },
  } as const,
  ['job', 'files'],
);

type MigrationConfig = FromSchema<typeof MIGRATION>;

/** Undefined keys: as the CronJob has it. */
export interface ToolSettings {
  readonly cronJob: string;
  readonly container: string | undefined;
  readonly image: 'template' | 'released';
  readonly command: readonly string[] | undefined;
  readonly args: readonly string[] | undefined;
  readonly rollback: string | undefined;
}

export interface FilesSettings {
  readonly contract: (typeof CONTRACTS)[number];
  readonly lint: (typeof LINTS)[number];
  /** The number of a migration; empty: none. */
  readonly baseline: string;
  readonly soakMs: number;
  readonly oldSessions: readonly string[];
  readonly maxBackupAgeMs: number | undefined;
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

interface Common {
  readonly timeoutMs: number;
  readonly lockWaitMs: number;
}
export type JobMigration = Common & { readonly kind: 'job'; readonly job: ToolSettings };
export type FilesMigration = Common & { readonly kind: 'files'; readonly files: FilesSettings };
export type MigrationChoice = JobMigration | FilesMigration;

export function resolveMigration(written?: MigrationConfig): MigrationChoice | undefined {
  if (written === undefined) return undefined;
  const { job, files = {}, timeout, lockWait } = written;
  const common = { timeoutMs: durationMs(timeout, '30m'), lockWaitMs: durationMs(lockWait, '5m') };
  return job
    ? { ...common, kind: 'job', job: resolveTool(job) }
    : { ...common, kind: 'files', files: resolveFiles(files) };
}

function resolveTool(job: NonNullable<MigrationConfig['job']>): ToolSettings {
  const { cronJob, container, image = 'template', command, args, rollback } = job;
  return { cronJob, container, image, command, args, rollback };
}

function resolveFiles(files: NonNullable<MigrationConfig['files']>): FilesSettings {
  const { maxBackupAge } = files;
  return {
    contract: files.contract ?? 'on-request',
    lint: files.lint ?? 'standard',
    baseline: files.baseline ?? '',
    soakMs: durationMs(files.soak, '1h'),
    oldSessions: files.oldSessions ?? [],
    maxBackupAgeMs: maxBackupAge === undefined ? undefined : durationMs(maxBackupAge, '0'),
    lockTimeoutMs: durationMs(files.lockTimeout, '2s'),
    statementTimeoutMs: durationMs(files.statementTimeout, '30s'),
  };
}
