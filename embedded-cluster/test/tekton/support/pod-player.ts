// Plays pods as a kubelet would, by the clock alone: a pod starts after a moment, its steps take as
// long as they are told to, and it ends by itself or some time after it has been asked to.

import { timestamp } from '../../../base/clock.ts';
import { pods } from '../../../kubernetes/collection.ts';
import type { ContainerState, ContainerStatus, Pod } from '../../../kubernetes/shapes.ts';
import type { Running, World } from '../../../kubernetes/world.ts';

/** What one step does. */
export interface Played {
  readonly runsMs: number;
  readonly exitCode: number;
  /** Its termination message, as the entrypoint would write it. */
  readonly message: string;
  /** After SIGTERM; a step that does not say exits at once. */
  readonly onTerm?: { readonly takesMs: number; readonly exitCode: number };
}

export type Script = (pod: Pod, container: string) => Played;

const STARTS_MS = 800;

/** A kubelet first says how a pod has ended, and a moment later lets go of it. */
const REMOVED_AFTER_MS = 100;

export function startPodPlayer(world: World, script: Script): Running {
  const { clock } = world;
  const collection = pods(world);
  const seen = new Set<string>();

  /** The pod as it is now, unless it is gone or another one has taken its name. */
  const current = ({ metadata }: Pod): Pod | undefined => {
    const pod = collection.get(metadata.namespace, metadata.name);
    return pod?.metadata.uid === metadata.uid ? pod : undefined;
  };
  const isOver = ({ status }: Pod): boolean =>
    status?.phase === 'Succeeded' || status?.phase === 'Failed';

  const start = (pod: Pod): void => {
    collection.update({ ...pod, spec: { ...pod.spec, nodeName: 'node-1' } });
    clock.after(STARTS_MS, () => {
      const now = current(pod);
      if (!now || now.metadata.deletionTimestamp) return;
      const startedAt = timestamp(clock.now());
      const running = { state: { running: { startedAt } }, ready: true };
      setStatuses(
        now,
        'Running',
        now.spec.containers.map(({ name }) => named(name, running)),
      );
      runStep(pod, 0);
    });
  };

  const runStep = (pod: Pod, index: number): void => {
    const container = pod.spec.containers[index]?.name;
    if (container === undefined) {
      end(pod);
      return;
    }
    const { runsMs, exitCode, message } = script(pod, container);
    clock.after(runsMs, () => {
      const now = current(pod);
      if (!now || isOver(now) || now.metadata.deletionTimestamp) return;
      terminate(now, index, exitCode, message);
      if (exitCode === 0) runStep(pod, index + 1);
      else end(pod);
    });
  };

  const terminate = (pod: Pod, index: number, exitCode: number, message: string): void => {
    const finishedAt = timestamp(clock.now());
    const statuses = (pod.status?.containerStatuses ?? []).map((status, place) => {
      if (place !== index) return status;
      const reason = exitCode === 0 ? 'Completed' : 'Error';
      const { startedAt } = status.state?.running ?? {};
      const terminated = { exitCode, reason, message, finishedAt, ...(startedAt && { startedAt }) };
      return { ...status, ready: false, state: { terminated } };
    });
    setStatuses(pod, pod.status?.phase ?? 'Running', statuses);
  };

  const end = (pod: Pod): void => {
    const now = current(pod);
    if (!now) return;
    const statuses = (now.status?.containerStatuses ?? []).map((status) =>
      status.state?.terminated ? status : { ...status, state: { terminated: skipped() } },
    );
    const failed = statuses.some(({ state }) => state?.terminated?.exitCode !== 0);
    setStatuses(now, failed ? 'Failed' : 'Succeeded', statuses);
  };

  const askToEnd = (pod: Pod): void => {
    const index = pod.status?.containerStatuses?.findIndex(({ state }) => state?.running) ?? -1;
    const container = pod.spec.containers[index]?.name;
    const played = container === undefined ? undefined : script(pod, container);
    const { takesMs, exitCode } = played?.onTerm ?? { takesMs: 0, exitCode: 255 };
    clock.after(takesMs, () => {
      const now = current(pod);
      if (!now) return;
      if (played) terminate(now, index, exitCode, played.message);
      end(now);
      clock.after(REMOVED_AFTER_MS, () => {
        const { namespace, name } = now.metadata;
        if (current(now)) collection.delete(namespace, name, { gracePeriodSeconds: 0 });
      });
    });
  };

  const setStatuses = (pod: Pod, phase: string, containerStatuses: ContainerStatus[]): void => {
    const now = current(pod);
    if (now) collection.updateStatus({ ...now, status: { phase, containerStatuses } });
  };

  const stop = collection.watch(({ type, object, previous }) => {
    if (type === 'DELETED') return;
    if (!seen.has(object.metadata.uid)) {
      seen.add(object.metadata.uid);
      // Not within the telling of the change itself: whoever created it is still at it.
      clock.after(0, () => start(object));
    }
    const isNewlyDeleted =
      object.metadata.deletionTimestamp && !previous?.metadata.deletionTimestamp;
    if (isNewlyDeleted) clock.after(0, () => askToEnd(object));
  });
  return { stop };
}

function named(name: string, status: Pick<ContainerStatus, 'state' | 'ready'>): ContainerStatus {
  return { name, image: '', imageID: 'sha256:0', restartCount: 0, ...status };
}

function skipped(): NonNullable<ContainerState['terminated']> {
  return { exitCode: 1, reason: 'Error', message: '[{"key":"Reason","value":"Skipped","type":3}]' };
}
