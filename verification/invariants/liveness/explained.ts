/** How long what a release waits for takes in a world, where nothing goes wrong: what explains its pace. */
import type { Scenario } from '../../world/scenario.ts';

/** Between a change and the look at it, and until what was decided is written. */
export const LOOK_MS = 2_000;
/** A pod ends within its grace. */
export const GRACE_MS = 30_000;

/** Until every proxy has surely heard. */
export function propagatedMs({ windows }: Scenario): number {
  return windows.drainMinSeconds * 1000 + LOOK_MS;
}

/**
 * Until a change of the routes has surely reached every proxy. A gateway first has to say that it has
 * accepted the change, which those of these worlds do when their proxies have heard of it. That it is programmed
 * means no more than that it is assumed to be ready soon, so that only then the time of the proxies begins.
 * https://gateway-api.sigs.k8s.io/geps/gep-1364/
 */
export function routedMs(scenario: Scenario): number {
  const { delayMs, jitterMs } = scenario.network;
  return propagatedMs(scenario) + (scenario.router === 'gateway-api' ? delayMs + jitterMs : 0);
}

/** From a pod's creation until it is seen to be ready. */
export function startMs({ application, network }: Scenario): number {
  return application.listensAfterMs + network.sandboxMs + LOOK_MS;
}
