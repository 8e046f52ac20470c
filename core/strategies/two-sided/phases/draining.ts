/** The losing side is drained: by evidence that nothing reaches it any more, or by the clock. */

import type { Observation } from '../../../cluster/observation.ts';
import { isServing } from '../../../kubernetes/pods/pods.ts';
import type { Sides } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { isIdle, requestsOf, watchIdle } from '../../../state/confirmation.ts';
import type { DrainEvidence, TwoSidedState } from '../../../state/state.ts';
import { elapsedMs, enter, noting } from '../../../state/transitions.ts';
import { stay } from '../../strategy.ts';
import { isLetGoAtOnce } from '../drain/condemned.ts';
import { connectionsCut, connectionsNeed, connectionsNow } from '../drain/connections.ts';
import { countersNeed } from '../needs.ts';
import { ALL_WATCHED, type Phase } from '../phase.ts';
import { routeFinalSoFar, routeToStable } from '../route/expected.ts';
import { candidateNeeded } from '../sizes.ts';
import { loserOf, serving, type TwoSidedTransition } from '../transition.ts';
import { drainActions } from '../workloads.ts';

export const draining: Phase = {
  ...ALL_WATCHED,
  waitsFor: 'end',
  writesRoutes: false,
  ownership: 'held',
  loser: 'drained',
  next: drain,
  needs: (plan, state, _seen, sides) => {
    const leaving = sides[loserOf(state)].filter(isServing);
    return [countersNeed(plan, sides), ...connectionsNeed(plan, state, leaving)];
  },
  expectedRoute: (plan, state, seen) =>
    state.direction === 'back'
      ? routeToStable(plan, state, seen)
      : routeFinalSoFar(plan, state, seen),
};

function drain(
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
  const needed = candidateNeeded(plan, state, seen, state.step);
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
