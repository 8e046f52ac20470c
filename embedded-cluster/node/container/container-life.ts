/** One container of a pod: pulled, started, watched, and started again when it ends too soon. */

import { backOffDelays, type PodLife, pause, RESYNC_MS, tellEvent } from '../pod/pod-life.ts';
import type { ContainerRecord, Termination } from '../pod/pod-record.ts';
import type { Sandbox } from '../runtime.ts';
import type { MountedVolume } from '../volumes/contents.ts';
import { configure } from './container-config.ts';
import { runContainer } from './container-run.ts';
import { pullImage } from './image-pull.ts';

export interface ContainerPlace {
  readonly sandbox: Sandbox;
  readonly volumes: readonly MountedVolume[];
}

/** A container that has run well this long starts over with the shortest back-off. */
const FORGIVEN_AFTER_MS = 10 * 60_000;

/** Resolves when the container has ended for good, or the pod is to end and it has. */
export async function liveContainer(
  life: PodLife,
  container: ContainerRecord,
  place: ContainerPlace,
): Promise<void> {
  const { backOff } = life.kubelet;
  let delays = backOffDelays(backOff);
  for (;;) {
    const image = await pullImage(life, container);
    if (!image) return;
    const config = await configure(life, container, place.volumes, image);
    if (!config) return;
    const ended = await runContainer(life, container, place.sandbox, config);
    if (life.ending.aborted) return;
    const isLast = life.record.containers.every(({ phase }) => phase.type === 'terminated');
    const restarts = isRestarted(life, container, ended);
    // What the pod ends with is told with its end.
    if (restarts || !isLast) life.tell();
    if (!restarts) return;
    await pause(life, RESYNC_MS);
    if (ended.finishedAtMs - ended.startedAtMs > FORGIVEN_AFTER_MS) delays = backOffDelays(backOff);
    // The first restart is at once; each further one waits longer.
    if (container.restartCount > 0) await waitInBackOff(life, container, ended, delays);
    if (life.ending.aborted) return;
    container.lastTermination = ended;
    container.restartCount += 1;
  }
}

function isRestarted(life: PodLife, { role }: ContainerRecord, { exitCode }: Termination): boolean {
  const policy = life.record.pod.spec.restartPolicy ?? 'Always';
  if (role === 'init') return exitCode !== 0 && policy !== 'Never';
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

async function waitInBackOff(
  life: PodLife,
  container: ContainerRecord,
  ended: Termination,
  delays: Iterator<number, never>,
): Promise<void> {
  const { pod } = life.record;
  const { name, namespace, uid } = pod.metadata;
  const delayMs = delays.next().value;
  const podName = `${name}_${namespace}(${uid})`;
  const message = `back-off ${goDuration(delayMs)} restarting failed container=${container.spec.name} pod=${podName}`;
  container.lastTermination = ended;
  container.phase = { type: 'waiting', reason: 'CrashLoopBackOff', message };
  const told = `Back-off restarting failed container ${container.spec.name} in pod ${podName}`;
  tellEvent(life, 'Warning', 'BackOff', told, container);
  life.tell();
  await pause(life, Math.max(0, ended.finishedAtMs + delayMs - life.kubelet.world.clock.now()));
}

/** `10s`, `2m40s`, `500ms`: as Go prints a duration. */
function goDuration(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  const minutes = Math.floor(ms / 60_000);
  return `${minutes > 0 ? `${minutes}m` : ''}${(ms % 60_000) / 1000}s`;
}
