/**
 * How old what is seen of the cluster may be. What was true a while ago is no ground to go forward on,
 * and none to take anything away. An API server that is away altogether is something else than one that
 * refuses to show a part: no one else can change anything meanwhile, so the release holds.
 */
import { formatDuration } from '../base/duration.ts';
import { type Instant, instant } from '../base/vocabulary.ts';
import type { Action } from '../cluster/action.ts';
import type { Observation } from '../cluster/observation.ts';
import { keyOf } from '../kubernetes/by-name.ts';
import type { Plan } from '../plan/plan.ts';
import type { ReleaseState } from './state.ts';
import { countedFrom } from './transitions.ts';

/** Nothing may be decided on what is seen. */
export interface Stale {
  /** When it was last known to be so. */
  readonly since: Instant;
  /** From when on it is waited for: while the API was away, nothing could be seen of anything. */
  readonly from: Instant;
  readonly isAway: boolean;
  readonly limitMs: number;
  readonly why: string;
}

/** Leases are renewed every 5 s: a process that has heard nothing for so long talks to no API. */
export const AWAY_MS = 30_000;
/** Of plans that were made before there were such limits. */
const VIEW_AGE_MS = 60_000;
const API_AWAY_MS = 10 * 60_000;

/** Undefined where what is seen is young enough. */
export function staleness(plan: Plan, { at, sight }: Observation): Stale | undefined {
  const { viewAgeMs = VIEW_AGE_MS } = plan.settings.limits;
  if (!sight || at - sight.seenAt < viewAgeMs) return undefined;
  const isAway = at - sight.contactAt >= AWAY_MS;
  const said = sight.why === undefined ? '' : `: ${sight.why}`;
  return {
    since: sight.seenAt,
    from: isAway ? sight.contactAt : latest(sight.seenAt, sight.contactSince),
    isAway,
    limitMs: isAway ? apiAwayMs(plan) : viewAgeMs + plan.settings.analysis.unmeasurableMs,
    why: isAway
      ? `the API server has not answered for ${formatDuration(at - sight.contactAt)}${said}`
      : `nothing was seen of ${sight.part} for ${formatDuration(at - sight.seenAt)}${said}`,
  };
}

/** For how long a release waits for an API server that does not answer. */
export function apiAwayMs({ settings }: Plan): number {
  return settings.limits.apiAwayMs ?? API_AWAY_MS;
}

/**
 * Why there is no more to wait for, and no way back to be gone either: the release cannot be decided by
 * this process any more. What makes it safe was done before, where the API has let it.
 */
export function hopelessness(
  plan: Plan,
  state: ReleaseState,
  seen: Observation,
): string | undefined {
  const blind = staleness(plan, seen);
  if (!blind || state.outcome !== undefined) return undefined;
  if (blind.isAway) return seen.at - blind.from < blind.limitMs ? undefined : blind.why;
  // The way back is tried for as long as the way forward was; what lets the old version go has none.
  const isBack = state.direction === 'back';
  const from = isBack ? latest(blind.from, state.since) : blind.from;
  const limitMs = isBack ? blind.limitMs : 2 * blind.limitMs;
  return seen.at - from < limitMs ? undefined : blind.why;
}

/** Takes the time in which nothing was seen out of the phase: it was neither watching nor patience. */
export function seenAgain<S extends ReleaseState>(state: S, at: Instant): S {
  const { blindSince } = state;
  if (blindSince === undefined) return state;
  const lostMs = at - Math.max(blindSince, countedFrom(state, at));
  return {
    ...state,
    blindSince: undefined,
    since: instant(state.since + lostMs),
    pausedMs: state.pausedMs + lostMs,
    stillness: undefined,
    endpointsSince: undefined,
  };
}

/**
 * Whether the action takes something away that may serve: a delete, a workload that gets smaller, or a
 * StatefulSet that is let replace one pod more.
 */
export function takesAway({ effect }: Action, { deployments, others }: Observation): boolean {
  if (effect.kind === 'delete') return true;
  if (effect.kind !== 'patch') return false;
  const { kind, name } = effect.target;
  const found = deployments.get(name) ?? others.get(keyOf(kind, name));
  const now = replicasOf(found);
  return effect.operations.some((operation) => {
    const value = operation.op === 'remove' ? undefined : operation.value;
    switch (operation.path) {
      case '/spec/replicas':
        return typeof value !== 'number' || value < now;
      case '/spec/updateStrategy':
        return partitionIn(value) < now;
      default:
        return false;
    }
  });
}

function latest(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}

/** Pods of a lower ordinal are kept as they are; where none is named, nothing tells that any goes. */
function partitionIn(updateStrategy: unknown): number {
  const { partition } = Object(Object(updateStrategy).rollingUpdate);
  return typeof partition === 'number' ? partition : Number.POSITIVE_INFINITY;
}

function replicasOf(found: object | undefined): number {
  const spec = found && 'spec' in found ? found.spec : undefined;
  const replicas =
    typeof spec === 'object' && spec !== null && 'replicas' in spec ? spec.replicas : undefined;
  return typeof replicas === 'number' ? replicas : 1;
}
