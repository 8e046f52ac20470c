/**
 * A strategy: from what was planned, where the release stands and what is seen, to where it stands
 * next and what to do. Pure: the same inputs give the same outputs, always.
 */

import type { Cause, Instant } from '../base/vocabulary.ts';
import type { Action } from '../cluster/action.ts';
import type { Need, Observation } from '../cluster/observation.ts';
import type { OwnershipView, Sides } from '../plan/own-pods.ts';
import type { Plan } from '../plan/plan.ts';
import type { ReleaseState } from '../state/state.ts';

export interface Transition<S> {
  readonly state: S;
  readonly actions: readonly Action[];
  /** What is being waited for, in a few words, for the heartbeat. */
  readonly waitingFor: string;
}

/** No step further, or not yet: what is waited for, and what is to be done meanwhile. */
export function stay<S>(
  state: S,
  waitingFor: string,
  actions: readonly Action[] = [],
): Transition<S> {
  return { state, actions, waitingFor };
}

/** What others have changed comes first: `step` is what to do about it, instead of the phase's own. */
export interface Guarded<S> {
  readonly state: S;
  readonly step?: Transition<S>;
}

/**
 * What a phase waits for, and thereby what an operator may do: time may be cut short, evidence never.
 * A phase that writes routes cannot be held: half of it might be done. What is at the `end` was
 * concluded, and cannot be turned back.
 */
export type WaitsFor = 'evidence' | 'time' | 'write' | 'validation' | 'end';

export interface Strategy<P extends Plan, S extends ReleaseState> {
  begin(plan: P, at: Instant): S;
  next(plan: P, state: S, seen: Observation): Transition<S>;
  /** Looks whether all that the release rests on still is as it was written, and acts where it is not. */
  guard(plan: P, state: S, seen: Observation): Guarded<S>;
  /** What must be measured for the next decision. */
  needs(plan: P, state: S, seen: Observation): readonly Need[];
  waitsFor(state: S): WaitsFor;
  /** Whether the phase lets the losing side go. */
  endsPods(state: S): boolean;
  /** The share that the candidate is being given, in words; undefined in phases that are not about it. */
  weight(plan: P, state: S): string | undefined;
  /** Goes on after validation: the last look at the release found it good. */
  conclude(state: S, at: Instant): S;
  /** Turns the release back where that is still possible; the first cause is kept. */
  turnBack(state: S, at: Instant, cause: Cause): S;
  /** What makes things safe at once when the process must end now; often nothing. */
  interrupt(plan: P, state: S, seen: Observation, cause: Cause): Transition<S>;
  /** What keeps the cluster from going on by itself while the release is paused; often nothing. */
  hold(plan: P, state: S, seen: Observation): readonly Action[];
  /** The pods of either side. */
  sides(plan: P, seen: OwnershipView): Sides;
}

export function beginning(at: Instant) {
  return {
    direction: 'forward',
    since: at,
    wait: { kind: 'running' },
    pausedMs: 0,
    startedAt: at,
    cause: undefined,
    evidence: {},
    tally: undefined,
    stillness: undefined,
    endpointsSince: undefined,
    outcome: undefined,
  } as const;
}
