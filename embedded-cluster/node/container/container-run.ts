/** One run of a container: from its start, past its hook and probes, to its exit. */
import type { Probe } from '../../kubernetes/shapes.ts';
import { type PodLife, pause, tellEvent } from '../pod/pod-life.ts';
import type { ContainerRecord, Termination } from '../pod/pod-record.ts';
import {
  type ContainerConfig,
  type ContainerExit,
  type RunningContainer,
  type Sandbox,
  StartFailure,
} from '../runtime.ts';
import { act } from './handlers.ts';
import { startProbes } from './probes.ts';
import { createGrace, stopContainer } from './stop-container.ts';
import { terminationMessage } from './termination-message.ts';

export async function runContainer(
  life: PodLife,
  container: ContainerRecord,
  sandbox: Sandbox,
  config: ContainerConfig,
): Promise<Termination> {
  const { clock } = life.kubelet.world;
  const startedAtMs = clock.now();
  container.image = config.image;
  const started = await start(life, container, sandbox, config);
  if (started instanceof StartFailure) {
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
  const { spec } = container;
  const { pod, podIP = '' } = life.record;
  const target = { pod, podIP, container: spec, handle };
  container.id = handle.id;
  container.phase = { type: 'running', startedAtMs, handle };
  container.isStarted = spec.startupProbe === undefined;
  container.isReady = container.isStarted && spec.readinessProbe === undefined;
  if (life.ending.aborted) handle.kill();
  await runPostStart(life, container, handle);
  life.tell();
  const probes = startProbes(life, container, target, (probe, probeSpec) => {
    probes.stop();
    replace(
      life,
      container,
      `Container ${spec.name} failed ${probe} probe, will be restarted`,
      probeSpec,
    );
  });
  const exit = await handle.exited;
  probes.stop();
  return exit;
}

/** The container counts as running only when its hook has. */
async function runPostStart(
  life: PodLife,
  container: ContainerRecord,
  handle: RunningContainer,
): Promise<void> {
  const { pod, podIP = '' } = life.record;
  const hook = container.spec.lifecycle?.postStart;
  if (!hook) return;
  const target = { pod, podIP, container: container.spec, handle };
  const acted = hook.sleep
    ? pause(life, hook.sleep.seconds * 1000)
    : act(target, hook, graceMsOf(life));
  const outcome = await Promise.race([acted, handle.exited.then(() => undefined)]);
  if (outcome?.type !== 'failed') return;
  tellEvent(life, 'Warning', 'FailedPostStartHook', 'PostStartHook failed', container);
  replace(life, container, 'FailedPostStartHook');
}

/** Stops the container; what becomes of it then is for its restart policy to say. */
function replace(life: PodLife, container: ContainerRecord, message: string, probe?: Probe): void {
  const grace = createGrace(life.kubelet.world.clock, graceMsOf(life, probe));
  void stopContainer(life, container, grace, message);
}

function graceMsOf({ record }: PodLife, probe?: Probe): number {
  const { terminationGracePeriodSeconds = 30 } = record.pod.spec;
  return (probe?.terminationGracePeriodSeconds ?? terminationGracePeriodSeconds) * 1000;
}
