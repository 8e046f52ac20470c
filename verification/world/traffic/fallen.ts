/** Because of whom there may be nobody to serve: a pod that has crashed lately, if no proxy can know of another. */
import { selects } from '../../../core/kubernetes/labels.ts';
import type { Pod } from '../../../core/kubernetes/objects.ts';
import { condition, isServing } from '../../../core/kubernetes/pods/pods.ts';
import { timeOf } from '../../../core/kubernetes/time.ts';
import { pods } from '../../../embedded-cluster/kubernetes/collection.ts';
import type { World } from '../../../embedded-cluster/kubernetes/world.ts';
import type { Application } from '../application/application.ts';
import type { Instance } from '../application/run.ts';
import { type Destination, destinationsOf, sameDestinations } from '../routes.ts';
import type { Scenario } from '../scenario.ts';
import { NAMESPACE } from '../service.ts';

/** Times in a pod's status are whole seconds, and endpoints follow them after a moment. */
const SLACK_MS = 2_000;
/** So long after a crash nobody may serve because of it. */
const LATELY_MS = 60_000;

export interface Outlook {
  readonly world: World;
  readonly application: Application;
  readonly scenario: Scenario;
  /** Where requests are led, and since when. */
  led: { readonly to: readonly Destination[]; readonly sinceMs: number };
}

export function lookAtRoutes(outlook: Outlook): void {
  const { world, scenario, led } = outlook;
  const to = destinationsOf(world, scenario);
  if (!sameDestinations(to, led.to)) outlook.led = { to, sinceMs: world.clock.now() };
}

export function fallen({ world, application, scenario, led }: Outlook): Instance | undefined {
  const nowMs = world.clock.now();
  const knownMs = scenario.network.delayMs + scenario.network.jitterMs + SLACK_MS;
  const isKnown = (pod: Pod): boolean => {
    const since = timeOf(condition(pod.status?.conditions, 'Ready')?.lastTransitionTime);
    return isServing(pod) && since !== undefined && nowMs - since > knownMs;
  };
  const all = pods(world).list(NAMESPACE) as readonly unknown[] as readonly Pod[]; // both describe the same JSON
  const isServed = ({ labels }: Destination): boolean =>
    all.some((pod) => selects(labels, pod.metadata.labels) && isKnown(pod));
  const isLed = nowMs - led.sinceMs > knownMs && led.to.every(isServed);
  return isLed ? undefined : application.crashedSince(nowMs - LATELY_MS);
}
