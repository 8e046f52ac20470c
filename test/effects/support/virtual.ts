/** What a test of effects needs of a machine: a clock that is stepped, and an API that answers as it is told. */
import { type Instant, instant } from '../../../core/base/vocabulary.ts';
import type { Clock } from '../../../effects/base/clock.ts';
import {
  createVirtualClock,
  type VirtualClock,
} from '../../../embedded-cluster/base/virtual-clock.ts';

export function virtualTime(startMs = 0): {
  readonly virtual: VirtualClock;
  readonly clock: Clock;
} {
  const virtual = createVirtualClock(startMs);
  return { virtual, clock: clockOver(virtual) };
}

/** A process's clock, which may be wrong by `skewMs`. */
export function clockOver(virtual: VirtualClock, skewMs = 0): Clock {
  return {
    now: (): Instant => instant(virtual.now() + skewMs),
    sleep: (delayMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const done = (): void => {
          timer.cancel();
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const timer = virtual.after(delayMs, done);
        signal?.addEventListener('abort', done, { once: true });
      }),
  };
}
