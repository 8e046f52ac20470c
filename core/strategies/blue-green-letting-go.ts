/** The end of blue-green, in either direction: the losing side is drained, then taken away. */
import { isServing } from '../kubernetes/pods.ts';
import { isStill, requestsOf, type Sides, watchStillness } from '../release/confirmation.ts';
import type { Observation } from '../release/observation.ts';
import type { BlueGreenPlan } from '../release/plan.ts';
import { elapsedMs, ended, enter, noting } from '../release/progress.ts';
import type { BlueGreenState, DrainEvidence } from '../release/state.ts';
import type { Side } from '../vocabulary.ts';
import { drainActions, retireActions } from './blue-green-actions.ts';
import type { Transition } from './strategy.ts';

type Step = Transition<BlueGreenState>;

/** Lets go of the losing side: by evidence that nothing reaches it any more, or by the clock. */
export function drain(
  plan: BlueGreenPlan,
  state: BlueGreenState,
  seen: Observation,
  sides: Sides,
): Step {
  const loser = loserOf(state);
  const { minMs, maxMs } = plan.settings.drain;
  const pods = sides[loser].filter(isServing);
  const actions = drainActions(plan, seen, pods);
  const stillness = watchStillness(state.stillness, seen, sides, loser);
  const next = { ...state, stillness };
  const done = (drained: DrainEvidence): Step => ({
    state: enter(noting(next, { drained }), 'retiring', seen.at),
    actions: [],
    waitingFor: '',
  });
  if (pods.length === 0) return done('counters');
  if (actions.length > 0 && elapsedMs(state, seen.at) < maxMs) {
    return { state: next, actions, waitingFor: `the drain hook of ${actions.length} pods` };
  }
  const measured = requestsOf(seen, sides[loser]) !== undefined;
  if (measured && isStill(stillness, seen, sides[loser])) return done('counters');
  if (elapsedMs(state, seen.at) >= maxMs) return done('deadline');
  if (!measured && plan.metrics.kind === 'none' && elapsedMs(state, seen.at) >= minMs) {
    return done('time');
  }
  return { state: next, actions: [], waitingFor: `requests to stop reaching the ${loser}` };
}

export function retire(
  plan: BlueGreenPlan,
  state: BlueGreenState,
  seen: Observation,
  sides: Sides,
): Step {
  const loser = loserOf(state);
  const actions = retireActions(plan, seen, loser);
  const kept = loser === 'candidate' ? (plan.candidate.before?.replicas ?? 0) : 0;
  const left = sides[loser].length - kept;
  const patient = elapsedMs(state, seen.at) < plan.settings.limits.readyMs;
  if (actions.length > 0 || (left > 0 && patient)) {
    return { state, actions, waitingFor: `${left} ${loser} pods to end` };
  }
  const outcome = state.direction === 'forward' ? 'promoted' : 'rolled-back';
  return { state: ended(state, seen.at, outcome), actions: [], waitingFor: '' };
}

function loserOf(state: BlueGreenState): Side {
  return state.direction === 'forward' ? 'stable' : 'candidate';
}
