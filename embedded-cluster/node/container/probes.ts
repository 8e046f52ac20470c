/** Asks a running container again and again how it is, and acts on the answers. */
import type { Timer } from '../../base/clock.ts';
import type { Probe } from '../../kubernetes/shapes.ts';
import type { Running } from '../../kubernetes/world.ts';
import { type PodLife, tellEvent } from '../pod/pod-life.ts';
import type { ContainerRecord } from '../pod/pod-record.ts';
import { type ActionTarget, act } from './handlers.ts';

type ProbeName = 'Startup' | 'Liveness' | 'Readiness';

/** Readiness and liveness wait for the startup probe; `onUnhealthy` when the container must go. */
export function startProbes(
  life: PodLife,
  container: ContainerRecord,
  target: ActionTarget,
  onUnhealthy: (probe: 'startup' | 'liveness', spec: Probe) => void,
): Running {
  const { startupProbe, livenessProbe, readinessProbe } = container.spec;
  const running: Running[] = [];

  const begin = (): void => {
    if (livenessProbe) {
      const result = (healthy: boolean): void => {
        // A container that is being stopped anyway is not stopped again.
        if (!healthy && !life.ending.aborted) onUnhealthy('liveness', livenessProbe);
      };
      running.push(startProbe(life, container, target, 'Liveness', livenessProbe, result));
    }
    if (readinessProbe) {
      const result = (healthy: boolean): void => {
        if (container.isReady === healthy) return;
        container.isReady = healthy;
        life.tell();
      };
      running.push(startProbe(life, container, target, 'Readiness', readinessProbe, result));
    }
  };

  if (startupProbe) {
    const startup = startProbe(life, container, target, 'Startup', startupProbe, (healthy) => {
      startup.stop();
      if (!healthy) {
        if (!life.ending.aborted) onUnhealthy('startup', startupProbe);
        return;
      }
      container.isStarted = true;
      container.isReady = readinessProbe === undefined;
      life.tell();
      begin();
    });
    running.push(startup);
  } else {
    begin();
  }
  return { stop: () => running.forEach((probe) => probe.stop()) };
}

/** Tells `onResult` whenever as many answers in a row agree as the probe wants. */
function startProbe(
  life: PodLife,
  container: ContainerRecord,
  target: ActionTarget,
  name: ProbeName,
  probe: Probe,
  onResult: (healthy: boolean) => void,
): Running {
  const { clock } = life.kubelet.world;
  const periodMs = (probe.periodSeconds ?? 10) * 1000;
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  const needed = { succeeded: probe.successThreshold ?? 1, failed: probe.failureThreshold ?? 3 };
  const readyToAskMs = clock.now() + (probe.initialDelaySeconds ?? 0) * 1000;
  let state: 'running' | 'stopped' = 'running';
  let timer: Timer | undefined;
  let last: keyof typeof needed | undefined;
  let inARow = 0;

  const ask = async (): Promise<void> => {
    const askedAt = clock.now();
    const outcome = await act(target, probe, timeoutMs);
    if (state === 'stopped') return;
    inARow = outcome.type === last ? inARow + 1 : 1;
    last = outcome.type;
    if (outcome.type === 'failed') {
      tellEvent(
        life,
        'Warning',
        'Unhealthy',
        `${name} probe failed: ${outcome.message}`,
        container,
      );
    }
    schedule(nextTurn(askedAt) - clock.now());
    if (inARow >= needed[outcome.type]) onResult(outcome.type === 'succeeded');
  };
  const schedule = (delayMs: number): void => {
    timer = clock.after(delayMs, () => void ask());
  };
  // Turns go by the pod's clock, whenever its containers start; a start is asked about at once too.
  const nextTurn = (afterMs: number): number => {
    const since = life.record.startedAtMs;
    return since + (Math.floor((afterMs - since) / periodMs) + 1) * periodMs;
  };

  schedule(readyToAskMs > clock.now() ? nextTurn(readyToAskMs - 1) - clock.now() : 0);
  return {
    stop: () => {
      state = 'stopped';
      timer?.cancel();
    },
  };
}
