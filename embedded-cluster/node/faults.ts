/** Pods that go wrong on purpose: by image, label or name, from one moment to another. */
import { isDeepStrictEqual } from 'node:util';
import { type Clock, sleep } from '../base/clock.ts';
import type {
  ContainerConfig,
  ContainerExit,
  ContainerRuntime,
  HttpGet,
  RunningContainer,
} from './runtime.ts';

type PodFault =
  | { readonly type: 'crashes'; readonly afterMs: number; readonly exitCode: number }
  | { readonly type: 'never-ready' }
  | { readonly type: 'starts-slowly'; readonly byMs: number };

/** What is given must all match. */
interface FaultTarget {
  /** Part of the container's image name. */
  readonly image?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** The beginning of the pod's name. */
  readonly podName?: string;
}

export interface PodFaults {
  /** Returns how to switch it off again. */
  add(target: FaultTarget, fault: PodFault): () => void;
  of<Type extends PodFault['type']>(
    config: ContainerConfig,
    type: Type,
  ): Extract<PodFault, { type: Type }> | undefined;
}

export function createPodFaults(): PodFaults {
  const active = new Set<{ readonly target: FaultTarget; readonly fault: PodFault }>();
  return {
    add: (target, fault) => {
      const added = { target, fault };
      active.add(added);
      return () => active.delete(added);
    },
    of: <Type extends PodFault['type']>(config: ContainerConfig, type: Type) => {
      for (const { target, fault } of active) {
        // The type has just been looked at.
        if (fault.type === type && hits(target, config))
          return fault as Extract<PodFault, { type: Type }>;
      }
      return undefined;
    },
  };
}

function hits(
  { image, labels = {}, podName }: FaultTarget,
  { container, pod }: ContainerConfig,
): boolean {
  return (
    (image === undefined || (container.image ?? '').includes(image)) &&
    (podName === undefined || pod.metadata.name.startsWith(podName)) &&
    Object.entries(labels).every(([name, value]) => pod.metadata.labels?.[name] === value)
  );
}

export function withFaults(
  runtime: ContainerRuntime,
  faults: PodFaults,
  clock: Clock,
): ContainerRuntime {
  return {
    createSandbox: async (pod, podIP) => {
      const sandbox = await runtime.createSandbox(pod, podIP);
      return {
        start: async (config) => {
          const slow = faults.of(config, 'starts-slowly');
          if (slow) await sleep(clock, slow.byMs);
          return faulty(await sandbox.start(config), config, faults, clock);
        },
        remove: () => sandbox.remove(),
      };
    },
  };
}

function faulty(
  container: RunningContainer,
  config: ContainerConfig,
  faults: PodFaults,
  clock: Clock,
): RunningContainer {
  const crash = faults.of(config, 'crashes');
  let exited = container.exited;
  if (crash) {
    let crashed: ContainerExit | undefined;
    const timer = clock.after(crash.afterMs, () => {
      crashed = { exitCode: crash.exitCode };
      container.kill();
    });
    exited = container.exited.then((exit) => {
      timer.cancel();
      return crashed ? { ...exit, ...crashed } : exit;
    });
  }
  const { readinessProbe } = config.container;
  const isHeld = (): boolean => faults.of(config, 'never-ready') !== undefined;
  const asksReadiness = ({ path, scheme }: HttpGet): boolean =>
    readinessProbe?.httpGet?.path === path && (readinessProbe.httpGet.scheme ?? 'HTTP') === scheme;
  return {
    ...container,
    exited,
    httpGet: (get, timeoutMs) =>
      isHeld() && asksReadiness(get)
        ? Promise.resolve({ type: 'answered', status: 503 })
        : container.httpGet(get, timeoutMs),
    connect: (port, timeoutMs) =>
      isHeld() && readinessProbe?.tcpSocket
        ? Promise.resolve({ type: 'refused' })
        : container.connect(port, timeoutMs),
    exec: (command, timeoutMs) =>
      isHeld() && isDeepStrictEqual(readinessProbe?.exec?.command, command)
        ? Promise.resolve({ type: 'exited', exitCode: 1, output: '' })
        : container.exec(command, timeoutMs),
  };
}
