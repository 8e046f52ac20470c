/** Pods: the state that `kubectl get pods` sums up in one word. */
import type { ContainerState, ContainerStatus, Pod } from '../../../shapes.ts';
import { age, columns, text, wide } from './table.ts';

export const POD_COLUMNS = columns<Pod>(
  text('Ready', (pod) => `${readyContainers(pod)}/${pod.spec.containers.length}`),
  text('Status', podStatus),
  text('Restarts', restarts),
  wide(text('IP', (pod) => pod.status?.podIP || '<none>')),
  wide(text('Node', (pod) => pod.spec.nodeName || '<none>')),
  wide(text('Nominated Node', (pod) => pod.status?.nominatedNodeName || '<none>')),
  wide(text('Readiness Gates', readinessGates)),
);

function readyContainers({ status }: Pod): number {
  return (status?.containerStatuses ?? []).filter(({ ready, state }) => ready && state?.running)
    .length;
}

function podStatus(pod: Pod): string {
  const { status, metadata } = pod;
  const phase = status?.phase ?? '';
  const ended = phase === 'Succeeded' || phase === 'Failed';
  if (metadata.deletionTimestamp && status?.reason === 'NodeLost') return 'Unknown';
  if (metadata.deletionTimestamp && !ended) return 'Terminating';
  return initStatus(pod) ?? mainStatus(pod);
}

/** What the first init container that is not done is doing. */
function initStatus({ status, spec }: Pod): string | undefined {
  const statuses = status?.initContainerStatuses ?? [];
  const at = statuses.findIndex(({ state }) => state?.terminated?.exitCode !== 0);
  const current = statuses[at];
  if (!current) return undefined;
  const { terminated, waiting } = current.state ?? {};
  if (terminated) return `Init:${endOf(terminated)}`;
  if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
  return `Init:${at}/${spec.initContainers?.length ?? 0}`;
}

function mainStatus({ status }: Pod): string {
  const statuses = status?.containerStatuses ?? [];
  const reasons = statuses.map(({ state }) => reasonOf(state)).filter((reason) => reason !== '');
  const reason = reasons[0] ?? (status?.reason || status?.phase || '');
  const running = statuses.some(({ ready, state }) => ready && state?.running);
  if (reason !== 'Completed' || !running) return reason;
  const ready = status?.conditions?.some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  );
  return ready ? 'Running' : 'NotReady';
}

function reasonOf(state: ContainerState | undefined): string {
  if (state?.waiting?.reason) return state.waiting.reason;
  return state?.terminated ? endOf(state.terminated) : '';
}

function endOf({ reason, signal, exitCode }: NonNullable<ContainerState['terminated']>): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function restarts({ status }: Pod, nowMs: number): string {
  const statuses = status?.containerStatuses ?? [];
  const count = statuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
  const last = statuses.map(lastEnd).sort().at(-1);
  return count > 0 && last ? `${count} (${age(last, nowMs)} ago)` : String(count);
}

function lastEnd({ lastState }: ContainerStatus): string {
  return lastState?.terminated?.finishedAt ?? '';
}

function readinessGates({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const passed = gates.filter(({ conditionType }) =>
    status?.conditions?.some(({ type, status }) => type === conditionType && status === 'True'),
  );
  return `${passed.length}/${gates.length}`;
}
