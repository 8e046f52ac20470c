/** What a Job's pods mean for it. */
import { timestamp } from '../../../base/clock.ts';
import type { Job, Pod } from '../../shapes.ts';
import { conditionOf } from '../conditions.ts';
import { hasEnded, isActive, isReady, isTerminating } from '../pods.ts';

export type JobStatus = NonNullable<Job['status']>;

/** Keeps a pod of a Job until the Job has counted it. */
export const TRACKING = 'batch.kubernetes.io/job-tracking';

export interface JobEnd {
  readonly type: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

export interface JobCounts {
  readonly ready: number;
  readonly terminating: number;
  /** Ended, and not counted yet. */
  readonly finished: readonly Pod[];
  readonly succeeded: number;
  readonly failed: number;
  /** How many pods should be active. */
  readonly wanted: number;
}

export function countsOf(job: Job, owned: readonly Pod[]): JobCounts {
  const finished = owned.filter(
    (pod) => hasEnded(pod) && pod.metadata.finalizers?.includes(TRACKING),
  );
  const ended = (phase: string): number =>
    finished.filter((pod) => pod.status?.phase === phase).length;
  const succeeded = (job.status?.succeeded ?? 0) + ended('Succeeded');
  const { parallelism = 1, completions } = job.spec;
  const left = completions === undefined ? parallelism : completions - succeeded;
  return {
    ready: owned.filter((pod) => isActive(pod) && isReady(pod)).length,
    terminating: owned.filter(isTerminating).length,
    finished,
    succeeded,
    failed: (job.status?.failed ?? 0) + ended('Failed') + restarts(owned),
    wanted: Math.max(0, Math.min(parallelism, left)),
  };
}

/** A pod that starts its own containers again fails each time it does. */
function restarts(owned: readonly Pod[]): number {
  return owned
    .filter(({ spec }) => spec.restartPolicy === 'OnFailure')
    .flatMap(({ status }) => status?.containerStatuses ?? [])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
}

/** How the Job ends, if it does now. */
export function endOf(
  { spec, status }: Job,
  { succeeded, failed, finished }: JobCounts,
  startTime: string | undefined,
  nowMs: number,
): JobEnd | undefined {
  const { completions, backoffLimit = 6, activeDeadlineSeconds } = spec;
  if (failed > backoffLimit) {
    const message = 'Job has reached the specified backoff limit';
    return { type: 'Failed', reason: 'BackoffLimitExceeded', message };
  }
  const deadline = Number(activeDeadlineSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  if (startTime !== undefined && nowMs >= Date.parse(startTime) + deadline) {
    const message = 'Job was active longer than specified deadline';
    return { type: 'Failed', reason: 'DeadlineExceeded', message };
  }
  // Without a number of completions the first success ends the Job, once nothing else runs.
  const isComplete =
    completions === undefined
      ? succeeded > 0 && finished.length > 0 && (status?.active ?? 0) <= finished.length
      : succeeded >= completions;
  const message = 'Reached expected number of succeeded pods';
  return isComplete ? { type: 'Complete', reason: 'CompletionsReached', message } : undefined;
}

export function isFinished({ status }: Job): boolean {
  return ['Complete', 'Failed'].some(
    (type) => conditionOf(status?.conditions, type)?.status === 'True',
  );
}

/** With the condition that says how the Job will end, once its pods are counted. */
export function withEndInSight(
  status: JobStatus,
  end: JobEnd | undefined,
  nowMs: number,
): JobStatus {
  if (!end) return status;
  const type = end.type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
  if (conditionOf(status.conditions, type)) return status;
  return { ...status, conditions: [...(status.conditions ?? []), condition(type, end, nowMs)] };
}

export function withEnd(status: JobStatus, end: JobEnd | undefined, nowMs: number): JobStatus {
  if (!end) return status;
  const { active: _ended, ...rest } = status;
  return {
    ...rest,
    ...(end.type === 'Complete' ? { completionTime: timestamp(nowMs) } : {}),
    conditions: [...(status.conditions ?? []), condition(end.type, end, nowMs)],
  };
}

function condition(
  type: string,
  { reason, message }: JobEnd,
  nowMs: number,
): NonNullable<JobStatus['conditions']>[number] {
  const at = timestamp(nowMs);
  return { type, status: 'True', reason, message, lastProbeTime: at, lastTransitionTime: at };
}
