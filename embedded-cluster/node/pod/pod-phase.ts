/** A pod's phase: where it stands between being accepted and being over. */
import { type ContainerRecord, containersOf, type PodRecord } from './pod-record.ts';

type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** While the pod lives: it is over only when nothing of it will be started again. */
export function phaseOf(record: PodRecord): Phase {
  const app = containersOf(record, 'app');
  const isInitialized = containersOf(record, 'init').every(hasSucceeded);
  const hasStarted = app.every(
    (container) => container.phase.type !== 'waiting' || hasRun(container),
  );
  return isInitialized && hasStarted ? 'Running' : 'Pending';
}

/** Once nothing runs any more and nothing will. */
export function phaseWhenOver(record: PodRecord): 'Succeeded' | 'Failed' {
  if (record.end) return record.end.phase;
  return record.containers.every(hasSucceeded) ? 'Succeeded' : 'Failed';
}

function hasSucceeded({ phase }: ContainerRecord): boolean {
  return phase.type === 'terminated' && phase.exitCode === 0;
}

function hasRun({ lastTermination }: ContainerRecord): boolean {
  return lastTermination !== undefined;
}
