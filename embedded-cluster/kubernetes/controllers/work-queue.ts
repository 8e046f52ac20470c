/**
 * Keys of objects that want looking at: each is there once however often it was added, and comes
 * again later when looking at it failed. A controller reacts a moment after what it reacts to, as a
 * real one does, so that what happens in between can be seen.
 */

import type { Clock, Timer } from '../../base/clock.ts';
import { ApiFailure } from '../definitions/failure.ts';
import type { Running } from '../world.ts';

export interface WorkQueue extends Running {
  add(key: string): void;
  addAfter(key: string, delayMs: number): void;
}

/** Unless a controller says otherwise. They differ, so that each sees what the others leave. */
const REACTION_MS = 5;
const FIRST_RETRY_MS = 5;
const LAST_RETRY_MS = 1_000_000;

export function createWorkQueue(
  clock: Clock,
  sync: (key: string) => void,
  reactionMs = REACTION_MS,
): WorkQueue {
  const waiting = new Map<string, { readonly dueMs: number; readonly timer: Timer }>();
  const failures = new Map<string, number>();

  const addAfter = (key: string, delayMs: number): void => {
    const dueMs = clock.now() + delayMs;
    const earlier = waiting.get(key);
    if (earlier && earlier.dueMs <= dueMs) return;
    earlier?.timer.cancel();
    waiting.set(key, { dueMs, timer: clock.after(delayMs, () => process(key)) });
  };

  const process = (key: string): void => {
    waiting.delete(key);
    try {
      sync(key);
      failures.delete(key);
    } catch (failure) {
      // The API said no: it may say yes later. Anything else is a bug of this cluster.
      if (!(failure instanceof ApiFailure)) throw failure;
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      addAfter(key, Math.min(FIRST_RETRY_MS * 2 ** count, LAST_RETRY_MS));
    }
  };

  return {
    add: (key) => addAfter(key, reactionMs),
    addAfter,
    stop: () => {
      for (const { timer } of waiting.values()) timer.cancel();
      waiting.clear();
    },
  };
}

/** `rec/payment-service`: how a queue names an object. */
export function keyOf({ metadata }: { metadata: { namespace?: string; name: string } }): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
