/** Why a pod makes its TaskRun wait, and why it makes it fail, in Tekton's reasons and words. */
import type { ContainerStatus, Pod } from '../../kubernetes/shapes.ts';
import type { Verdict } from '../conditions.ts';
import type { StepReport } from './results.ts';

const IMAGE_TROUBLES: readonly unknown[] = [
  'ImagePullBackOff',
  'ImageInspectError',
  'ErrImagePull',
  'ErrImageNeverPull',
  'RegistryUnavailable',
  'InvalidImageName',
];

export function waitingVerdict(pod: Pod): Verdict {
  const waits = pod.status?.containerStatuses?.flatMap(({ state }) => state?.waiting ?? []) ?? [];
  const exceeds = pod.status?.conditions?.some(
    ({ reason, message }) => reason === 'Unschedulable' && message?.includes('Insufficient'),
  );
  if (exceeds) {
    const message = 'TaskRun Pod exceeded available resources';
    return { status: 'Unknown', reason: 'ExceededNodeResources', message };
  }
  if (waits.some(({ reason }) => reason === 'CreateContainerConfigError')) {
    const message = 'Failed to create pod due to config error';
    return { status: 'False', reason: 'CreateContainerConfigError', message };
  }
  const pulls = waits.some(({ reason }) => IMAGE_TROUBLES.includes(reason));
  const message = waitingMessage(pod);
  return { status: 'Unknown', reason: pulls ? 'PullImageFailed' : 'Pending', message };
}

function waitingMessage({ status }: Pod): string {
  const waiting = status?.containerStatuses?.find(({ state }) => state?.waiting?.message);
  if (waiting) {
    const reason = JSON.stringify(waiting.state?.waiting?.message);
    return `build step "${waiting.name}" is pending with reason ${reason}`;
  }
  const condition = status?.conditions?.find((one) => one.status !== 'True');
  if (condition) {
    const told = JSON.stringify(condition.message ?? '');
    return `pod status "${condition.type}":"${condition.status}"; message: ${told}`;
  }
  return status?.message || 'Pending';
}

/** Undefined when nothing has failed. */
export function failureOf(
  pod: Pod,
  statuses: readonly (ContainerStatus | undefined)[],
  reports: readonly (StepReport | undefined)[],
): Verdict | undefined {
  const { phase, reason, message = '' } = pod.status ?? {};
  if (phase === 'Failed' && reason === 'Evicted') {
    return { status: 'False', reason: 'PodEvicted', message };
  }
  const failures = statuses.flatMap((status, index) => {
    const terminated = status?.state?.terminated;
    if (!status || !terminated || terminated.exitCode === 0) return [];
    return [{ name: status.name, ...terminated, report: reports[index] }];
  });
  const [first] = failures;
  if (!first) {
    const unspecified = message || 'build failed for unspecified reasons.';
    return phase === 'Failed'
      ? { status: 'False', reason: 'Failed', message: unspecified }
      : undefined;
  }
  const outOfMemory = failures.some((failure) => failure.reason === 'OOMKilled');
  const said =
    first.report?.reason === 'TimeoutExceeded'
      ? `"${first.name}" exited because the step exceeded the specified timeout limit`
      : `"${first.name}" exited with code ${first.exitCode}${first.reason ? `: ${first.reason}` : ''}`;
  return { status: 'False', reason: outOfMemory ? 'StepOOM' : 'StepFailed', message: said };
}
