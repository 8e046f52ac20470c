/** Jobs: pods that are to succeed a number of times. */
import { timestamp } from '../../../base/clock.ts';
import { jobs, pods } from '../../collection.ts';
import type { Job, Pod } from '../../shapes.ts';
import type { Running, World } from '../../world.ts';
import { createEventRecorder, type RecordEvent } from '../events.ts';
import { controllerOf } from '../owners.ts';
import { createPodOf, isActive } from '../pods.ts';
import { createWorkQueue, keyOf, splitKey } from '../work-queue.ts';
import {
  countsOf,
  endOf,
  isFinished,
  type JobEnd,
  type JobStatus,
  TRACKING,
  withEnd,
  withEndInSight,
} from './status.ts';
import { backOffMs, msUntilDeadline, msUntilExpiry } from './timing.ts';

export function startJobController(world: World): Running {
  const record = createEventRecorder(world, { component: 'job-controller' });
  const queue = createWorkQueue(world.clock, (key) => {
    const { namespace, name } = splitKey(key);
    const job = jobs(world).get(namespace, name);
    if (!job || job.metadata.deletionTimestamp) return;
    const againInMs = isFinished(job) ? expire(world, job) : sync(world, record, job);
    if (againInMs !== undefined) queue.addAfter(key, againInMs);
  });
  const unwatch = [
    jobs(world).watch(({ object }) => queue.add(keyOf(object))),
    pods(world).watch(({ object }) => {
      const owner = controllerOf(object);
      const { namespace = '' } = object.metadata;
      if (owner?.kind === 'Job') queue.add(`${namespace}/${owner.name}`);
    }),
  ];
  return {
    stop: () => {
      for (const stop of unwatch) stop();
      queue.stop();
    },
  };
}

/** Returns how long until the Job wants looking at again by itself. */
function sync(world: World, record: RecordEvent, job: Job): number | undefined {
  const { clock } = world;
  const owned = pods(world)
    .list(job.metadata.namespace)
    .filter((pod) => controllerOf(pod)?.uid === job.metadata.uid);
  const suspended = job.spec.suspend === true;
  const startTime = job.status?.startTime ?? (suspended ? undefined : timestamp(clock.now()));
  const counts = countsOf(job, owned);
  const end = endOf(job, counts, startTime, clock.now());
  const status: JobStatus = {
    ...job.status,
    ...(startTime === undefined ? {} : { startTime }),
    ready: counts.ready,
    terminating: counts.terminating,
    uncountedTerminatedPods: {},
  };
  if (counts.finished.length > 0 || end) {
    count(world, record, job, { owned, status, end });
    return undefined;
  }
  const active = owned.filter(isActive);
  const wanted = suspended ? 0 : counts.wanted;
  const waitMs = wanted > active.length ? backOffMs(owned, clock.now()) : 0;
  if (waitMs === 0) fitPods(world, record, job, active, wanted);
  const now = waitMs === 0 ? wanted : active.length;
  jobs(world).updateStatus({ ...job, status: { ...status, ...(now > 0 ? { active: now } : {}) } });
  const deadlineMs = msUntilDeadline(job, startTime, clock.now());
  return waitMs > 0 ? waitMs : deadlineMs;
}

/**
 * Pods are counted in two steps, so that none is counted twice or forgotten: their uids are noted,
 * then the finalizer that kept them is taken away, then the numbers are added up.
 */
function count(
  world: World,
  record: RecordEvent,
  job: Job,
  { owned, status, end }: { owned: readonly Pod[]; status: JobStatus; end: JobEnd | undefined },
): void {
  const { finished } = countsOf(job, owned);
  const uidsOf = (phase: string): string[] =>
    finished.filter((pod) => pod.status?.phase === phase).map(({ metadata }) => metadata.uid);
  const [succeeded, failed] = [uidsOf('Succeeded'), uidsOf('Failed')];
  const { active: _before, ...rest } = status;
  const stillActive = end ? [] : owned.filter(isActive);
  const running = stillActive.length > 0 ? { active: stillActive.length } : {};
  const noted = jobs(world).updateStatus({
    ...job,
    status: withEndInSight(
      {
        ...rest,
        ...running,
        uncountedTerminatedPods: {
          ...(succeeded.length > 0 ? { succeeded } : {}),
          ...(failed.length > 0 ? { failed } : {}),
        },
      },
      end,
      world.clock.now(),
    ),
  });
  for (const pod of finished) release(world, pod);
  if (end) for (const pod of owned.filter(isActive)) remove(world, record, job, pod);
  const before = job.status ?? {};
  const totals = {
    succeeded: (before.succeeded ?? 0) + succeeded.length,
    failed: (before.failed ?? 0) + failed.length,
  };
  const counted = {
    ...noted.status,
    ...(totals.succeeded > 0 ? { succeeded: totals.succeeded } : {}),
    ...(totals.failed > 0 ? { failed: totals.failed } : {}),
    uncountedTerminatedPods: {},
  };
  jobs(world).updateStatus({ ...noted, status: withEnd(counted, end, world.clock.now()) });
  if (end?.type === 'Complete') record(job, 'Normal', 'Completed', 'Job completed');
  if (end?.type === 'Failed') record(job, 'Warning', end.reason, end.message);
}

function fitPods(
  world: World,
  record: RecordEvent,
  job: Job,
  active: readonly Pod[],
  wanted: number,
): void {
  for (let made = active.length; made < wanted; made++) {
    const pod = createPodOf(world, job, job.spec.template, { finalizers: [TRACKING] });
    record(job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
  }
  for (const pod of active.slice(wanted)) remove(world, record, job, pod);
}

function remove(world: World, record: RecordEvent, job: Job, pod: Pod): void {
  release(world, pod);
  pods(world).delete(pod.metadata.namespace, pod.metadata.name);
  record(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
}

/** Lets a pod go that the Job has taken note of. */
function release(world: World, { metadata }: Pod): void {
  const current = pods(world).get(metadata.namespace, metadata.name);
  const { finalizers = [], ...rest } = current?.metadata ?? metadata;
  if (!current || !finalizers.includes(TRACKING)) return;
  const others = finalizers.filter((one) => one !== TRACKING);
  pods(world).update({
    ...current,
    metadata: { ...rest, ...(others.length > 0 ? { finalizers: others } : {}) },
  });
}

/** A finished Job goes after the time that it was given for being looked at. */
function expire(world: World, job: Job): number | undefined {
  const leftMs = msUntilExpiry(job, world.clock.now());
  if (leftMs === undefined || leftMs > 0) return leftMs;
  const { namespace, name, uid } = job.metadata;
  jobs(world).delete(namespace, name, {
    propagationPolicy: 'Background',
    preconditions: { uid },
  });
  return undefined;
}
