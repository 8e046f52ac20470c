/**
 * Runs a migration tool of the user as a Job, and stays with it: waits for another run's migration of the same
 * service, tells what it waits for, ends the Job where the stage is stopped, and shows what it said last.
 */
import { foreignText } from '../../core/base/foreign-text.ts';
import type { JobMigration } from '../../core/config/sections/stages/migration.ts';
import type { Pod } from '../../core/kubernetes/objects.ts';
import type { CronJob, Job } from '../../core/kubernetes/workload-objects.ts';
import {
  endOfJob,
  type JobEnd,
  MIGRATION_OF,
  migrationJob,
  otherAtWork,
} from '../../core/migration/tool/job.ts';
import { BadInput, StageFailure } from '../../effects/base/failure.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';

const LOOK_MS = 1_000;
const TELL_MS = 20_000;
const LOG_LINES = 20;
const LOG_BYTES = 10_000;
/** Its pod has the grace of its template; the stage itself is killed after 30 s. */
const GONE_WITHIN_MS = 20_000;
/** The Job ends by its own deadline: only where the cluster does not see to that, the stage does. */
const LATE_MS = 30_000;

/** What the tool came to; `stopped`: it was ended with the stage. */
export type ToolEnd = Exclude<JobEnd, { kind: 'running' }> | { readonly kind: 'stopped' };

/** The Job for this release, as its CronJob has it now. Throws BadInput where there can be none. */
export async function planTool(
  { kube }: StageContext,
  { namespace, service, release }: ReleaseSubject,
  settings: JobMigration,
  image: string,
): Promise<Job> {
  const cronJob = await kube.get<CronJob>({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    namespace,
    name: settings.job.cronJob,
  });
  const job = migrationJob(cronJob, { settings, release, namespace, service, image });
  if (typeof job === 'string') throw new BadInput([job]);
  return job;
}

/** Throws with exit code 1 where another migration does not end within `lockWaitMs`. */
export async function waitForOthers(
  context: StageContext,
  { namespace, service }: ReleaseSubject,
  own: Job,
  lockWaitMs: number,
): Promise<void> {
  const { kube, clock, stop, log } = context;
  const labelSelector = `${MIGRATION_OF}=${service}`;
  const until = clock.now() + lockWaitMs;
  let told: string | undefined;
  while (!stop.aborted) {
    const { items } = await kube.list<Job>({ kind: 'batch/v1/Job', namespace, labelSelector });
    const other = otherAtWork(items, own.metadata.name, clock.now());
    if (!other) return;
    if (told !== other.job) {
      log.event({ event: 'migration', migration: 'waits', 'waiting-for': other.text });
    }
    told = other.job;
    if (clock.now() >= until) {
      throw new StageFailure(
        1,
        `another migration of service ${service} is at work: ${other.text}`,
        `wait for it, or end it: kubectl delete job ${other.job}; nothing was changed`,
      );
    }
    await clock.sleep(LOOK_MS, stop);
  }
}

/** Starts the Job, or goes on with the one that an earlier process of this stage has started. */
export async function runTool(
  context: StageContext,
  planned: Job,
  timeoutMs: number,
): Promise<ToolEnd> {
  const { kube, clock, stop, log } = context;
  const { namespace = 'default', name } = planned.metadata;
  const target = { apiVersion: 'batch/v1', kind: 'Job', namespace, name };
  const isNew = (await kube.create(planned)).kind === 'done';
  log.event({ event: 'migration', migration: isNew ? 'begun' : 'gone on with', job: name });
  const begunAt = clock.now();
  let toldAt = begunAt;
  for (;;) {
    const job = await kube.get<Job>(target);
    if (!job) return { kind: 'failed', why: `somebody has deleted Job ${name}` };
    const end = endOfJob(job);
    if (end.kind !== 'running') {
      if (end.kind === 'failed') await showLastWords(context, namespace, name);
      return end;
    }
    const isLate = clock.now() - begunAt > timeoutMs + LATE_MS;
    if (stop.aborted || isLate) {
      await endJob(context, job);
      return isLate ? { kind: 'failed', why: 'it did not end in time' } : { kind: 'stopped' };
    }
    if (clock.now() - toldAt >= TELL_MS) {
      toldAt = clock.now();
      const elapsed = `${Math.round((toldAt - begunAt) / 1000)}s`;
      log.event({ event: 'migration', migration: 'at work', job: name, elapsed });
    }
    await clock.sleep(LOOK_MS, stop);
  }
}

/** Ends its pod by SIGTERM, and waits until it is gone: what it holds in the database goes with it. */
async function endJob({ kube, clock, log }: StageContext, job: Job): Promise<void> {
  const { namespace = 'default', name, uid = '' } = job.metadata;
  log.event({ event: 'migration', migration: 'ended', job: name });
  await kube.remove({ apiVersion: 'batch/v1', kind: 'Job', namespace, name }, uid);
  const until = clock.now() + GONE_WITHIN_MS;
  while (clock.now() < until && (await podsOf(kube, namespace, name)).length > 0) {
    await clock.sleep(LOOK_MS);
  }
}

async function showLastWords(
  { kube, log }: StageContext,
  namespace: string,
  job: string,
): Promise<void> {
  for (const { metadata, spec } of (await podsOf(kube, namespace, job)).slice(-1)) {
    for (const { name: container } of spec.containers) {
      const query = `container=${container}&tailLines=${LOG_LINES}&limitBytes=${LOG_BYTES}`;
      const path = `/api/v1/namespaces/${namespace}/pods/${metadata.name}/log?${query}`;
      const text = await kube.text(path).catch(() => '');
      for (const line of text.split('\n').filter((each) => each !== '')) {
        const words = { pod: metadata.name, container, log: foreignText(line) };
        log.event({ event: 'container-log', ...words });
      }
    }
  }
}

async function podsOf(
  kube: StageContext['kube'],
  namespace: string,
  job: string,
): Promise<readonly Pod[]> {
  const labelSelector = `job-name=${job}`;
  return (await kube.list<Pod>({ kind: 'v1/Pod', namespace, labelSelector })).items;
}
