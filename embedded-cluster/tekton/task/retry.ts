/** A failed attempt is put aside and the run begins anew, as often as its retries allow. */
import { succeededCondition, withVerdict } from '../conditions.ts';
import type { TaskRun, TaskRunStatus } from '../model/runs.ts';

/** The status to go on from; undefined when `status` is not to be tried again. */
export function retried(
  { spec }: TaskRun,
  status: TaskRunStatus,
  nowMs: number,
): TaskRunStatus | undefined {
  const { retriesStatus = [], ...attempt } = status;
  const condition = succeededCondition(status);
  const isTriedAgain =
    condition?.status === 'False' &&
    spec.status !== 'TaskRunCancelled' &&
    retriesStatus.length < (spec.retries ?? 0);
  if (!isTriedAgain) return undefined;
  const { message = '' } = condition;
  return {
    conditions: withVerdict(status, { status: 'Unknown', reason: 'ToBeRetried', message }, nowMs),
    retriesStatus: [...retriesStatus, attempt],
  };
}
