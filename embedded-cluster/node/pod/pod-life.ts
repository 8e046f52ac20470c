/** What every part of a pod's life on a node has at hand. */
import type { EventType, RecordEvent } from '../../kubernetes/controllers/events.ts';
import type { World } from '../../kubernetes/world.ts';
import type { ImageCatalog } from '../../registry/images/catalog.ts';
import type { ContainerRuntime } from '../runtime.ts';
import type { Credentials } from '../volumes/credentials.ts';
import { type ContainerRecord, fieldPathOf, type PodRecord } from './pod-record.ts';

export interface BackOffLimits {
  readonly firstMs: number;
  readonly lastMs: number;
}

interface NodeImages {
  readonly catalog: ImageCatalog;
  /** Digests of what was pulled already. */
  readonly present: Set<string>;
}

export interface Kubelet {
  readonly world: World;
  readonly node: { readonly name: string; readonly address: string };
  readonly runtime: ContainerRuntime;
  readonly images: NodeImages;
  readonly credentials: Credentials | undefined;
  readonly recordEvent: RecordEvent;
  readonly backOff: BackOffLimits;
}

export interface PodLife {
  readonly kubelet: Kubelet;
  readonly record: PodRecord;
  /** Fires when the pod is to end, for whatever reason. */
  readonly ending: AbortSignal;
  /** Writes the pod's status as it is now. */
  tell(): void;
}

/** How long the kubelet takes to come back to a pod by itself. */
export const RESYNC_MS = 300;

export function tellEvent(
  { kubelet, record }: PodLife,
  type: EventType,
  reason: string,
  message: string,
  container?: ContainerRecord,
): void {
  const { recordEvent } = kubelet;
  recordEvent(record.pod, type, reason, message, container && fieldPathOf(container));
}

/** Passes `delayMs`, or as much of it as there is until the pod is to end. */
export function pause({ kubelet, ending }: PodLife, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (ending.aborted) return resolve();
    const timer = kubelet.world.clock.after(delayMs, () => {
      ending.removeEventListener('abort', stop);
      resolve();
    });
    const stop = (): void => {
      timer.cancel();
      resolve();
    };
    ending.addEventListener('abort', stop, { once: true });
  });
}

/** Each delay twice the one before, up to a limit. */
export function* backOffDelays({ firstMs, lastMs }: BackOffLimits): Generator<number, never> {
  for (let delayMs = firstMs; ; delayMs = Math.min(delayMs * 2, lastMs)) yield delayMs;
}
