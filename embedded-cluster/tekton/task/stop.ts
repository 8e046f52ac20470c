/** How the status of a TaskRun ends when the run is stopped rather than done. */
import { timestamp } from '../../base/clock.ts';
import { withVerdict } from '../conditions.ts';
import type { StepState, TaskRun, TaskRunStatus } from '../model/runs.ts';

/** What its steps have written by then is lost: the pod goes, and nobody reads it again. */
export function stopped(
  { podName = '', ...status }: TaskRunStatus,
  reason: string,
  message: string,
  nowMs: number,
): TaskRunStatus {
  const steps = status.steps?.map((step) => stoppedStep(step, podName, reason, timestamp(nowMs)));
  return {
    ...status,
    ...(podName && { podName }),
    ...(steps && { steps }),
    conditions: withVerdict(status, { status: 'False', reason, message }, nowMs),
    completionTime: timestamp(nowMs),
  };
}

function stoppedStep(
  { running, waiting, ...step }: StepState,
  podName: string,
  reason: string,
  finishedAt: string,
): StepState {
  if (!running && !waiting) return step;
  return {
    ...step,
    terminated: {
      exitCode: 1,
      finishedAt,
      message: `Step ${step.name} terminated as pod ${podName} is terminated`,
      reason,
      ...(running?.startedAt && { startedAt: running.startedAt }),
    },
    terminationReason: reason,
  };
}

/** An image that cannot be pulled ends the run; Tekton does not wait for it to appear. */
export function imagePullFailure({ metadata, status }: TaskRun): string | undefined {
  const step = status?.steps?.find(({ waiting }) => waiting?.reason === 'ImagePullBackOff');
  return (
    step &&
    `The step "${step.name}" in TaskRun "${metadata.name}" failed to pull the image "${step.imageID ?? ''}". The pod errored with the message: "${step.waiting?.message ?? ''}."`
  );
}
