/**
 * Proxies hear of a route in their own time. Where somebody has led it to the side that is about to go,
 * some still send there after it was put right: nothing is taken away before all of them have heard.
 */

import type { Instant, Side } from '../../../base/vocabulary.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { readyPods } from '../../../kubernetes/endpoints.ts';
import { type Sides, sidesOfTwo } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { routerOf } from '../../../routers/registry.ts';
import type { TwoSidedState } from '../../../state/state.ts';
import { stay } from '../../strategy.ts';
import { stepOf, type TwoSidedTransition } from '../transition.ts';

/** The route is not as the release wrote it. */
export function misled(state: TwoSidedState, at: Instant): TwoSidedState {
  return { ...state, misled: { since: state.misled?.since ?? at } };
}

/** The route is as the release wrote it, again or still. */
export function ledRight(state: TwoSidedState, at: Instant): TwoSidedState {
  if (!state.misled || state.misled.rightSince !== undefined) return state;
  return { ...state, misled: { ...state.misled, rightSince: at } };
}

/** What is waited for before the losing side may go; undefined where no proxy can still lead to it. */
export function awaitHearing(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  sides: Sides,
  loser: Side,
): TwoSidedTransition | undefined {
  // Out of the way at once: its owner decides whom the route reaches, and that is not the candidate.
  if (!state.misled || state.atOnce === true || sides[loser].length === 0) return undefined;
  const { minMs } = plan.settings.drain;
  const { since } = state.misled;
  const patient = seen.at - since < plan.settings.limits.readyMs;
  if (patient && isReached(plan, state, seen, sides, loser)) {
    return stay({ ...state, misled: { since } }, `the endpoints to be without the ${loser}'s pods`);
  }
  const right = ledRight(state, seen.at);
  const { rightSince = seen.at } = right.misled ?? {};
  if (seen.at - rightSince >= minMs) return undefined;
  return stay(right, `every proxy to know that the route does not lead to the ${loser} any more`);
}

/**
 * No request is on the candidate, and none is on its way to it: no weight has been written yet, the route
 * keeps to the stable, and where others had led it elsewhere every proxy has heard that it does so again.
 */
export function isUnreached(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): boolean {
  if (state.step > 0) return false;
  if (sidesOfTwo(plan, seen).candidate.length === 0) return true;
  if (routerOf(plan.routing).written(plan, seen, 0).kind !== 'as-wanted') return false;
  const { rightSince = seen.at } = state.misled ?? {};
  return state.misled === undefined || seen.at - rightSince >= plan.settings.drain.minMs;
}

/** Only where the Service is what tells the sides apart; and not where others keep it as they want it. */
function isReached(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  sides: Sides,
  loser: Side,
): boolean {
  const { weightPercent } = stepOf(plan, state);
  const alone = routerOf(plan.routing).endpoints(weightPercent);
  if (alone === 'both' || alone === loser || state.conceded === true) return false;
  const reached = readyPods(seen.slices);
  return sides[loser].some(({ metadata }) => reached.has(metadata.name));
}
