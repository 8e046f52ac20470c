/**
 * The Job in which a migration tool of the user runs (Flyway, Liquibase, Prisma …): the template of a CronJob,
 * with a name that is the release's own, so that a stage that starts again finds the same Job and no second one.
 */
import { fingerprint } from '../../base/fingerprint.ts';
import type { Instant, ReleaseId } from '../../base/vocabulary.ts';
import type { JobMigration } from '../../config/sections/stages/migration.ts';
import type { Container } from '../../kubernetes/objects.ts';
import { condition } from '../../kubernetes/pods/pods.ts';
import { timeOf } from '../../kubernetes/time.ts';
import type { CronJob, Job } from '../../kubernetes/workload-objects.ts';

/** Of which service's database a Job is: one of them runs at a time. */
export const MIGRATION_OF = 'release.zero-downtime.dev/migration-of';
/** For which release it runs: too long for a label. */
const MIGRATION_FOR = 'release.zero-downtime.dev/migration-for';
/** Its log can be read for a day. */
const KEPT_SECONDS = 86_400;
/** With `-migration-` and a fingerprint it fits a name of 63 characters. */
const MOST_SERVICE_CHARACTERS = 36;

interface Wanted {
  readonly settings: JobMigration;
  readonly release: ReleaseId;
  readonly namespace: string;
  readonly service: string;
  /** The image that is released. */
  readonly image: string;
}

/** The Job; a text says why there can be none. */
export function migrationJob(cronJob: CronJob | undefined, wanted: Wanted): Job | string {
  const { settings, release, namespace, service } = wanted;
  const { job } = settings;
  if (!cronJob) {
    return `/migration/job/cronJob: there is no CronJob ${job.cronJob} in namespace ${namespace}`;
  }
  const { metadata, spec } = cronJob.spec.jobTemplate;
  const { template } = spec;
  const name = job.container ?? template.spec.containers[0]?.name;
  if (!template.spec.containers.some((container) => container.name === name)) {
    return `/migration/job/container: CronJob ${job.cronJob} has no container ${name ?? ''}`;
  }
  const containers = template.spec.containers.map((container) =>
    container.name === name ? toolIn(container, wanted) : container,
  );
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: migrationJobName(service, release),
      namespace,
      labels: { ...metadata?.labels, [MIGRATION_OF]: service },
      annotations: { ...metadata?.annotations, [MIGRATION_FOR]: release },
    },
    spec: {
      ...spec,
      // A migration that has failed is looked at before it is tried again.
      backoffLimit: 0,
      activeDeadlineSeconds: Math.ceil(settings.timeoutMs / 1000),
      ttlSecondsAfterFinished: spec.ttlSecondsAfterFinished ?? KEPT_SECONDS,
      template: { ...template, spec: { ...template.spec, restartPolicy: 'Never', containers } },
    },
  };
}

function migrationJobName(service: string, release: ReleaseId): string {
  return `${service.slice(0, MOST_SERVICE_CHARACTERS)}-migration-${fingerprint(release)}`;
}

function toolIn(container: Container, { settings, image }: Wanted): Container {
  const { command, args } = settings.job;
  return {
    ...container,
    ...(settings.job.image === 'released' ? { image } : {}),
    ...(command ? { command } : {}),
    ...(args ? { args } : {}),
  };
}

export type JobEnd =
  | { readonly kind: 'running' }
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly why: string };

export function endOfJob({ status }: Job): JobEnd {
  if (condition(status?.conditions, 'Complete')?.status === 'True') return { kind: 'succeeded' };
  const failed = condition(status?.conditions, 'Failed');
  if (failed?.status !== 'True') return { kind: 'running' };
  const { reason = 'Failed', message = '' } = failed;
  return { kind: 'failed', why: message === '' ? reason : `${reason}: ${message}` };
}

/** A migration of the same database that is at work, and for whom; of ended ones there is nothing to wait for. */
export function otherAtWork(
  jobs: readonly Job[],
  own: string,
  now: Instant,
): { readonly job: string; readonly text: string } | undefined {
  const other = jobs.find((job) => job.metadata.name !== own && endOfJob(job).kind === 'running');
  if (!other) return undefined;
  const { name, annotations, creationTimestamp } = other.metadata;
  const begun = timeOf(creationTimestamp);
  const since = begun === undefined ? '' : `, at work for ${Math.round((now - begun) / 1000)}s`;
  const whose = annotations?.[MIGRATION_FOR];
  return { job: name, text: `Job ${name}${whose ? ` of release ${whose}` : ''}${since}` };
}
