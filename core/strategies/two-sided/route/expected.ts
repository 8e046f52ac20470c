/**
 * What the route must be for as long as a phase of a two-sided release lasts, and how it is put right
 * where somebody else has changed it. Phases that rest on the same say so with the same of these.
 */

import type { Observation } from '../../../cluster/observation.ts';
import { sidesOfTwo } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { routerOf } from '../../../routers/registry.ts';
import type { RouteChange } from '../../../routers/router.ts';
import type { TwoSidedState } from '../../../state/state.ts';
import { enter } from '../../../state/transitions.ts';
import {
  driftAmong,
  driftAt,
  driftFromFinal,
  isRouteAsFound,
  type RouteDrift,
} from '../../common/drift.ts';
import { stepOf } from '../transition.ts';
import { FIRST_ROUTE_CHANGE } from './changes.ts';

/** How the route is put right from where the release stands. */
type Mending =
  /** The phase writes it, and sees it in force, before the release goes on. */
  | { readonly kind: 'again'; readonly from: (state: TwoSidedState) => TwoSidedState }
  /** At once, and the phase goes on: nothing else can be waited for. */
  | { readonly kind: 'in-place' };

export interface ExpectedRoute {
  readonly drift: RouteDrift | undefined;
  readonly mending: Mending;
  /** More writes than within the bound: no pod serves behind what the other wrote. */
  readonly always?: boolean;
}

export const IN_PLACE: Mending = { kind: 'in-place' };

/** A route that is to be written has to be there: what is deleted and created again is waited for. */
function onlyIfGone(drift: RouteDrift | undefined): ExpectedRoute | undefined {
  return drift?.kind === 'gone' ? { drift, mending: IN_PLACE } : undefined;
}

/** While they are being prepared. */
export function routeToPrepare(plan: TwoSidedPlan, seen: Observation): ExpectedRoute | undefined {
  return onlyIfGone(routePrepared(plan, seen).drift);
}

/** Requests are kept away from the candidate's pods. */
export function routePrepared(plan: TwoSidedPlan, seen: Observation): ExpectedRoute {
  const from = (at: TwoSidedState) =>
    enter({ ...at, stage: FIRST_ROUTE_CHANGE }, 'routing', seen.at);
  const changes = routerOf(plan.routing).preparation(plan, seen);
  return { drift: driftAmong(plan, seen, changes), mending: { kind: 'again', from } };
}

/** The weight of a step is in force, of the one under way where none is named. */
export function routeAtStep(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  step = state.step,
): ExpectedRoute {
  const { weightPercent } = stepOf(plan, { ...state, step });
  const from = (at: TwoSidedState) => enter({ ...at, step }, 'switching', seen.at);
  return { drift: driftAt(plan, seen, weightPercent), mending: { kind: 'again', from } };
}

/** While the weight of a step is being written. */
export function routeToWrite(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): ExpectedRoute | undefined {
  return onlyIfGone(routeAtStep(plan, state, seen).drift);
}

/** Going back, none of it leads to the candidate; as it was found it may stay once that harms no request. */
export function routeToStable(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): ExpectedRoute | undefined {
  const harmless = state.conceded === true || sidesOfTwo(plan, seen).candidate.length === 0;
  return harmless && isRouteAsFound(plan, seen) ? undefined : routeAtStep(plan, state, seen);
}

/** The routes have their final form, and keep it while the old version goes. */
export function routeFinal(plan: TwoSidedPlan, seen: Observation): ExpectedRoute {
  return { drift: driftFromFinal(plan, seen), mending: IN_PLACE };
}

/**
 * The same as long as both versions are there: then it is written and seen in force again. While the
 * routes are given that form, only the `written` first of its changes can have been undone.
 */
export function routeFinalSoFar(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  written?: number,
): ExpectedRoute {
  const changes = routerOf(plan.routing).finalForm(plan, seen);
  // Without a final form of its own, it is as it served last.
  if (changes.length === 0) {
    return { ...routeAtStep(plan, state, seen), drift: driftFromFinal(plan, seen) };
  }
  const from = (at: TwoSidedState) =>
    enter({ ...at, stage: FIRST_ROUTE_CHANGE }, 'landing', seen.at);
  const drift =
    written === undefined ? driftFromFinal(plan, seen) : driftSoFar(plan, seen, changes, written);
  return { drift, mending: { kind: 'again', from } };
}

/** Of changes in their order: one of the `written` first undone, or the object of a later one gone. */
function driftSoFar(
  plan: TwoSidedPlan,
  seen: Observation,
  changes: readonly RouteChange[],
  written: number,
): RouteDrift | undefined {
  const next = driftAmong(plan, seen, changes.slice(written));
  return (
    driftAmong(plan, seen, changes.slice(0, written)) ?? (next?.kind === 'gone' ? next : undefined)
  );
}

/** The last forms that were written so far; undefined where none is, and the route is as it served. */
export function routeGivenBack(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): ExpectedRoute | undefined {
  const winner = state.direction === 'forward' ? 'candidate' : 'stable';
  const changes = routerOf(plan.routing).cleanUp(plan, seen, winner);
  const [first] = changes;
  const isBegun = state.direction === 'back' || state.stage.nth > 0;
  if (first === undefined || (first.kind === 'write' && !isBegun)) return undefined;
  const from = (at: TwoSidedState): TwoSidedState => ({ ...at, stage: FIRST_ROUTE_CHANGE });
  const drift = driftSoFar(plan, seen, changes, state.stage.nth);
  return { drift, mending: { kind: 'again', from } };
}
