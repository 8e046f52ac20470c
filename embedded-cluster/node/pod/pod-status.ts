/** A pod's status, as the kubelet tells it from what it knows. */
import { timestamp } from '../../base/clock.ts';
import { conditionOf } from '../../kubernetes/controllers/conditions.ts';
import type { ContainerState, ContainerStatus, PodStatus } from '../../kubernetes/shapes.ts';
import { phaseOf, phaseWhenOver } from './pod-phase.ts';
import {
  type ContainerPhase,
  type ContainerRecord,
  containersOf,
  type PodRecord,
  type Termination,
} from './pod-record.ts';

type PodConditions = NonNullable<PodStatus['conditions']>;

export function podStatus(record: PodRecord, hostIP: string, nowMs: number): PodStatus {
  const { pod, end, podIP } = record;
  const isOver = record.stage === 'over';
  const init = containersOf(record, 'init').map(containerStatus);
  const generation = pod.metadata.generation;
  return {
    ...(pod.status?.qosClass ? { qosClass: pod.status.qosClass } : {}),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    phase: isOver ? phaseWhenOver(record) : phaseOf(record),
    ...(isOver && end?.reason ? { reason: end.reason } : {}),
    ...(isOver && end?.message ? { message: end.message } : {}),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(podIP ? { podIP, podIPs: [{ ip: podIP }] } : {}),
    startTime: timestamp(record.startedAtMs),
    conditions: conditions(record, nowMs),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: containersOf(record, 'app').map(containerStatus),
  };
}

function containerStatus(container: ContainerRecord): ContainerStatus {
  const { spec, phase, image, id, lastTermination } = container;
  const isRunning = phase.type === 'running';
  const repository = spec.image?.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const isInit = container.role === 'init';
  const hasSucceeded = phase.type === 'terminated' && phase.exitCode === 0;
  return {
    name: spec.name,
    state: stateOf(phase),
    lastState: lastTermination ? { terminated: terminationState(lastTermination) } : {},
    ready: isInit ? hasSucceeded : isRunning && container.isReady,
    restartCount: container.restartCount,
    image: spec.image ?? '',
    imageID: image && id ? `${repository}@${image.digest}` : '',
    ...(id ? { containerID: `containerd://${id}` } : {}),
    started: isRunning && container.isStarted,
    ...(spec.volumeMounts
      ? {
          volumeMounts: spec.volumeMounts.map(({ name, mountPath, readOnly }) => ({
            name,
            mountPath,
            ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
          })),
        }
      : {}),
  };
}

function stateOf(phase: ContainerPhase): ContainerState {
  switch (phase.type) {
    case 'waiting': {
      const { reason, message } = phase;
      return { waiting: { reason, ...(message === undefined ? {} : { message }) } };
    }
    case 'running':
      return { running: { startedAt: timestamp(phase.startedAtMs) } };
    case 'terminated':
      return { terminated: terminationState(phase) };
  }
}

function terminationState(ended: Termination): NonNullable<ContainerState['terminated']> {
  return {
    exitCode: ended.exitCode,
    reason: ended.reason,
    ...(ended.message === undefined ? {} : { message: ended.message }),
    startedAt: timestamp(ended.startedAtMs),
    finishedAt: timestamp(ended.finishedAtMs),
    ...(ended.containerID ? { containerID: `containerd://${ended.containerID}` } : {}),
  };
}

type Verdict = { status: 'True' | 'False'; reason?: string; message?: string };

function conditions(record: PodRecord, nowMs: number): PodConditions {
  const { pod } = record;
  const containersReady = readiness(record);
  const verdicts: [string, Verdict][] = [
    ['PodReadyToStartContainers', { status: record.sandbox === 'ready' ? 'True' : 'False' }],
    ['Initialized', initialized(record)],
    ['Ready', containersReady.status === 'True' ? gates(record) : containersReady],
    ['ContainersReady', containersReady],
    ['PodScheduled', { status: 'True' }],
  ];
  const told = pod.status?.conditions;
  const generation = pod.metadata.generation;
  const made = verdicts.map(([type, verdict]) => {
    const before = conditionOf(told, type);
    const moved = before?.status !== verdict.status;
    return {
      type,
      ...verdict,
      lastProbeTime: null,
      lastTransitionTime: moved ? timestamp(nowMs) : before?.lastTransitionTime,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
    };
  });
  const others = (told ?? []).filter(({ type }) => !verdicts.some(([known]) => known === type));
  // A condition that was never probed has null for a time, which the client's model leaves out.
  return [...made, ...others] as PodConditions;
}

/** What somebody else has to say of a pod whose containers are ready, before it is. */
function gates({ pod }: PodRecord): Verdict {
  const shut = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const told = conditionOf(pod.status?.conditions, conditionType);
    if (told?.status === 'True') return [];
    return told
      ? `the status of pod readiness gate "${conditionType}" is not "True", but ${told.status}`
      : `corresponding condition of pod readiness gate "${conditionType}" does not exist.`;
  });
  return shut.length === 0
    ? { status: 'True' }
    : { status: 'False', reason: 'ReadinessGatesNotReady', message: shut.join(', ') };
}

function initialized(record: PodRecord): Verdict {
  const incomplete = containersOf(record, 'init').filter(
    ({ phase }) => phase.type !== 'terminated' || phase.exitCode !== 0,
  );
  if (incomplete.length > 0) {
    const names = incomplete.map(({ spec }) => spec.name).join(' ');
    const message = `containers with incomplete status: [${names}]`;
    return { status: 'False', reason: 'ContainersNotInitialized', message };
  }
  return record.stage !== 'living' && phaseWhenOver(record) === 'Succeeded'
    ? { status: 'True', reason: 'PodCompleted' }
    : { status: 'True' };
}

function readiness(record: PodRecord): Verdict {
  const app = containersOf(record, 'app');
  const lost = app.some(({ phase }) => phase.type === 'terminated' && phase.reason === LOST);
  if (record.stage !== 'living' && !lost) {
    const reason = phaseWhenOver(record) === 'Succeeded' ? 'PodCompleted' : 'PodFailed';
    return { status: 'False', reason };
  }
  const unready = app.filter(({ phase, isReady }) => phase.type !== 'running' || !isReady);
  if (unready.length === 0) return { status: 'True' };
  const names = unready.map(({ spec }) => spec.name).join(' ');
  const message = `containers with unready status: [${names}]`;
  return { status: 'False', reason: 'ContainersNotReady', message };
}

/** The reason of a container that never ran and never will. */
export const LOST = 'ContainerStatusUnknown';
