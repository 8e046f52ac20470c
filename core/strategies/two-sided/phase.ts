/**
 * A phase of a two-sided release as one object: what happens in it, and all that guards, operators,
 * the autoscaler and the report ask about it. Each asks here and names no phase.
 */

import type { Cause, Instant, Side } from '../../base/vocabulary.ts';
import type { Need, Observation } from '../../cluster/observation.ts';
import type { Sides } from '../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../plan/plan.ts';
import type { TwoSidedPhase, TwoSidedState } from '../../state/state.ts';
import { turnedBack } from '../../state/transitions.ts';
import type { Transition, WaitsFor } from '../strategy.ts';
import type { ExpectedRoute } from './route/expected.ts';
import { isUnreached } from './route/misled.ts';

export interface Phase {
  next(
    plan: TwoSidedPlan,
    state: TwoSidedState,
    seen: Observation,
    sides: Sides,
  ): Transition<TwoSidedState>;
  /** What must be measured for its next decision. */
  needs(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation, sides: Sides): readonly Need[];
  /** `time` is time in which the candidate is watched: then the phase itself says when it falls. */
  readonly waitsFor: WaitsFor;
  /** Whether it writes routes again and again until they are in force. */
  readonly writesRoutes: boolean;
  /** The weight is being written, seen to be in force, or judged. */
  readonly isAboutWeight: boolean;
  /** Routes and autoscaler are others': being taken over, the release's, being given back. */
  readonly ownership: 'taking' | 'held' | 'returning';
  /** The side that will not serve: it keeps its pods, is drained of requests, or loses its pods. */
  readonly loser: 'kept' | 'drained' | 'ended';
  /** Whether requests may reach the candidate: then it takes a switch to turn back. */
  mayServe(state: TwoSidedState): boolean;
  /** Whether the candidate can go at once, because no request is on it and none will be. */
  isDispensable(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): boolean;
  /** The step whose weight is in force, as far as it was seen; -1 before the first. */
  stepInForce(state: TwoSidedState): number;
  /** What the phase rests on; undefined where it brings the route about itself. */
  expectedRoute(
    plan: TwoSidedPlan,
    state: TwoSidedState,
    seen: Observation,
  ): ExpectedRoute | undefined;
  /** Where what was tried or watched so far is tried again, once the candidate has other pods. */
  triedAgainIn(state: TwoSidedState): TwoSidedPhase | undefined;
  /** Going forward, the side that has all traffic, or had it last: the autoscaler scales it. */
  scaledSide(plan: TwoSidedPlan, state: TwoSidedState): Side;
}

type WhatItKnows = Pick<
  Phase,
  'mayServe' | 'isDispensable' | 'stepInForce' | 'triedAgainIn' | 'scaledSide' | 'isAboutWeight'
>;

/** Of phases before the first weight. */
export const UNREACHED = {
  isAboutWeight: false,
  mayServe: () => false,
  isDispensable: isUnreached,
  stepInForce: () => -1,
  triedAgainIn: () => undefined,
  scaledSide: () => 'stable',
} as const satisfies WhatItKnows;

/** Of phases after the last weight was watched. */
export const ALL_WATCHED = {
  isAboutWeight: false,
  mayServe: () => true,
  isDispensable: () => false,
  stepInForce: ({ step }: TwoSidedState) => step,
  triedAgainIn: () => undefined,
  scaledSide: () => 'candidate',
} as const satisfies WhatItKnows;

/** Where a release goes when it turns back: pods that no request can have reached may go as they are. */
export function wayBack(phase: Phase, state: TwoSidedState): TwoSidedPhase {
  return phase.mayServe(state) ? 'preparing' : 'retiring';
}

/** Turns back from a phase, unless the release was concluded: from then on, finishing is the safe way. */
export function turnBackFrom(
  phase: Phase,
  state: TwoSidedState,
  at: Instant,
  cause: Cause,
): TwoSidedState {
  return phase.waitsFor === 'end' ? state : turnedBack(state, wayBack(phase, state), at, cause);
}
