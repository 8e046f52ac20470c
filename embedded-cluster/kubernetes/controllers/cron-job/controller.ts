/** CronJobs: make a Job whenever the schedule says so. */
import { timestamp } from '../../../base/clock.ts';
import { cronJobs, jobs } from '../../collection.ts';
import { parseSchedule, type Schedule } from '../../kinds/workloads/schedule.ts';
import type { CronJob, Job } from '../../shapes.ts';
import type { Running, World } from '../../world.ts';
import { conditionOf } from '../conditions.ts';
import { createEventRecorder, type RecordEvent } from '../events.ts';
import { isFinished } from '../job/status.ts';
import { controllerOf, controllerRef } from '../owners.ts';
import { createWorkQueue, keyOf, splitKey } from '../work-queue.ts';

type CronJobStatus = NonNullable<CronJob['status']>;

interface Context {
  readonly world: World;
  readonly record: RecordEvent;
}

export function startCronJobController(world: World): Running {
  const context = {
    world,
    record: createEventRecorder(world, { component: 'cronjob-controller' }),
  };
  const queue = createWorkQueue(world.clock, (key) => {
    const { namespace, name } = splitKey(key);
    const cronJob = cronJobs(world).get(namespace, name);
    if (!cronJob || cronJob.metadata.deletionTimestamp) return;
    const nextAtMs = sync(context, cronJob);
    if (nextAtMs !== undefined) queue.addAfter(key, nextAtMs - world.clock.now());
  });
  const unwatch = [
    cronJobs(world).watch(({ object }) => queue.add(keyOf(object))),
    jobs(world).watch(({ object }) => {
      const owner = controllerOf(object);
      const { namespace = '' } = object.metadata;
      if (owner?.kind === 'CronJob') queue.add(`${namespace}/${owner.name}`);
    }),
  ];
  return {
    stop: () => {
      for (const stop of unwatch) stop();
      queue.stop();
    },
  };
}

/** Returns when the next Job is due. */
function sync(context: Context, cronJob: CronJob): number | undefined {
  const { world, record } = context;
  const { namespace, uid } = cronJob.metadata;
  const owned = jobs(world)
    .list(namespace)
    .filter((job) => controllerOf(job)?.uid === uid);
  const status = observe(context, cronJob, owned);
  cleanUp(context, cronJob, owned, 'Complete', cronJob.spec.successfulJobsHistoryLimit ?? 3);
  cleanUp(context, cronJob, owned, 'Failed', cronJob.spec.failedJobsHistoryLimit ?? 1);
  const schedule = parseSchedule(cronJob.spec.schedule);
  if (!schedule || cronJob.spec.suspend) {
    if (!schedule) record(cronJob, 'Warning', 'UnparseableSchedule', cronJob.spec.schedule);
    cronJobs(world).updateStatus({ ...cronJob, status });
    return undefined;
  }
  const now = world.clock.now();
  const dueAtMs = lastDue(schedule, startFrom(cronJob, now), now);
  const started = dueAtMs === undefined ? status : start(context, cronJob, status, owned, dueAtMs);
  cronJobs(world).updateStatus({ ...cronJob, status: started });
  return schedule.next(now);
}

/** What has become of the Jobs since it was last looked. */
function observe({ record }: Context, cronJob: CronJob, owned: readonly Job[]): CronJobStatus {
  const { active = [], ...rest } = cronJob.status ?? {};
  const running = active.filter(({ uid }) => {
    const job = owned.find((one) => one.metadata.uid === uid);
    if (!job) record(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${uid}`);
    if (job && isFinished(job)) record(cronJob, 'Normal', 'SawCompletedJob', sawMessage(job));
    return job && !isFinished(job);
  });
  for (const job of owned) {
    const isKnown = active.some(({ uid }) => uid === job.metadata.uid);
    if (isKnown || isFinished(job)) continue;
    const message = `Saw a job that the controller did not create or forgot: ${job.metadata.name}`;
    record(cronJob, 'Warning', 'UnexpectedJob', message);
  }
  const successes = owned.flatMap(({ status }) => status?.completionTime ?? []);
  const [lastSuccessfulTime] = [...successes, rest.lastSuccessfulTime ?? ''].sort().reverse();
  return {
    ...rest,
    ...(running.length > 0 ? { active: running } : {}),
    ...(lastSuccessfulTime ? { lastSuccessfulTime } : {}),
  };
}

function sawMessage(job: Job): string {
  const isComplete = conditionOf(job.status?.conditions, 'Complete');
  return `Saw completed job: ${job.metadata.name}, condition: ${isComplete ? 'Complete' : 'Failed'}`;
}

function startFrom({ metadata, spec, status }: CronJob, nowMs: number): number {
  const from = Date.parse(status?.lastScheduleTime ?? metadata.creationTimestamp);
  const { startingDeadlineSeconds } = spec;
  return startingDeadlineSeconds === undefined
    ? from
    : Math.max(from, nowMs - startingDeadlineSeconds * 1000);
}

/** The last of the times that have come and not been acted on; earlier ones are missed for good. */
function lastDue(schedule: Schedule, fromMs: number, nowMs: number): number | undefined {
  let due: number | undefined;
  for (let at = schedule.next(fromMs); at !== undefined && at <= nowMs; at = schedule.next(at)) {
    due = at;
  }
  return due;
}

function start(
  { world, record }: Context,
  cronJob: CronJob,
  status: CronJobStatus,
  owned: readonly Job[],
  dueAtMs: number,
): CronJobStatus {
  const { concurrencyPolicy, jobTemplate } = cronJob.spec;
  const active = status.active ?? [];
  if (concurrencyPolicy === 'Forbid' && active.length > 0) {
    const message =
      'Not starting job because prior execution is running and concurrency policy is Forbid';
    record(cronJob, 'Normal', 'JobAlreadyActive', message);
    return status;
  }
  if (concurrencyPolicy === 'Replace') {
    for (const job of owned.filter((one) => !isFinished(one)))
      removeJob(world, record, cronJob, job);
  }
  const { name, namespace } = cronJob.metadata;
  const { labels, annotations } = jobTemplate.metadata ?? {};
  const job = jobs(world).create({
    metadata: {
      ...(labels ? { labels } : {}),
      // The same time makes the same name, so that no time makes two Jobs.
      name: `${name}-${Math.floor(dueAtMs / 60_000)}`,
      ...(namespace === undefined ? {} : { namespace }),
      annotations: {
        ...annotations,
        'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(dueAtMs),
      },
      ownerReferences: [controllerRef(cronJob)],
    },
    spec: jobTemplate.spec,
  });
  record(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`);
  const { apiVersion, kind, metadata } = job;
  const reference = {
    apiVersion,
    kind,
    name: metadata.name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
  };
  return {
    ...status,
    active: concurrencyPolicy === 'Replace' ? [reference] : [...active, reference],
    lastScheduleTime: timestamp(dueAtMs),
  };
}

/** Deletes the oldest of the Jobs that ended so, beyond as many as are to be kept. */
function cleanUp(
  { world, record }: Context,
  cronJob: CronJob,
  owned: readonly Job[],
  type: 'Complete' | 'Failed',
  limit: number,
): void {
  const ended = owned
    .filter(({ status }) => conditionOf(status?.conditions, type)?.status === 'True')
    .sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1));
  for (const job of ended.slice(0, Math.max(0, ended.length - limit))) {
    removeJob(world, record, cronJob, job);
  }
}

function removeJob(world: World, record: RecordEvent, cronJob: CronJob, job: Job): void {
  const { namespace, name, deletionTimestamp } = job.metadata;
  if (deletionTimestamp) return;
  jobs(world).delete(namespace, name, { propagationPolicy: 'Background' });
  record(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
}
