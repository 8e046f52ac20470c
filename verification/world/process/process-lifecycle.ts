/**
 * The life of a simulated process. Killed, it never hears another answer and says nothing more.
 * Frozen, as on a machine that stalls, it hears of everything late, and does not know how late.
 */

export interface ProcessLifecycle {
  readonly state: 'running' | 'frozen' | 'killed';
  kill(): void;
  freeze(): void;
  thaw(): void;
  /** Passes a value on to the running; the frozen wait until they thaw, the dead for ever. */
  guard<T>(promise: Promise<T>): Promise<T>;
  /** Called when it is killed. */
  onKill(task: () => void): void;
}

export function createProcessLifecycle(): ProcessLifecycle {
  let state: ProcessLifecycle['state'] = 'running';
  const onKill: (() => void)[] = [];
  let waiting: (() => void)[] = [];

  const whenRunning = (task: () => void): void => {
    if (state === 'running') task();
    if (state === 'frozen') waiting.push(() => whenRunning(task));
  };

  return {
    get state() {
      return state;
    },
    kill: () => {
      if (state === 'killed') return;
      state = 'killed';
      waiting = [];
      for (const task of onKill) task();
    },
    freeze: () => {
      if (state === 'running') state = 'frozen';
    },
    thaw: () => {
      if (state !== 'frozen') return;
      state = 'running';
      const tasks = waiting;
      waiting = [];
      for (const task of tasks) task();
    },
    guard: (promise) =>
      new Promise((resolve, reject) => {
        promise.then(
          (value) => whenRunning(() => resolve(value)),
          (thrown: unknown) => whenRunning(() => reject(thrown)),
        );
      }),
    onKill: (task) => onKill.push(task),
  };
}
