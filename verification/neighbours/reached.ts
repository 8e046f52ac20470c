/**
 * Pods of others that come while the Service leads to both sides already. Nobody could know of them
 * before: they get requests until whoever drives has seen them and led the Service away, and every
 * proxy has heard of it; longer where nobody drives.
 */

import { selects } from '../../core/kubernetes/labels.ts';
import { services } from '../../embedded-cluster/kubernetes/collection.ts';
import { destinationsOf } from '../world/routes.ts';
import { NAMESPACE, SERVICE } from '../world/service.ts';
import type { ProofWorld } from '../world/world.ts';
import type { Site } from './visit.ts';

const LOOK_MS = 200;
/** So long may whoever drives take to lead the Service away. */
const LED_AWAY_WITHIN_MS = 5_000;

/** To be called right before pods with these labels come. */
export function noteReach(site: Site, labels: Readonly<Record<string, string>>): void {
  const { world, deeds, isDriven, isStalled } = site;
  const { clock } = world.cluster;
  if (!leadsTo(world, labels)) return;
  const reach = { fromMs: clock.now(), toMs: Number.POSITIVE_INFINITY };
  deeds.reached.push(reach);
  let drivenMs = 0;
  const look = (): void => {
    if (isDriven() && !isStalled()) drivenMs += LOOK_MS;
    if (leadsTo(world, labels) && drivenMs < LED_AWAY_WITHIN_MS) {
      clock.after(LOOK_MS, look);
      return;
    }
    const { delayMs, jitterMs } = world.scenario.network;
    reach.toMs = clock.now() + delayMs + jitterMs + LOOK_MS;
  };
  clock.after(LOOK_MS, look);
}

/** By the Service's own selector, or by a route that has a weight: the Gateway API leads to the preview Service. */
function leadsTo(
  { cluster: { world }, scenario }: ProofWorld,
  labels: Readonly<Record<string, string>>,
): boolean {
  const own = services(world).get(NAMESPACE, SERVICE)?.spec.selector;
  const routed = destinationsOf(world, scenario).map((destination) => destination.labels);
  return [own, ...routed].some((selector) => selects(selector, labels));
}
