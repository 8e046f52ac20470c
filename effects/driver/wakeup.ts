/** Lets a release wait for the next thing to see. */
import type { Clock } from '../base/clock.ts';

export interface Wakeup {
  readonly tell: () => void;
  /** Resolves soon after something was told since the last time, or when the time is up. */
  readonly next: (withinMs: number) => Promise<void>;
}

/** A large service tells much at once: what comes together is looked at together. */
const TOGETHER_MS = 20;

export function createWakeup(clock: Clock, stop: AbortSignal): Wakeup {
  let told = new AbortController();
  // One listener for good: a signal made of two for every wait would be kept by the older one.
  stop.addEventListener('abort', () => told.abort('stop'), { once: true });
  return {
    // A reason of its own, because an error with its stack is made where none is given.
    tell: () => told.abort('news'),
    next: async (withinMs) => {
      if (stop.aborted) return;
      await clock.sleep(withinMs, told.signal);
      if (told.signal.aborted) await clock.sleep(TOGETHER_MS, stop);
      told = new AbortController();
    },
  };
}
