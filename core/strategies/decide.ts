/** One decision: what the strategy makes of a look, within the limits that hold for every strategy. */
import { account, NOTHING_KNOWN } from '../availability/availability.ts';
import { because } from '../base/vocabulary.ts';
import type { Observation } from '../cluster/observation.ts';
import type { Plan } from '../plan/plan.ts';
import { type Stale, seenAgain, staleness, takesAway } from '../state/freshness.ts';
import type { ReleaseState } from '../state/state.ts';
import { noting } from '../state/transitions.ts';
import { overdue } from './overdue.ts';
import { strategyOf } from './registry.ts';
import type { Transition } from './strategy.ts';

export function decide(
  plan: Plan,
  begun: ReleaseState,
  seen: Observation,
): Transition<ReleaseState> {
  const state = accounting(plan, begun, seen);
  const blind = staleness(plan, seen);
  return blind
    ? inTheDark(plan, state, seen, blind)
    : insight(plan, seenAgain(state, seen.at), seen);
}

function insight(plan: Plan, before: ReleaseState, seen: Observation): Transition<ReleaseState> {
  const strategy = strategyOf(plan);
  const { state, step } = strategy.guard(plan, before, seen);
  if (step) return step;
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

/** In every phase and in both directions it is counted what becomes of the service's requests. */
export function accounting(plan: Plan, state: ReleaseState, seen: Observation): ReleaseState {
  const before = state.evidence.availability ?? NOTHING_KNOWN;
  const { availability, mark } = account(
    before,
    state.mark,
    seen,
    strategyOf(plan).sides(plan, seen),
  );
  return { ...noting(state, { availability }), mark };
}

/**
 * What is seen is too old. Nothing goes forward and nothing is taken away; what the pods themselves tell
 * is taken in all the same, and is reason enough to turn back.
 */
function inTheDark(
  plan: Plan,
  before: ReleaseState,
  seen: Observation,
  blind: Stale,
): Transition<ReleaseState> {
  const strategy = strategyOf(plan);
  const state = { ...before, blindSince: before.blindSince ?? blind.since };
  const waitingFor = `a look at the cluster: ${blind.why}`;
  const step = strategy.next(plan, state, seen);
  if (state.direction === 'back') {
    // Traffic may be brought back to the stable. What comes after that ends pods.
    const goesOn = step.state.outcome === undefined && !strategy.endsPods(step.state);
    if (!goesOn) return { state, actions: [], waitingFor };
    const safe = step.actions.filter((action) => !takesAway(action, seen));
    // What is not done now is not remembered as done either: its time would begin anew at every look.
    const isWhole = safe.length === step.actions.length;
    return { state: isWhole ? step.state : state, actions: safe, waitingFor };
  }
  const turnsBack = step.state.direction === 'back';
  if (turnsBack && step.state.evidence.decision?.verdict === 'bad') {
    return { state: step.state, actions: [], waitingFor };
  }
  if (!blind.isAway && seen.at - blind.from >= blind.limitMs) {
    const cause = because('cluster-unseen', `turned back unseen: ${blind.why}`);
    const back = strategy.turnBack(state, seen.at, cause);
    return { state: back, actions: [], waitingFor };
  }
  const { tally } = turnsBack ? state : step.state;
  return { state: { ...state, tally }, actions: [], waitingFor };
}

/**
 * Whether a decision gives up on what was waited for and not seen. It is worth another look: a watch
 * that has fallen silent shows what was, until the objects are listed again.
 */
export function givesUp(before: ReleaseState, after: ReleaseState): boolean {
  const turned = before.direction === 'forward' && after.direction === 'back';
  // Another look would bring nothing new: the cluster cannot be seen.
  if (after.blindSince !== undefined) return false;
  const seenBad = after.evidence.decision?.verdict === 'bad';
  return (turned && !seenBad) || after.outcome === 'failed';
}
