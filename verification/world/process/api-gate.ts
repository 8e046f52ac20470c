/** What lies between the product and its API server: shut, as in an upgrade of the control plane, nothing passes. */

export interface ApiGate {
  isAway(): boolean;
  /** Cuts all watches as well. */
  shut(): void;
  open(): void;
  /** Cuts all watches; new ones may be opened. */
  cut(): void;
  onCut(listener: () => void): void;
}

export function createApiGate(): ApiGate {
  let away = false;
  const listeners: (() => void)[] = [];
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
  };
}
