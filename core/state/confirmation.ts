/**
 * Has traffic moved? Having written a selector is not having seen its effect: every proxy learns of
 * it in its own time. Three ways of seeing it, the strongest available first; none of them starts
 * before the Service's endpoints are exactly the pods that it should reach.
 */

import { type Instant, instant, other, type Side } from '../base/vocabulary.ts';
import type { ClusterView, Observation } from '../cluster/observation.ts';
import { NO_PROBES, probesSent } from '../cluster/prober.ts';
import {
  endpointsAre,
  type Reached,
  reachedByFamily,
  readyByEveryFamily,
  readyPods,
} from '../kubernetes/endpoints.ts';
import type { EndpointSlice } from '../kubernetes/network-objects.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { isServing } from '../kubernetes/pods/pods.ts';
import type { Sides } from '../plan/own-pods.ts';
import type { IdleWindow, MoveEvidence, ReleaseState } from './state.ts';
import { isPropagating, observedSince } from './transitions.ts';

/** Counters must stand still for this long, on at least two readings, to prove anything. */
const STILL_MS = 2_000;

/** A pod that counts nothing proves nothing: the other side must have counted this many meanwhile. */
const PROOF_REQUESTS = 10;

export interface Confirmation<S> {
  readonly state: S;
  readonly evidence: MoveEvidence | undefined;
  readonly waitingFor: string;
}

export interface ConfirmationRules {
  /** Whose pods the Service's endpoints are to be. */
  readonly endpoints: Side | 'both';
  readonly weightPercent: number;
  /** What the router itself still waits for. */
  readonly pending: string | undefined;
  /** The key under which fresh connections are reported, where the config says how to tell them. */
  readonly answersKey: string | undefined;
  readonly propagationMs: number;
}

/** Looks whether requests go where the weight says, as far as that can be seen. */
export function confirmMove<S extends ReleaseState>(
  state: S,
  seen: Observation,
  sides: Sides,
  rules: ConfirmationRules,
): Confirmation<S> {
  const reached = ownEndpoints(seen.slices, seen, sides);
  const { endpoints, pending } = rules;
  const pods = endpoints === 'both' ? [...sides.stable, ...sides.candidate] : sides[endpoints];
  const wanted = new Set(pods.filter(isServing).map((pod) => pod.metadata.name));
  const unseen = (waitingFor: string): Confirmation<S> => ({
    state: { ...state, endpointsSince: undefined },
    evidence: undefined,
    waitingFor,
  });
  if (!endpointsAre(wanted, reached)) {
    const whose = endpoints === 'both' ? 'both sides' : `the ${endpoints}`;
    const there = readyByEveryFamily(seen.slices);
    const left = [...readyPods(seen.slices)].filter((name) => !wanted.has(name));
    const more = left.length === 0 ? '' : `, and ${left.join(', ')}`;
    return unseen(`endpoints of ${whose}, ${count(there, wanted)} of ${wanted.size} there${more}`);
  }
  if (pending !== undefined) return unseen(pending);
  const to = soleSide(rules.weightPercent);
  const stillness = to && watchIdle(state.stillness, seen, sides, other(to));
  const next = observedSince({ ...state, stillness }, seen.at);
  const evidence = evidenceOf(next, seen, sides, to, rules);
  return { state: next, evidence, waitingFor: 'every proxy to know' };
}

/**
 * The endpoints without those of pods that are known to be others': these are reached by the
 * Service's own selector, and no one waits for them to come or to go.
 */
export function ownEndpoints(
  slices: readonly EndpointSlice[],
  { pods }: Pick<ClusterView, 'pods'>,
  { stable, candidate }: Sides,
): Reached {
  const own = new Set([...stable, ...candidate].map(({ metadata }) => metadata.name));
  const strangers = new Set(
    pods.map(({ metadata }) => metadata.name).filter((name) => !own.has(name)),
  );
  return reachedByFamily(slices).map(
    (names) => new Set([...names].filter((name) => !strangers.has(name))),
  );
}

/** The side that serves alone at a weight. */
function soleSide(weightPercent: number): Side | undefined {
  if (weightPercent === 0) return 'stable';
  return weightPercent === 100 ? 'candidate' : undefined;
}

/** Total requests a side has counted; undefined where not every pod of it tells. */
export function requestsOf(seen: Observation, pods: readonly Pod[]): number | undefined {
  let total = 0;
  for (const pod of pods) {
    const reading = seen.readings.get(pod.metadata.name);
    if (reading?.kind !== 'counted') return undefined;
    total += reading.counters.requests;
  }
  return total;
}

/** Begins to watch, goes on watching, or begins anew because `still` counted something. */
export function watchIdle(
  watch: IdleWindow | undefined,
  seen: Observation,
  sides: Sides,
  still: Side,
): IdleWindow | undefined {
  const stable = requestsOf(seen, sides.stable);
  const candidate = requestsOf(seen, sides.candidate);
  const counted = still === 'stable' ? stable : candidate;
  if (counted === undefined) return undefined;
  const requests = { stable: stable ?? 0, candidate: candidate ?? 0 };
  const probes = probesSent(seen.probes ?? NO_PROBES);
  const since = latestReading(seen, sides[still]) ?? seen.at;
  return watch && watch.requests[still] === counted ? watch : { since, requests, probes };
}

/** For how long a side has counted nothing. */
function stillForMs(
  watch: IdleWindow | undefined,
  seen: Observation,
  pods: readonly Pod[],
): number {
  const latest = latestReading(seen, pods);
  return watch && latest !== undefined ? latest - watch.since : 0;
}

export function isIdle(
  watch: IdleWindow | undefined,
  seen: Observation,
  pods: readonly Pod[],
): boolean {
  return stillForMs(watch, seen, pods) >= STILL_MS;
}

function evidenceOf(
  state: ReleaseState,
  seen: Observation,
  sides: Sides,
  to: Side | undefined,
  rules: ConfirmationRules,
): MoveEvidence | undefined {
  if (to && hasMoved(state, seen, sides, to)) return 'counters';
  const { answersKey } = rules;
  const answers = answersKey === undefined ? undefined : seen.reports.get(answersKey);
  // The same version with another configuration: what names the version cannot tell the sides apart.
  const canTell = answersKey !== undefined && answers?.cannotTell === undefined;
  if (canTell && answers) return answers.failures.length === 0 ? 'answers' : undefined;
  // Where answers can tell, the passing of time is not asked.
  if (canTell) return undefined;
  return isPropagating(state, rules.propagationMs, seen.at) ? undefined : 'propagation';
}

/** One side counts on while the other has stopped. */
function hasMoved({ stillness }: ReleaseState, seen: Observation, sides: Sides, to: Side): boolean {
  const served = (requestsOf(seen, sides[to]) ?? 0) - (stillness?.requests[to] ?? 0);
  // The prober asks from one node: what it is answered is no proof that every proxy knows.
  const own = probesSent(seen.probes ?? NO_PROBES) - (stillness?.probes ?? 0);
  return isIdle(stillness, seen, sides[other(to)]) && served - own >= PROOF_REQUESTS;
}

/** The oldest of the pods' latest readings: what is known of all of them. */
function latestReading(seen: Observation, pods: readonly Pod[]): Instant | undefined {
  const times = pods
    .map((pod) => seen.readings.get(pod.metadata.name)?.at)
    .filter((at) => at !== undefined);
  return times.length === 0 ? undefined : instant(Math.min(...times));
}

function count(reached: ReadonlySet<string>, wanted: ReadonlySet<string>): number {
  return [...wanted].filter((name) => reached.has(name)).length;
}
