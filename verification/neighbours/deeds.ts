/**
 * What neighbours have done to a world, so far as it explains what is seen afterwards: requests that
 * their own deed lost, and objects that are not as the releases left them.
 */
import type { Pod } from '../../core/kubernetes/objects.ts';
import { pods } from '../../embedded-cluster/kubernetes/collection.ts';
import { destinationsOf } from '../world/routes.ts';
import type { Scenario } from '../world/scenario.ts';
import { NAMESPACE } from '../world/service.ts';
import type { LostRequest } from '../world/traffic/traffic.ts';
import type { ProofWorld } from '../world/world.ts';
import { servedBy } from './serving.ts';

/** What a neighbour's deed lost by itself, for as long as no tool could have mended it. */
export interface Outage {
  /** `service-deleted` */
  readonly reason: string;
  readonly fromMs: number;
  /** Undefined while it lasts. */
  toMs: number | undefined;
}

export interface Deeds {
  readonly outages: Outage[];
  /** Images that somebody has put in by hand. */
  readonly images: Set<string>;
  /** Pods that a rollout or scaling of somebody else has ended: names. */
  readonly ended: Set<string>;
  /** Pods that somebody has ended at once, whatever they were doing: names. */
  readonly evicted: Set<string>;
  /** Beginnings of the names of pods that somebody has scaled away or deleted with what keeps them. */
  readonly takenAway: Set<string>;
  /** When that was last. */
  tookAwayAtMs: number;
  /** Whether somebody writes just now. */
  isWriting: boolean;
  /** How many pods a rollout of somebody else may have missing. */
  missing: number;
  /** How many more of them where nobody drives, or sees too late that the route has to follow. */
  missingUnseen: number;
  /** Whether somebody has changed how many pods there are to be. */
  hasScaled: boolean;
  /** Whether the Service is another one than it was, without what others had noted on it. */
  isServiceNew: boolean;
  /** Whether somebody has deleted the route for good. */
  isRouteGone: boolean;
  /** Whether somebody has destroyed what the journal said. */
  hasTornJournal: boolean;
  /** Until when whoever drives sees nothing new. */
  blindUntilMs: number;
  /** Whether somebody puts back whatever route a release writes, and has the last word. */
  healsRoutes: boolean;
  /** Whether the Service led to somebody else's pods by its own selector, before any release. */
  foreignMayAnswer: boolean;
  /** When pods of somebody else were reached that came while the Service led to both sides. */
  readonly reached: { readonly fromMs: number; toMs: number }[];
  /** What clients of a further Service saw. */
  readonly elsewhere: { requests: number; readonly lost: LostRequest[] };
  /** What came, as `name variant`. */
  readonly came: string[];
  /**
   * To be called right after a deed: where it has left a route without anybody behind it, requests
   * are lost by it until there is somebody again and every proxy has heard, but never for longer
   * than a release needs to put it right; the time in which nobody drives, or whoever drives sees
   * nothing new, does not count.
   */
  breaksRoute(reason: string): void;
}

/** By then a release has to have seen what somebody did, and to have led traffic elsewhere. */
const MENDED_WITHIN_MS = 30_000;
const LOOK_MS = 100;
/** Between a pod's end and the endpoints' telling of it. */
const CONTROLLERS_MS = 500;

export function createDeeds(world: ProofWorld, isDriven: () => boolean): Deeds {
  const outages: Outage[] = [];
  const takenAway = new Set<string>();
  const isSeen = (): boolean => isDriven() && world.cluster.clock.now() > deeds.blindUntilMs;
  const breaksRoute = (reason: string): void => {
    const { clock } = world.cluster;
    const fromMs = clock.now();
    let seenMs = 0;
    // A Deployment that somebody deletes or scales loses its pods a moment later.
    const open: Outage = { reason, fromMs, toMs: undefined };
    let hasBroken = false;
    const look = (): void => {
      const isBroken = !leadsSomewhere(world, takenAway);
      if (isSeen()) seenMs += LOOK_MS;
      if (isBroken && !hasBroken) outages.push(open);
      hasBroken ||= isBroken;
      const ageMs = clock.now() - fromMs;
      if (hasBroken && (!isBroken || seenMs >= MENDED_WITHIN_MS)) {
        open.toMs = clock.now() + spreadMs(world.scenario);
        return;
      }
      if (hasBroken || ageMs < CONTROLLERS_MS) clock.after(LOOK_MS, look);
    };
    look();
  };
  const deeds: Deeds = {
    outages,
    images: new Set(),
    ended: new Set(),
    evicted: new Set(),
    takenAway,
    tookAwayAtMs: Number.NEGATIVE_INFINITY,
    isWriting: false,
    missing: 0,
    missingUnseen: 0,
    hasScaled: false,
    isServiceNew: false,
    isRouteGone: false,
    hasTornJournal: false,
    blindUntilMs: 0,
    healsRoutes: false,
    foreignMayAnswer: false,
    reached: [],
    elsewhere: { requests: 0, lost: [] },
    came: [],
    breaksRoute,
  };
  return deeds;
}

/** Why a request was lost through a neighbour's own deed; undefined where it was not. */
export function neighboursExcuse(
  { outages, evicted, foreignMayAnswer, reached }: Deeds,
  { atMs, instance }: LostRequest,
): string | undefined {
  // The Service led there by its own selector: what these pods refuse is their owner's.
  if (foreignMayAnswer && instance?.isForeign) return 'foreign';
  if (instance?.isForeign && reached.some(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs)) {
    return 'foreign-unforeseen';
  }
  if (evicted.has(instance?.podName ?? '')) return 'evicted';
  return outages.find(
    ({ fromMs, toMs = Number.POSITIVE_INFINITY }) => fromMs <= atMs && atMs <= toMs,
  )?.reason;
}

export function spreadMs({ network }: Scenario): number {
  return network.delayMs + network.jitterMs + CONTROLLERS_MS;
}

/** Whether every route that has a weight has a ready pod behind it that is not about to be taken away. */
export function leadsSomewhere(
  { cluster, scenario }: ProofWorld,
  takenAway: ReadonlySet<string>,
): boolean {
  const stays = ({ metadata }: Pod): boolean =>
    ![...takenAway].some((prefix) => metadata.name.startsWith(prefix));
  const all = pods(cluster.world).list(NAMESPACE);
  const destinations = destinationsOf(cluster.world, scenario);
  return destinations.length > 0 && destinations.every((each) => servedBy(all, each).some(stays));
}
