/**
 * The end of a two-sided release, in either direction: routes find their final form, the losing side
 * is drained and taken away, and what only the release needed goes.
 */

import type { Side } from '../../../base/vocabulary.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { keepsRollbackWindow } from '../../../journal/rollback-window.ts';
import { isServing } from '../../../kubernetes/pods/pods.ts';
import type { Sides } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { routerOf } from '../../../routers/registry.ts';
import { isIdle, requestsOf, watchIdle } from '../../../state/confirmation.ts';
import type { DrainEvidence, TwoSidedState } from '../../../state/state.ts';
import { elapsedMs, ended, enter, noting } from '../../../state/transitions.ts';
import { handingBack } from '../../common/handing-back.ts';
import { stay } from '../../strategy.ts';
import { autoscalerActions } from '../autoscaler.ts';
import { isLetGoAtOnce } from '../drain/condemned.ts';
import { connectionsCut, connectionsNow } from '../drain/connections.ts';
import { candidateNeeded } from '../guards/size.ts';
import { outOfTheWay } from '../guards/stable-restarts.ts';
import { FIRST_ROUTE_CHANGE, followRouteChanges } from '../route/changes.ts';
import { awaitHearing } from '../route/misled.ts';
import { serving, type TwoSidedTransition } from '../transition.ts';
import { drainActions, retireActions } from '../workloads.ts';

/** Found good: every route is given the form in which it stays. */
export function finalizeRoutes(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): TwoSidedTransition {
  const stages = routerOf(plan.routing).landing(plan, seen);
  return followRouteChanges(plan, state, seen, stages, (next) => enter(next, 'draining', seen.at));
}

/** Lets go of the losing side: by evidence that nothing reaches it any more, or by the clock. */
export function drain(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  sides: Sides,
): TwoSidedTransition {
  const loser = loserOf(state);
  const { minMs, maxMs } = plan.settings.drain;
  const pods = sides[loser].filter(isServing);
  const actions = drainActions(plan, seen, pods);
  const stillness = watchIdle(state.stillness, seen, sides, loser);
  const next = { ...state, stillness };
  const short = loser === 'stable' ? stillShort(plan, state, seen, sides) : undefined;
  const done = (drained: DrainEvidence): TwoSidedTransition => {
    if (short !== undefined) return stay(next, short);
    const noted = noting(next, { drained, connectionsCut: connectionsCut(plan, state, seen) });
    return stay(enter(noted, 'retiring', seen.at), '');
  };
  if (pods.length === 0) return done('counters');
  const hooked = actions.length === 0 || elapsedMs(state, seen.at) >= HOOK_MS;
  if (hooked && costsTooMuch(plan, state, seen)) return done('errors');
  if (actions.length > 0 && elapsedMs(state, seen.at) < maxMs) {
    return stay(next, `the drain hook of ${actions.length} pods`, actions);
  }
  const measured = requestsOf(seen, sides[loser]) !== undefined;
  if (measured && isIdle(stillness, seen, sides[loser])) return done('counters');
  if (elapsedMs(state, seen.at) >= maxMs) return done('deadline');
  if (!measured && plan.metrics.kind === 'none' && elapsedMs(state, seen.at) >= minMs) {
    return done('time');
  }
  return stay(next, `requests to stop reaching the ${loser}`);
}

/** Whether the candidate has fewer pods than it needs when it is all that is left. */
function stillShort(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  sides: Sides,
): string | undefined {
  const needed = candidateNeeded(plan, state, seen);
  const ready = serving(sides.candidate);
  return ready < needed ? `${needed} candidate pods, ${ready} are ready` : undefined;
}

/** So long a drain hook has to make a condemned side let go by itself. */
const HOOK_MS = 2_000;

/** A candidate that was decided against answers on; whether its errors cost more than cutting it off. */
function costsTooMuch(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): boolean {
  const { counted } = state.evidence.availability ?? {};
  const { lately } = state.mark ?? {};
  if (state.direction === 'forward' || !counted || !lately) return false;
  const { requests, errors } = counted.candidate;
  return isLetGoAtOnce({
    errorShare: requests === 0 ? 0 : errors / requests,
    requestsPerSecond: lately.sides.candidate.requests / (lately.forMs / 1000),
    leftMs: plan.settings.drain.maxMs - elapsedMs(state, seen.at),
    connections: connectionsNow(plan, state, seen),
  });
}

export function retire(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  sides: Sides,
): TwoSidedTransition {
  const first = outOfTheWay(plan, state, seen);
  if (first) return first;
  const loser = loserOf(state);
  const unheard = awaitHearing(plan, state, seen, sides, loser);
  if (unheard) return unheard;
  const actions = retireActions(plan, seen, loser);
  const kept = loser === 'candidate' ? (plan.candidate.before?.replicas ?? 0) : 0;
  const left = loser === 'stable' && keepsRollbackWindow(plan) ? 0 : sides[loser].length - kept;
  const patient = elapsedMs(state, seen.at) < plan.settings.limits.readyMs;
  if (actions.length > 0 || (left > 0 && patient)) {
    return stay(state, `${left} ${loser} pods to end`, actions);
  }
  return stay(enter({ ...state, stage: FIRST_ROUTE_CHANGE }, 'tidying', seen.at), '');
}

export function cleanUp(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): TwoSidedTransition {
  const forward = state.direction === 'forward';
  const winner = forward ? 'candidate' : 'stable';
  const outcome = forward ? 'promoted' : 'rolled-back';
  const stages = routerOf(plan.routing).tidying(plan, seen, winner);
  const { minMs } = plan.settings.drain;
  if (stages[state.stage.nth]?.kind === 'write' && elapsedMs(state, seen.at) < minMs) {
    // A route that keeps to no side any more leads to whomever a proxy has not yet heard to be gone.
    return stay(state, `every proxy to know that the ${loserOf(state)} pods are gone`);
  }
  const followed = followRouteChanges(plan, state, seen, stages, (next) =>
    autoscalerActions(plan, next, seen).length > 0 ? next : ended(next, seen.at, outcome),
  );
  if (followed.state.outcome !== outcome) return followed;
  const back = handingBack(plan, state, seen);
  return back ? stay(back.state, 'the fields of others to be theirs', back.actions) : followed;
}

export function loserOf(state: TwoSidedState): Side {
  return state.direction === 'forward' ? 'stable' : 'candidate';
}
