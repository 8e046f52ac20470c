/** Time for the embedded world. Nothing in `embedded-cluster/` but this file asks the machine for the time. */

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `task` once, `delayMs` from now. */
  after(delayMs: number, task: () => void): Timer;
}

/** Node takes a longer delay for none at all. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The machine's own clock. */
export const wallClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, task) => {
    const handle = setTimeout(task, Math.min(delayMs, LONGEST_DELAY_MS));
    return { cancel: () => clearTimeout(handle) };
  },
};

/** `2026-11-21T05:43:40Z`: how Kubernetes writes a `Time`. */
export function timestamp(nowMs: number): string {
  return new Date(Math.floor(nowMs / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

/** `2026-11-21T05:43:40.123000Z`: how Kubernetes writes a `MicroTime`. */
export function microTimestamp(nowMs: number): string {
  return new Date(nowMs).toISOString().replace('Z', '000Z');
}

/** Resolves `delayMs` from now by the given clock. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
