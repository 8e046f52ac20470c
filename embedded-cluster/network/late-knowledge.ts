/**
 * What somebody knows who hears of every change, but only after a while, and of each change after a
 * while of its own: a proxy of a node, or one of a mesh.
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { KubeObject } from '../kubernetes/store/object.ts';
import type { ChangeType } from '../kubernetes/store/store.ts';
import type { Running } from '../kubernetes/world.ts';

export interface PropagationDelay {
  readonly delayMs: number;
  /** Up to this much more, by chance and for each change anew. */
  readonly jitterMs?: number;
}

interface Change<T> {
  readonly type: ChangeType;
  readonly object: T;
}

/** Tells of what is there and of every change. Returns how to stop. */
export type Watch<T> = (listener: (change: Change<T>) => void) => () => void;

export interface LateKnowledge extends Running {
  /** Follows one kind of object. Returns what is known of it, by uid, which changes as time goes by. */
  follow<T extends KubeObject>(watch: Watch<T>): ReadonlyMap<string, T>;
  /** For changes from now on. */
  setPropagationDelay(delay: PropagationDelay): void;
  /** Called whenever something has become known. */
  onChange(listener: () => void): void;
}

export function createLateKnowledge(
  clock: Clock,
  random: Random,
  initialDelay: PropagationDelay,
): LateKnowledge {
  let delay = initialDelay;
  const revisions = new Map<string, number>();
  const pending = new Set<Timer>();
  const listeners = new Set<() => void>();
  const unwatch: (() => void)[] = [];

  /** Applies the change later, unless a newer one of the same object has overtaken it by then. */
  const propagate = <T extends KubeObject>(
    into: Map<string, T>,
    { type, object }: Change<T>,
  ): void => {
    const { uid, resourceVersion } = object.metadata;
    const delayMs = delay.delayMs + Math.floor(random() * (delay.jitterMs ?? 0));
    const timer = clock.after(delayMs, () => {
      pending.delete(timer);
      const revision = Number(resourceVersion);
      if (revision < (revisions.get(uid) ?? 0)) return;
      revisions.set(uid, revision);
      if (type === 'DELETED') into.delete(uid);
      else into.set(uid, object);
      for (const listener of listeners) listener();
    });
    pending.add(timer);
  };

  return {
    follow: <T extends KubeObject>(watch: Watch<T>) => {
      const known = new Map<string, T>();
      unwatch.push(watch((change) => propagate(known, change)));
      return known;
    },
    setPropagationDelay: (next) => {
      delay = next;
    },
    onChange: (listener) => {
      listeners.add(listener);
    },
    stop: () => {
      for (const stop of unwatch) stop();
      for (const timer of pending) timer.cancel();
    },
  };
}
