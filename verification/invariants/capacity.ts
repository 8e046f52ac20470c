/**
 * Invariants 1 and 2, at every change of the store: what the Service selects, and what the router's
 * weights lead to, is ready, and as much of it as the floor asks for. Pods that crashed by themselves
 * are nobody's doing and are counted as if they were still there; whatever the release does meanwhile
 * must leave the rest.
 */
import { selects } from '../../core/kubernetes/labels.ts';
import type { Pod } from '../../core/kubernetes/objects.ts';
import { isServing, isTerminating } from '../../core/kubernetes/pods/pods.ts';
import { pods } from '../../embedded-cluster/kubernetes/collection.ts';
import type { Change } from '../../embedded-cluster/kubernetes/store/store.ts';
import { hasCrashed } from '../world/application/run.ts';
import { type Destination, destinationsOf, sameDestinations } from '../world/routes.ts';
import { NAMESPACE } from '../world/service.ts';
import type { ProofWorld } from '../world/world.ts';
import type { Report } from './broken.ts';

/** By which clients come: the Service itself, and where there is one its router's route. */
const ENTRANCES = ['service', 'route'] as const;
type Entrance = (typeof ENTRANCES)[number];

/** What somebody else does is not the product's: writes, and the pods that go by them. */
interface Others {
  readonly isWriting: boolean;
  /** Beginnings of names. */
  readonly takenAway: ReadonlySet<string>;
  /** When that was last. */
  readonly tookAwayAtMs: number;
}

/** Between a look and the write that was decided on it. */
const ON_ITS_WAY_MS = 100;

/** Returns how to stop. `floor` is asked at every change: an autoscaler may have lowered it. */
export function watchCapacity(
  world: ProofWorld,
  floor: () => number,
  report: Report,
  others: Others = {
    isWriting: false,
    takenAway: new Set(),
    tookAwayAtMs: Number.NEGATIVE_INFINITY,
  },
  viewsLateMs: () => number = () => 0,
): () => void {
  const { store } = world.cluster.world;
  const known = new Map(ENTRANCES.map((entrance) => [entrance, leadsTo(world, entrance)]));
  return store.subscribe((change) => {
    if (ROUTING.has(change.collection)) {
      for (const entrance of ENTRANCES) {
        const to = leadsTo(world, entrance);
        if (sameDestinations(to, known.get(entrance) ?? [])) continue;
        const left = known.get(entrance) ?? [];
        known.set(entrance, to);
        if (others.isWriting || isDecided(world, others, viewsLateMs())) continue;
        checkSwitch(world, entrance, { left, to }, floor(), report);
      }
    }
    if (isFarewell(change)) {
      const gone = change.object as unknown as Pod; // of the collection `pods`
      if ([...others.takenAway].some((prefix) => gone.metadata.name.startsWith(prefix))) return;
      for (const to of known.values()) checkFarewell(world, gone, to, floor(), report);
    }
  });
}

const ROUTING: ReadonlySet<string> = new Set([
  'services',
  'virtualservices.networking.istio.io',
  'destinationrules.networking.istio.io',
  'httproutes.gateway.networking.k8s.io',
]);

function leadsTo({ cluster, scenario }: ProofWorld, entrance: Entrance): readonly Destination[] {
  const router = entrance === 'service' ? 'service' : scenario.router;
  return destinationsOf(cluster.world, { ...scenario, router });
}

/** What was decided right before somebody took the pods away, or before that was told, is on its way already. */
function isDecided({ cluster }: ProofWorld, { tookAwayAtMs }: Others, lateMs: number): boolean {
  return cluster.clock.now() - tookAwayAtMs < ON_ITS_WAY_MS + lateMs;
}

/** `left`: what it was before. To lead to too few is right where that has still fewer. */
function checkSwitch(
  world: ProofWorld,
  entrance: Entrance,
  { left, to }: Readonly<Record<'left' | 'to', readonly Destination[]>>,
  floor: number,
  report: Report,
): void {
  for (const one of to) {
    const { serving, crashed } = standing(world, [one]);
    if (one.labels !== undefined && serving + crashed > 0) continue;
    const seen = `the ${entrance} was switched to ${one.what}, which is no ready pod at all`;
    report('traffic leads to ready pods', seen);
    return;
  }
  const { serving, crashed } = standing(world, to);
  if (serving + crashed < floor && serving <= standing(world, left).serving) {
    const seen = `the ${entrance} was switched to ${serving} ready pods (${crashed} crashed), fewer than ${floor}`;
    report('capacity stays above the floor', seen);
  }
}

function checkFarewell(
  world: ProofWorld,
  pod: Pod,
  to: readonly Destination[],
  floor: number,
  report: Report,
): void {
  const { serving, crashed } = standing(world, to);
  if (!isBehind(to, pod) || serving + crashed >= floor) return;
  const seen = `${pod.metadata.name} was deleted, and ${serving} ready pods (${crashed} crashed) are left of ${floor}`;
  report('capacity stays above the floor', seen);
}

function isBehind(to: readonly Destination[], { metadata }: Pod): boolean {
  return to.some(({ labels }) => selects(labels, metadata.labels));
}

function standing({ cluster, application }: ProofWorld, to: readonly Destination[]) {
  const behind = pods(cluster.world)
    .list(NAMESPACE)
    .map((pod) => pod as unknown as Pod) // both describe the same JSON
    .filter((pod) => isBehind(to, pod) && !isTerminating(pod))
    .filter((pod) => application.at(pod.status?.podIP ?? '')?.isForeign !== true);
  const serving = behind.filter(isServing).length;
  const crashed = behind.filter((pod) => {
    const instance = application.at(pod.status?.podIP ?? '');
    return !isServing(pod) && instance !== undefined && hasCrashed(instance);
  }).length;
  return { serving, crashed };
}

/** A ready pod that is told to go. */
function isFarewell({ type, collection, object, previous }: Change): boolean {
  if (collection !== 'pods' || type === 'ADDED' || !previous) return false;
  const before = previous as unknown as Pod; // of the collection `pods`
  const goes = type === 'DELETED' || object.metadata.deletionTimestamp !== undefined;
  return goes && isServing(before);
}
