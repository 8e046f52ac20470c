/** Time, handed to the code that needs it so that tests can hand another. */
import { performance } from 'node:perf_hooks';
import { setTimeout as timeout } from 'node:timers/promises';
import { type Instant, instant } from '../../core/base/vocabulary.ts';

export interface Clock {
  now(): Instant;
  /** Resolves after the delay, or as soon as the signal aborts; never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** Goes on steadily, even where somebody sets the machine's clock right in the middle of a release. */
export const wallClock: Clock = {
  now: () => instant(Math.floor(performance.timeOrigin + performance.now())),
  sleep: async (delayMs, signal) => {
    await timeout(delayMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  },
};
