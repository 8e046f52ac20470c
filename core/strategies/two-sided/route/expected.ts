/**
 * What the route must be in each phase of a two-sided release for as long as the phase lasts, and how
 * it is put right where somebody else has changed it.
 */

import type { Observation } from '../../../cluster/observation.ts';
import { sidesOfTwo } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { routerOf } from '../../../routers/registry.ts';
import type { TwoSidedState } from '../../../state/state.ts';
import { enter } from '../../../state/transitions.ts';
import {
  driftAmong,
  driftAt,
  driftFromLanded,
  isRouteAsFound,
  type RouteDrift,
} from '../../common/drift.ts';
import { serving, stepOf } from '../transition.ts';
import { FIRST_ROUTE_CHANGE } from './changes.ts';

/** How the route is put right from where the release stands. */
type Mending =
  /** The phase writes it, and sees it in force, before the release goes on. */
  | { readonly kind: 'again'; readonly from: (state: TwoSidedState) => TwoSidedState }
  /** At once, and the phase goes on: nothing else can be waited for. */
  | { readonly kind: 'in-place' };

export interface Expected {
  readonly drift: RouteDrift | undefined;
  readonly mending: Mending;
  /** More writes than within the bound: nobody is behind what the other wrote. */
  readonly always?: boolean;
}

export const IN_PLACE: Mending = { kind: 'in-place' };

/** What the phase rests on; undefined where the phase itself brings the route about. */
export function expectedRoute(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): Expected | undefined {
  return state.direction === 'forward'
    ? expectedForward(plan, state, seen)
    : expectedBack(plan, state, seen);
}

function expectedForward(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): Expected | undefined {
  const { weightPercent } = stepOf(plan, state);
  const writeAgain: Mending = { kind: 'again', from: (at) => enter(at, 'switching', seen.at) };
  switch (state.phase) {
    case 'preparing': {
      if (state.step === 0) return prepared(plan, seen);
      const step = state.step - 1;
      const { weightPercent: before } = stepOf(plan, { ...state, step });
      const from = (at: TwoSidedState) => enter({ ...at, step }, 'switching', seen.at);
      return { drift: driftAt(plan, seen, before), mending: { kind: 'again', from } };
    }
    case 'testing':
      return prepared(plan, seen);
    case 'confirming':
    case 'monitoring':
    case 'holding':
      return { drift: driftAt(plan, seen, weightPercent), mending: writeAgain };
    case 'landing':
    case 'draining':
      return { drift: landedSoFar(plan, state, seen), mending: landAgain(plan, seen, writeAgain) };
    case 'retiring':
      return { drift: driftFromLanded(plan, seen), mending: IN_PLACE };
    case 'tidying':
      return tidied(plan, state, seen) ?? { drift: driftFromLanded(plan, seen), mending: IN_PLACE };
    case 'switching':
      return unlessGone(plan, seen, weightPercent);
    case 'routing':
    case 'done':
      return undefined;
  }
}

/** A route that is to be written has to be there: what is deleted and made anew is waited for. */
function unlessGone(
  plan: TwoSidedPlan,
  seen: Observation,
  weightPercent: number,
): Expected | undefined {
  const drift = driftAt(plan, seen, weightPercent);
  return drift?.kind === 'gone' ? { drift, mending: IN_PLACE } : undefined;
}

function prepared(plan: TwoSidedPlan, seen: Observation): Expected {
  const from = (at: TwoSidedState) =>
    enter({ ...at, stage: FIRST_ROUTE_CHANGE }, 'routing', seen.at);
  const stages = routerOf(plan.routing).preparation(plan, seen);
  return { drift: driftAmong(plan, seen, stages), mending: { kind: 'again', from } };
}

/** While the routes are given their last form, only what was done already can have been undone. */
function landedSoFar(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation) {
  const stages = routerOf(plan.routing).landing(plan, seen);
  if (state.phase !== 'landing' || stages.length === 0) return driftFromLanded(plan, seen);
  return driftAmong(plan, seen, stages.slice(0, state.stage.nth));
}

/** The last forms that were written so far; undefined where none is, and the route is as it served. */
function tidied(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): Expected | undefined {
  const winner = state.direction === 'forward' ? 'candidate' : 'stable';
  const stages = routerOf(plan.routing).tidying(plan, seen, winner);
  const [first] = stages;
  if (first === undefined || (first.kind === 'write' && state.direction === 'forward')) {
    return undefined;
  }
  const from = (at: TwoSidedState): TwoSidedState => ({ ...at, stage: FIRST_ROUTE_CHANGE });
  const done = stages.slice(0, state.stage.nth);
  return { drift: driftAmong(plan, seen, done), mending: { kind: 'again', from } };
}

function landAgain(plan: TwoSidedPlan, seen: Observation, otherwise: Mending): Mending {
  if (routerOf(plan.routing).landing(plan, seen).length === 0) return otherwise;
  return {
    kind: 'again',
    from: (at) => enter({ ...at, stage: FIRST_ROUTE_CHANGE }, 'landing', seen.at),
  };
}

function expectedBack(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): Expected | undefined {
  const sides = sidesOfTwo(plan, seen);
  switch (state.phase) {
    case 'preparing': {
      // Until the stable has pods again, a route that leads to it leads to nobody.
      const nobody = serving(sides.stable) === 0 && serving(sides.candidate) > 0;
      if (!nobody || routerOf(plan.routing).written(plan, seen, 100).kind === 'as-wanted') {
        return undefined;
      }
      return { drift: driftFromLanded(plan, seen), mending: IN_PLACE, always: true };
    }
    case 'confirming':
    case 'draining':
    case 'retiring': {
      const harmless = state.conceded === true || sides.candidate.length === 0;
      if (harmless && isRouteAsFound(plan, seen)) return undefined;
      const from = (at: TwoSidedState) => enter(at, 'switching', seen.at);
      return { drift: driftAt(plan, seen, 0), mending: { kind: 'again', from } };
    }
    case 'tidying':
      return tidied(plan, state, seen);
    case 'switching':
      return unlessGone(plan, seen, 0);
    case 'routing':
    case 'testing':
    case 'monitoring':
    case 'holding':
    case 'landing':
    case 'done':
      return undefined;
  }
}
