/** What the pod of a TaskRun says about it: how its steps are, and what that makes of the run. */
import type { ContainerStatus, Pod } from '../../kubernetes/shapes.ts';
import type { Verdict } from '../conditions.ts';
import type { StepState, TaskRunResult } from '../model/runs.ts';
import { containerName, stepName, type TaskSpec } from '../model/task.ts';
import { type StepReport, stepReport, taskResults } from './results.ts';
import { failureOf, waitingVerdict } from './verdicts.ts';

export interface PodReport {
  readonly verdict: Verdict;
  readonly steps: readonly StepState[];
  /** Empty while there may yet be more. */
  readonly results: readonly TaskRunResult[];
}

export function podReport(pod: Pod, spec: TaskSpec): PodReport {
  const statuses = stepStatuses(pod, spec);
  const reports = statuses.map((status) => stepReport(status?.state?.terminated?.message));
  const verdict = verdictOn(pod, statuses, reports);
  const written = reports.flatMap((report) => report?.results ?? []);
  return {
    verdict,
    steps: statuses.map((status, index) => ({
      name: stepName(spec.steps[index] ?? {}, index),
      ...stepState(status, reports[index]),
    })),
    results: verdict.status === 'Unknown' ? [] : taskResults(spec.results, written),
  };
}

function stepStatuses(pod: Pod, { steps }: TaskSpec): (ContainerStatus | undefined)[] {
  return steps.map((step, index) => {
    const name = containerName(step, index);
    return pod.status?.containerStatuses?.find((status) => status.name === name);
  });
}

function verdictOn(
  pod: Pod,
  statuses: readonly (ContainerStatus | undefined)[],
  reports: readonly (StepReport | undefined)[],
): Verdict {
  const phase = pod.status?.phase;
  const ended = phase === 'Succeeded' || phase === 'Failed';
  if (ended || (phase === 'Running' && statuses.every((status) => status?.state?.terminated))) {
    return (
      failureOf(pod, statuses, reports) ?? {
        status: 'True',
        reason: 'Succeeded',
        message: 'All Steps have completed executing',
      }
    );
  }
  if (phase === 'Pending' || phase === undefined) return waitingVerdict(pod);
  const message = 'Not all Steps in the Task have finished executing';
  return { status: 'Unknown', reason: 'Running', message };
}

/** The container's state, with what the entrypoint knew better than the kubelet. */
function stepState(
  status: ContainerStatus | undefined,
  report: StepReport | undefined,
): Omit<StepState, 'name'> {
  if (!status) return {};
  const { terminated, ...state } = status.state ?? {};
  const named = { ...(status.imageID && { imageID: status.imageID }), container: status.name };
  if (!terminated) return { ...state, ...named };
  if (!report) return { ...named, terminated };
  const { message: _forTheController, ...rest } = terminated;
  return {
    ...named,
    terminated: {
      ...rest,
      ...(report.message && { message: report.message }),
      ...(report.startedAt && { startedAt: wholeSeconds(report.startedAt) }),
      ...(report.exitCode !== undefined && { exitCode: report.exitCode }),
    },
    terminationReason: terminationReason(report, terminated.reason),
  };
}

function terminationReason({ reason, exitCode }: StepReport, ofContainer = ''): string {
  return reason ?? (exitCode === undefined ? ofContainer : 'Continued');
}

function wholeSeconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}
