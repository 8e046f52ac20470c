/** What a pod's status says: whether it serves, and why it never will. */
import type { Instant } from '../../base/vocabulary.ts';
import type { Condition, ContainerStatus, Pod } from '../objects.ts';
import { timeOf } from '../time.ts';

/** Why a pod cannot become ready, in the words of the cluster. */
export interface Trouble {
  readonly pod: string;
  readonly container: string | undefined;
  readonly reason: string;
  readonly message: string;
}

// The kubelet has tried and says it will not get better by waiting. ErrImagePull is the same failed
// pull as the ImagePullBackOff that follows it: nothing is tried between the two.
const HOPELESS_WAITING = new Set([
  'CrashLoopBackOff',
  'ErrImagePull',
  'ImagePullBackOff',
  'ImageInspectError',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

export function condition(conditions: readonly Condition[] | undefined, type: string) {
  return conditions?.find((candidate) => candidate.type === type);
}

export function isTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** Evicted, failed or completed: it lies about and will never serve, whatever its conditions say. */
export function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded';
}

/** Ready, and staying: a terminating pod may still pass its probe. */
export function isServing(pod: Pod): boolean {
  if (isTerminating(pod) || hasEnded(pod)) return false;
  return condition(pod.status?.conditions, 'Ready')?.status === 'True';
}

/** When the last of those that serve became ready; 0 where none does. */
export function lastReadyAt(pods: readonly Pod[]): number {
  const times = pods
    .filter(isServing)
    .map(({ status }) => timeOf(condition(status?.conditions, 'Ready')?.lastTransitionTime) ?? 0);
  return Math.max(0, ...times);
}

/**
 * The first thing that keeps any of the pods from ever being ready, if there is one. A pod is given
 * `schedulingMs` to find a node.
 */
export function troubleAmong(
  pods: readonly Pod[],
  now: Instant,
  schedulingMs: number,
): Trouble | undefined {
  for (const pod of pods) {
    if (isTerminating(pod) || hasEnded(pod)) continue;
    const trouble = containerTrouble(pod) ?? schedulingTrouble(pod, now, schedulingMs);
    if (trouble) return trouble;
  }
  return undefined;
}

/** The first pod that runs and is not ready, and what the cluster says of it. */
export function unreadyAmong(pods: readonly Pod[]): Trouble | undefined {
  for (const pod of pods) {
    if (isTerminating(pod) || hasEnded(pod) || isServing(pod)) continue;
    const unready = pod.status?.containerStatuses?.find(({ ready }) => !ready);
    const { message = '' } = condition(pod.status?.conditions, 'Ready') ?? {};
    const container = unready?.name;
    return { pod: pod.metadata.name, container, reason: 'NotReady', message };
  }
  return undefined;
}

function containerTrouble(pod: Pod): Trouble | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  for (const status of [...initContainerStatuses, ...containerStatuses]) {
    if (isOutOfMemory(status)) return outOfMemory(pod, status);
    const waiting = status.state?.waiting;
    if (!waiting?.reason || !HOPELESS_WAITING.has(waiting.reason)) continue;
    return {
      pod: pod.metadata.name,
      container: status.name,
      reason: lastEnd(status) ?? waiting.reason,
      message: waiting.message ?? '',
    };
  }
  return undefined;
}

/** One that was killed and is ready again does not count: it may have been long ago. */
function isOutOfMemory({ ready, state, lastState }: ContainerStatus): boolean {
  const ended = state?.terminated ?? (state?.running ? lastState?.terminated : undefined);
  return !ready && ended?.reason === 'OOMKilled';
}

function outOfMemory(pod: Pod, { name, restartCount }: ContainerStatus): Trouble {
  const message = `container ${name} used more memory than its limit, ${restartCount} restarts`;
  return { pod: pod.metadata.name, container: name, reason: 'OOMKilled', message };
}

/** A crash loop says little; how the container ended last says why. */
function lastEnd(status: ContainerStatus): string | undefined {
  const ended = status.lastState?.terminated;
  if (!ended || status.state?.waiting?.reason !== 'CrashLoopBackOff') return undefined;
  return `CrashLoopBackOff (${ended.reason ?? 'ended'}, exit ${ended.exitCode})`;
}

function schedulingTrouble(pod: Pod, now: Instant, schedulingMs: number): Trouble | undefined {
  const scheduled = condition(pod.status?.conditions, 'PodScheduled');
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return undefined;
  const since = timeOf(scheduled.lastTransitionTime) ?? now;
  if (now - since < schedulingMs) return undefined;
  return {
    pod: pod.metadata.name,
    container: undefined,
    reason: 'Unschedulable',
    message: scheduled.message ?? '',
  };
}
