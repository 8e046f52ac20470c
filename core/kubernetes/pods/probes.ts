/** How long a container's probes may fail before they are taken never to pass. */
import type { Instant } from '../../base/vocabulary.ts';
import type { Container, ContainerStatus, Pod, Probe } from '../objects.ts';
import { timeOf } from '../time.ts';
import { hasEnded, isServing, isTerminating, type Trouble } from './pods.ts';

// The defaults of core/v1 Probe.
const DEFAULTS = { periodSeconds: 10, failureThreshold: 3, initialDelaySeconds: 0 } as const;

/** A probe that asks over HTTP for as long as the container runs. */
export interface HttpProbe {
  readonly path: string;
  readonly everyMs: number;
}

/** Not the startup probe: it has ended by the time the pod serves. */
export function httpProbes({ readinessProbe, livenessProbe }: Container): HttpProbe[] {
  return [readinessProbe, livenessProbe].flatMap((probe) => {
    if (!probe?.httpGet) return [];
    const { periodSeconds = DEFAULTS.periodSeconds, httpGet } = probe;
    return [{ path: httpGet.path ?? '/', everyMs: periodSeconds * 1000 }];
  });
}

/** What the kubelet asks over HTTP at any time, also while the container starts. */
export function probedPaths({ startupProbe, readinessProbe, livenessProbe }: Container): string[] {
  return [startupProbe, readinessProbe, livenessProbe].flatMap((probe) =>
    probe?.httpGet ? [probe.httpGet.path ?? '/'] : [],
  );
}

/** A readiness probe fails while an application starts, so one failure too many says nothing yet. */
const READINESS_ROUNDS = 3;
/** Nor does a probe that asks every second know how long a start takes. */
const LEAST_MS = 60_000;

/**
 * From the container's start on: what its startup probe allows, and then three times what its
 * readiness probe tolerates, that a minute at least. In milliseconds.
 */
export function probePatienceMs(startup: Probe | undefined, readiness: Probe | undefined): number {
  const startupMs = startup ? delayMs(startup) + toleratedMs(startup) : 0;
  const readinessMs = readiness
    ? delayMs(readiness) + Math.max(LEAST_MS, READINESS_ROUNDS * toleratedMs(readiness))
    : LEAST_MS;
  return startupMs + readinessMs;
}

/**
 * The first pod whose container runs, and has not been ready for longer than its probes explain.
 * Time before `since` does not count: a pod that serves for days may fall for a moment.
 */
export function neverReadyAmong(
  pods: readonly Pod[],
  since: Instant,
  now: Instant,
): Trouble | undefined {
  for (const pod of pods) {
    if (isTerminating(pod) || hasEnded(pod) || isServing(pod)) continue;
    for (const status of pod.status?.containerStatuses ?? []) {
      const waitedMs = runningForMs(status, since, now);
      const spec = pod.spec.containers.find(({ name }) => name === status.name);
      const patienceMs = probePatienceMs(spec?.startupProbe, spec?.readinessProbe);
      if (status.ready || waitedMs < patienceMs) continue;
      return {
        pod: pod.metadata.name,
        container: status.name,
        reason: 'ProbeNeverPassed',
        message: `container ${status.name} runs for ${Math.floor(waitedMs / 1000)}s and is not ready; its probes explain ${patienceMs / 1000}s`,
      };
    }
  }
  return undefined;
}

function runningForMs({ state }: ContainerStatus, since: Instant, now: Instant): number {
  return now - Math.max(timeOf(state?.running?.startedAt) ?? now, since);
}

function delayMs({ initialDelaySeconds = DEFAULTS.initialDelaySeconds }: Probe): number {
  return initialDelaySeconds * 1000;
}

function toleratedMs({
  periodSeconds = DEFAULTS.periodSeconds,
  failureThreshold = DEFAULTS.failureThreshold,
}: Probe): number {
  return periodSeconds * failureThreshold * 1000;
}
