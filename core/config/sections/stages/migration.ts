/** The key `migration`: what is done to the database before a version that needs it gets traffic. */
import { durationMs } from '../../../base/duration.ts';
import type { FromSchema } from '../../../base/from-schema.ts';
import { DURATION, NAME } from '../../../base/schema-types.ts';

const ARGUMENTS = { type: 'array', maxItems: 100, items: { type: 'string' } } as const;

const JOB = {
  type: 'object',
  additionalProperties: false,
  required: ['cronJob'],
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

export const MIGRATION = {
  type: 'object',
  additionalProperties: false,
  required: ['job'],
  description: 'Default: no database is migrated.',
  properties: {
    job: JOB,
    timeout: { ...DURATION, description: 'How long the tool may take. Default 30m.' },
    lockWait: {
      ...DURATION,
      description: 'For how long another run’s migration is waited for. Default 5m.',
    },
  },
} as const;

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

export interface MigrationSettings {
  readonly job: ToolSettings;
  readonly timeoutMs: number;
  readonly lockWaitMs: number;
}

export function resolveMigration(written?: MigrationConfig): MigrationSettings | undefined {
  if (written === undefined) return undefined;
  const { job, timeout, lockWait } = written;
  return {
    job: {
      cronJob: job.cronJob,
      container: job.container,
      image: job.image ?? 'template',
      command: job.command,
      args: job.args,
      rollback: job.rollback,
    },
    timeoutMs: durationMs(timeout, '30m'),
    lockWaitMs: durationMs(lockWait, '5m'),
  };
}
