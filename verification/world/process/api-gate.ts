/** What lies between the product and its API server: shut, as in an upgrade of the control plane, nothing passes. */

export interface ApiGate {
  isAway(): boolean;
  /** Cuts all watches as well. */
  shut(): void;
  open(): void;
  /** Cuts all watches; new ones may be opened. */
  cut(): void;
  onCut(listener: () => void): void;
  /** To be called when a process that may drive asks; what it returns, when it has its answer or gives up. */
  asked(atMs: number): () => void;
  /** Since when somebody who may drive waits for an answer; undefined where nobody does. */
  waitingSinceMs(): number | undefined;
}

export function createApiGate(): ApiGate {
  let away = false;
  const listeners: (() => void)[] = [];
  const waiting = new Set<{ readonly atMs: number }>();
  const cut = (): void => {
    for (const listener of listeners.splice(0)) listener();
  };
  return {
    isAway: () => away,
    shut: () => {
      away = true;
      cut();
    },
    open: () => {
      away = false;
    },
    cut,
    onCut: (listener) => {
      listeners.push(listener);
    },
    asked: (atMs) => {
      const request = { atMs };
      waiting.add(request);
      return () => waiting.delete(request);
    },
    waitingSinceMs: () => {
      const [first] = waiting; // in the order in which they were asked
      return first?.atMs;
    },
  };
}
