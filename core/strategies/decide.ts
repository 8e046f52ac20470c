/** One decision: what the strategy makes of a look, within the limits that hold for every strategy. */
import type { Observation } from '../release/observation.ts';
import type { Plan } from '../release/plan.ts';
import { overdue } from '../release/progress.ts';
import type { ReleaseState } from '../release/state.ts';
import { strategyOf } from './registry.ts';
import type { Transition } from './strategy.ts';

export function decide(
  plan: Plan,
  state: ReleaseState,
  seen: Observation,
): Transition<ReleaseState> {
  const strategy = strategyOf(plan);
  const late = overdue(plan, state, seen.at);
  if (late !== undefined) return strategy.next(plan, strategy.turnBack(state, seen.at, late), seen);
  const transition = strategy.next(plan, state, seen);
  const { state: next } = transition;
  const goesOn = next.direction === 'forward' && next.outcome === undefined;
  if (state.wait.kind !== 'paused' || !goesOn) return transition;
  // A pause keeps the release from going forward; what it makes of the candidate meanwhile counts.
  return {
    state: next.phase === state.phase ? next : state,
    actions: strategy.hold(plan, state, seen),
    waitingFor: 'somebody to resume it',
  };
}

/**
 * Whether a decision gives up on what was waited for and not seen. It is worth another look: a watch
 * that has fallen silent shows what was, for as long as nobody lists anew.
 */
export function givesUp(before: ReleaseState, after: ReleaseState): boolean {
  const turned = before.direction === 'forward' && after.direction === 'back';
  const seenBad = after.evidence.decision?.verdict === 'bad';
  return (turned && !seenBad) || after.outcome === 'failed';
}
