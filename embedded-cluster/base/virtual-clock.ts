/**
 * A clock that stands still until it is stepped, so that a simulated hour takes milliseconds and
 * happens in the same order every time.
 */
import type { Clock, Timer } from './clock.ts';

interface Task {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
}

export interface VirtualClock extends Clock {
  /** When the next task is due, if there is one. */
  nextDueMs(): number | undefined;
  /**
   * Runs what is due until `untilMs`, in order of due time and then of registration. Promises get
   * their turn after every task, so code that awaits sees the time it would see.
   */
  advanceTo(untilMs: number): Promise<void>;
}

export function createVirtualClock(startMs: number): VirtualClock {
  let nowMs = startMs;
  let registered = 0;
  const tasks = new Set<Task>();

  const next = (): Task | undefined => {
    let first: Task | undefined;
    for (const task of tasks) {
      if (first === undefined || isBefore(task, first)) first = task;
    }
    return first;
  };

  return {
    now: () => nowMs,
    after: (delayMs, run): Timer => {
      const task = { dueMs: nowMs + Math.max(0, delayMs), order: registered++, run };
      tasks.add(task);
      return { cancel: () => tasks.delete(task) };
    },
    nextDueMs: () => next()?.dueMs,
    advanceTo: async (untilMs) => {
      await settle();
      for (let task = next(); task !== undefined && task.dueMs <= untilMs; task = next()) {
        tasks.delete(task);
        nowMs = Math.max(nowMs, task.dueMs);
        task.run();
        await settle();
      }
      nowMs = Math.max(nowMs, untilMs);
    },
  };
}

function isBefore(a: Task, b: Task): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

/** Lets every promise that can resolve without the clock resolve: a macrotask runs after them all. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
