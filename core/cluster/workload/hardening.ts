/**
 * Adds to a candidate's pod template what it lacks to end without losing requests: a preStop hook that
 * waits until no proxy sends to the pod any more, and a grace period that covers the longest request.
 */
import type { Settings } from '../../config/settings.ts';
import type { Container, PodTemplate } from '../../kubernetes/objects.ts';

export interface Hardening {
  readonly sleepSeconds: number;
  /** What a pod needs after its preStop hook. */
  readonly requestSeconds: number;
  /** `exec` needs a program `sleep` in the image: only for clusters that know no other way. */
  readonly by: 'sleep' | 'exec';
}

/** preStop `sleep` is in every cluster since Kubernetes 1.30 (KEP-3960). */
const SLEEP_SINCE_MINOR = 30;
/** The API's default of terminationGracePeriodSeconds. */
const DEFAULT_GRACE_SECONDS = 30;

/** Undefined where the config does not ask for it. A cluster of unknown version is taken for a new one. */
export function hardeningOf(
  { preflight, drain }: Settings,
  kubernetesMinor: number = SLEEP_SINCE_MINOR,
): Hardening | undefined {
  if (!preflight.harden) return undefined;
  return {
    sleepSeconds: Math.max(1, Math.ceil(drain.minMs / 1000)),
    requestSeconds: Math.ceil(drain.longestRequestMs / 1000),
    by: kubernetesMinor >= SLEEP_SINCE_MINOR ? 'sleep' : 'exec',
  };
}

/** A hook that is there is kept as it is. */
export function hardened(
  template: PodTemplate,
  container: string,
  hardening: Hardening | undefined,
): PodTemplate {
  if (!hardening) return template;
  const containers = template.spec.containers.map((each) =>
    each.name === container ? withPreStop(each, hardening) : each,
  );
  const preStop = containers.find(({ name }) => name === container)?.lifecycle?.preStop;
  const sleepSeconds = preStop?.sleep?.seconds ?? hardening.sleepSeconds;
  const graceSeconds = template.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  const terminationGracePeriodSeconds = Math.max(
    graceSeconds,
    sleepSeconds + hardening.requestSeconds,
  );
  return { ...template, spec: { ...template.spec, terminationGracePeriodSeconds, containers } };
}

function withPreStop(container: Container, { sleepSeconds, by }: Hardening): Container {
  if (container.lifecycle?.preStop) return container;
  const preStop =
    by === 'sleep'
      ? { sleep: { seconds: sleepSeconds } }
      : { exec: { command: ['sleep', String(sleepSeconds)] } };
  return { ...container, lifecycle: { ...container.lifecycle, preStop } };
}
