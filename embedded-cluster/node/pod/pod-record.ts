/** What the kubelet knows of a pod on its node; its status is told from this alone. */

import type { Container, Pod } from '../../kubernetes/shapes.ts';
import type { Image } from '../../registry/images/image.ts';
import type { RunningContainer } from '../runtime.ts';

export interface Termination {
  readonly containerID: string | undefined;
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
}

export type ContainerPhase =
  | { readonly type: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly type: 'running'; readonly startedAtMs: number; readonly handle: RunningContainer }
  | ({ readonly type: 'terminated' } & Termination);

export interface ContainerRecord {
  readonly spec: Container;
  readonly role: 'init' | 'app';
  phase: ContainerPhase;
  image: Image | undefined;
  id: string | undefined;
  lastTermination: Termination | undefined;
  restartCount: number;
  /** Whether it has passed its startup probe, or needs none. */
  isStarted: boolean;
  /** What its readiness probe said last; without one a container is ready as soon as it runs. */
  isReady: boolean;
}

export interface PodEnd {
  readonly phase: 'Succeeded' | 'Failed';
  readonly reason?: string;
  readonly message?: string;
}

export interface PodRecord {
  /** As it was last seen in the API. */
  pod: Pod;
  readonly startedAtMs: number;
  sandbox: 'none' | 'ready' | 'removed';
  podIP: string | undefined;
  readonly containers: readonly ContainerRecord[];
  /** Why the pod ended before its containers did; the first cause is kept. */
  end: PodEnd | undefined;
  /** `done`: nothing of it runs or will run again. `over`: and nothing of it is left on the node. */
  stage: 'living' | 'done' | 'over';
}

export function recordOf(pod: Pod, nowMs: number): PodRecord {
  const { initContainers = [], containers } = pod.spec;
  const reason = initContainers.length > 0 ? 'PodInitializing' : 'ContainerCreating';
  const fresh =
    (role: ContainerRecord['role']) =>
    (spec: Container): ContainerRecord => ({
      spec,
      role,
      phase: { type: 'waiting', reason },
      image: undefined,
      id: undefined,
      lastTermination: undefined,
      restartCount: 0,
      isStarted: false,
      isReady: false,
    });
  return {
    pod,
    startedAtMs: nowMs,
    sandbox: 'none',
    podIP: undefined,
    containers: [...initContainers.map(fresh('init')), ...containers.map(fresh('app'))],
    end: undefined,
    stage: 'living',
  };
}

export function containersOf(record: PodRecord, role: ContainerRecord['role']): ContainerRecord[] {
  return record.containers.filter((container) => container.role === role);
}

/** `spec.containers{app}`: where an event about a container points. */
export function fieldPathOf({ role, spec }: ContainerRecord): string {
  return role === 'init' ? `spec.initContainers{${spec.name}}` : `spec.containers{${spec.name}}`;
}
