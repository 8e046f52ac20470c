/** One container of a pod: pulled, started, watched, and started again when it ends too soon. */
import type { Image } from '../images/image.ts';
import type { Probe } from '../shapes.ts';
import { ConfigMissing, environmentOf, expand } from './environment.ts';
import { act } from './handlers.ts';
import { pullImage } from './image-pull.ts';
import { backOffDelays, type PodLife, pause, RESYNC_MS, tellEvent } from './pod-life.ts';
import type { ContainerRecord, Termination } from './pod-record.ts';
import { startProbes } from './probes.ts';
import {
  type ContainerConfig,
  type ContainerExit,
  type RunningContainer,
  type Sandbox,
  StartFailure,
} from './runtime.ts';
import { createGrace, stopContainer } from './stop-container.ts';
import { terminationMessage } from './termination-message.ts';
import type { MountedVolume } from './volumes/contents.ts';

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
    const config = await configure(life, container, place, image);
    if (!config) return;
    const ended = await runOnce(life, container, place.sandbox, config);
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

/** Undefined if the pod was to end before all was there that the spec refers to. */
async function configure(
  life: PodLife,
  container: ContainerRecord,
  { volumes }: ContainerPlace,
  image: Image,
): Promise<ContainerConfig | undefined> {
  const { world, credentials } = life.kubelet;
  while (!life.ending.aborted) {
    try {
      const { podIP } = life.record;
      const status = { ...life.record.pod.status, ...(podIP ? { podIP } : {}) };
      const pod = { ...life.record.pod, status };
      const { spec } = container;
      const variables = environmentOf({ world, credentials, pod }, spec);
      const imageVariables = Object.entries(image.env ?? {});
      const all = new Map([...imageVariables, ...variables]);
      const expanded = (parts: readonly string[]): string[] =>
        parts.map((part) => expand(part, all));
      const command = expanded(spec.command ?? image.entrypoint ?? []);
      const args = spec.args ?? (spec.command ? [] : (image.command ?? []));
      return {
        pod,
        container: spec,
        image,
        attempt: container.restartCount,
        command: [...command, ...expanded(args)],
        env: [...all].map(([name, value]) => ({ name, value })),
        volumes,
      };
    } catch (missing) {
      if (!(missing instanceof ConfigMissing)) throw missing;
      const { message } = missing;
      container.phase = { type: 'waiting', reason: 'CreateContainerConfigError', message };
      tellEvent(life, 'Warning', 'Failed', `Error: ${message}`, container);
      life.tell();
      await pause(life, 10 * RESYNC_MS);
    }
  }
  return undefined;
}

async function runOnce(
  life: PodLife,
  container: ContainerRecord,
  sandbox: Sandbox,
  config: ContainerConfig,
): Promise<Termination> {
  const { clock } = life.kubelet.world;
  const startedAtMs = clock.now();
  container.image = config.image;
  const started = await start(life, container, sandbox, config);
  if (!(started instanceof StartFailure)) {
    const exit = await watch(life, container, started, startedAtMs);
    return end(container, {
      containerID: started.id,
      exitCode: exit.exitCode,
      reason: exit.reason ?? (exit.exitCode === 0 ? 'Completed' : 'Error'),
      ...terminationMessage(container.spec, exit),
      startedAtMs,
      finishedAtMs: clock.now(),
    });
  }
  tellEvent(life, 'Warning', 'Failed', `Error: ${started.message}`, container);
  return end(container, {
    containerID: undefined,
    exitCode: 128,
    reason: 'StartError',
    message: started.message,
    startedAtMs: 0,
    finishedAtMs: clock.now(),
  });
}

async function start(
  life: PodLife,
  container: ContainerRecord,
  sandbox: Sandbox,
  config: ContainerConfig,
): Promise<RunningContainer | StartFailure> {
  try {
    const handle = await sandbox.start(config);
    tellEvent(life, 'Normal', 'Created', 'Container created', container);
    tellEvent(life, 'Normal', 'Started', 'Container started', container);
    return handle;
  } catch (failure) {
    if (failure instanceof StartFailure) return failure;
    throw failure;
  }
}

function end(container: ContainerRecord, ended: Termination): Termination {
  container.isReady = false;
  container.isStarted = false;
  container.phase = { type: 'terminated', ...ended };
  return ended;
}

async function watch(
  life: PodLife,
  container: ContainerRecord,
  handle: RunningContainer,
  startedAtMs: number,
): Promise<ContainerExit> {
  const { clock } = life.kubelet.world;
  const { spec } = container;
  const { pod, podIP = '' } = life.record;
  const target = { pod, podIP, container: spec, handle };
  const graceMs = (probe?: Probe): number =>
    (probe?.terminationGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
  const replace = (message: string, probe?: Probe): void => {
    void stopContainer(life, container, createGrace(clock, graceMs(probe)), message);
  };

  container.id = handle.id;
  container.phase = { type: 'running', startedAtMs, handle };
  container.isStarted = spec.startupProbe === undefined;
  container.isReady = container.isStarted && spec.readinessProbe === undefined;
  if (life.ending.aborted) handle.kill();
  const postStart = spec.lifecycle?.postStart;
  if (postStart) {
    const hook = postStart.sleep
      ? pause(life, postStart.sleep.seconds * 1000)
      : act(target, postStart, graceMs());
    const outcome = await Promise.race([hook, handle.exited.then(() => undefined)]);
    if (outcome?.type === 'failed') {
      tellEvent(life, 'Warning', 'FailedPostStartHook', 'PostStartHook failed', container);
      replace('FailedPostStartHook');
    }
  }
  life.tell();
  const probes = startProbes(life, container, target, (probe, probeSpec) => {
    probes.stop();
    replace(`Container ${spec.name} failed ${probe} probe, will be restarted`, probeSpec);
  });
  const exit = await handle.exited;
  probes.stop();
  return exit;
}
