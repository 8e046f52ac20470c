/** How a container is stopped: its preStop hook, SIGTERM, and SIGKILL when its time is up. */
import type { Clock, Timer } from '../../base/clock.ts';
import { type PodLife, tellEvent } from '../pod/pod-life.ts';
import type { ContainerRecord } from '../pod/pod-record.ts';
import { act } from './handlers.ts';

/** A time to stop in, which a second deletion of the pod may cut short. */
export interface Grace {
  /** Resolves with `event`, or after `limitMs`, or when the grace is cut short. */
  waitFor(event: Promise<unknown>, limitMs: number): Promise<void>;
  remainingMs(): number;
  shortenTo(graceMs: number): void;
}

/** However little of the grace a hook has left, SIGTERM is given this long. */
const LEAST_MS = 2000;

export async function stopContainer(
  life: PodLife,
  container: ContainerRecord,
  grace: Grace,
  message = `Stopping container ${container.spec.name}`,
): Promise<void> {
  const { phase } = container;
  if (phase.type !== 'running') return;
  const { handle } = phase;
  let isRunning = true;
  const exited = handle.exited.then(() => {
    isRunning = false;
  });
  tellEvent(life, 'Normal', 'Killing', message, container);
  await runPreStop(life, container, grace, exited);
  if (!isRunning) return;
  handle.terminate();
  await grace.waitFor(exited, Math.max(grace.remainingMs(), LEAST_MS));
  if (isRunning) handle.kill();
  await exited;
}

async function runPreStop(
  life: PodLife,
  container: ContainerRecord,
  grace: Grace,
  exited: Promise<void>,
): Promise<void> {
  const hook = container.spec.lifecycle?.preStop;
  const { phase } = container;
  const { podIP, pod } = life.record;
  const leftMs = grace.remainingMs();
  if (!hook || phase.type !== 'running' || !podIP || leftMs <= 0) return;
  if (hook.sleep) return grace.waitFor(exited, Math.min(hook.sleep.seconds * 1000, leftMs));
  const target = { pod, podIP, container: container.spec, handle: phase.handle };
  const acted = act(target, hook, leftMs).then((outcome) => {
    if (outcome.type === 'failed') {
      tellEvent(life, 'Warning', 'FailedPreStopHook', 'PreStopHook failed', container);
    }
  });
  await grace.waitFor(Promise.race([exited, acted]), leftMs);
}

export function createGrace(clock: Clock, graceMs: number): Grace {
  let endsAtMs = clock.now() + graceMs;
  const waiting = new Set<(limitMs: number) => void>();
  return {
    waitFor: (event, limitMs) =>
      new Promise((resolve) => {
        let timer: Timer | undefined;
        const limit = (ms: number): void => {
          timer?.cancel();
          timer = clock.after(ms, done);
        };
        const done = (): void => {
          timer?.cancel();
          waiting.delete(limit);
          resolve();
        };
        waiting.add(limit);
        limit(limitMs);
        void event.then(done, done);
      }),
    remainingMs: () => endsAtMs - clock.now(),
    shortenTo: (ms) => {
      if (clock.now() + ms >= endsAtMs) return;
      endsAtMs = clock.now() + ms;
      for (const limit of waiting) limit(ms);
    },
  };
}
