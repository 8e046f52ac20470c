/**
 * Looks in every phase whether the route still is what the release wrote, and puts it right within a
 * bound; if others keep on changing it, theirs is the last word, and the release turns back. Nothing is
 * taken away while a route that others wrote leads to it.
 */
import { formatDuration } from '../../../base/duration.ts';
import { because, type Instant, type Side } from '../../../base/vocabulary.ts';
import type { Action } from '../../../cluster/action.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { sidesOfTwo } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { routerOf } from '../../../routers/registry.ts';
import { interfered, isFight } from '../../../state/interference.ts';
import type { Interference, TwoSidedState } from '../../../state/state.ts';
import { ended, enter } from '../../../state/transitions.ts';
import { driftAmong, isRouteAsFound, type RouteDrift } from '../../common/drift.ts';
import { type Guarded, stay, type Transition } from '../../strategy.ts';
import { phaseOf, reversed } from '../phase-registry.ts';
import { IN_PLACE } from '../route/expected.ts';
import { ledRight, misled } from '../route/misled.ts';
import { orWhoServes } from '../transition.ts';
import { ledNowhere } from './led-nowhere.ts';

/** A write is seen by then, and so is another that undoes it. */
const RIGHT_WITHIN_MS = 10_000;

export function guardRoute(
  plan: TwoSidedPlan,
  before: TwoSidedState,
  seen: Observation,
): Guarded<TwoSidedState> {
  const nowhere = ledNowhere(plan, before, seen);
  const rests = nowhere
    ? { drift: nowhere, mending: IN_PLACE, always: false }
    : phaseOf(before).expectedRoute(plan, before, seen);
  if (!rests) return { state: settled(before) };
  const { drift } = rests;
  if (!drift) return { state: settled(ledRight(before, seen.at)) };
  const state = misled(before, seen.at);
  const { object, what, by } = drift;
  const note = (response: Interference['response']) =>
    interfered(state, { at: seen.at, object, what, by, response });
  if (drift.kind === 'gone') return { state, step: awaited(plan, state, seen, drift) };
  if (drift.kind === 'foreign') {
    const why = `somebody changed ${what.replace('its', 'the')} of ${object} meanwhile: ${by}; both versions are left running, and the route is left as it is`;
    return {
      state,
      step: stay(ended(note('left'), seen.at, 'failed', because('changed-by-others', why)), ''),
    };
  }
  const { repairing } = state;
  if (repairing?.object === object && !repairing.isGone) {
    // Written in place again and again, and never seen right: that is a fight as well.
    const isLost = rests.always !== true && seen.at - repairing.since >= RIGHT_WITHIN_MS;
    if (isLost) return { state, step: lost(plan, note('turned-back'), seen, drift) };
    return { state, step: stay(state, `${what} of ${object} to be right again`, drift.repair) };
  }
  // The route that was gone is there again, and the Service is as the release itself has led it meanwhile.
  const isBack = repairing?.isGone === true && repairing.object !== object;
  if (!isBack && rests.always !== true && isFight(state, { object, by, at: seen.at })) {
    return { state, step: lost(plan, note('turned-back'), seen, drift) };
  }
  const noted = isBack ? state : note('repaired');
  // What is paused keeps its phase; nothing is counted as watching then.
  if (rests.mending.kind === 'in-place' || state.wait.kind === 'paused') {
    const repairing = { ...noted, repairing: { object, since: seen.at, isGone: false } };
    const waitingFor = `${what} of ${object} to be right again: ${by} changed it`;
    return { state, step: stay(repairing, waitingFor, drift.repair) };
  }
  return { state, step: stay(rests.mending.from(settled(noted)), '') };
}

/**
 * Without the route requests go wherever the Service leads, which names both sides: to one of them alone
 * then, as soon as no proxy can still send to the other by the route that it has not heard to be gone.
 */
function ledByService(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  goneSince: Instant,
): { readonly side: Side; readonly actions: readonly Action[] } | undefined {
  const { loser, stepInForce } = phaseOf(state);
  const wanted = loser !== 'kept' && state.direction === 'forward' ? 'candidate' : 'stable';
  // Until the stable has pods again on the way back, whoever serves is better than no one.
  const side = orWhoServes(sidesOfTwo(plan, seen), wanted);
  const change = routerOf(plan.routing).unrouted?.(plan, seen, side);
  if (change === undefined || change.kind === 'blocked') return undefined;
  const isHeard = seen.at - goneSince >= plan.settings.drain.minMs;
  const isDue = isHeard || stepInForce(state) < 0;
  return { side, actions: change.kind === 'write' && isDue ? change.actions : [] };
}

function settled(state: TwoSidedState): TwoSidedState {
  return state.repairing === undefined ? state : { ...state, repairing: undefined };
}

/** Gone for a moment is how some tools replace an object; gone for longer is for a person. */
function awaited(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  { object, what, by }: RouteDrift,
) {
  const { repairing } = state;
  const since = repairing?.object === object && repairing.isGone ? repairing.since : undefined;
  if (since === undefined) {
    const noted = interfered(state, { at: seen.at, object, what, by, response: 'held' });
    const held = { ...noted, repairing: { object, since: seen.at, isGone: true } };
    const first = ledByService(plan, state, seen, seen.at);
    return stay(held, `${object} to be there again: somebody deleted it`, first?.actions);
  }
  const { readyMs } = plan.settings.limits;
  const led = ledByService(plan, state, seen, since);
  if (seen.at - since < readyMs || (led && led.actions.length > 0)) {
    return stay(state, `${object} to be there again`, led?.actions);
  }
  const gone = `${object} is gone, for ${formatDuration(readyMs)} now`;
  // The Service leads to the stable alone: that is where the way back leads as well.
  if (led?.side === 'stable' && state.direction === 'forward') {
    const why = because('object-gone', `${gone}: create it again`);
    return stay(reversed(state, seen.at, why), '');
  }
  const text = `${gone}; both versions are left running: create it again`;
  return stay(ended(state, seen.at, 'failed', because('object-gone', text)), '');
}

/** So often a phase writes the same route; conflicts with writes of a status are among them. */
const MOST_WRITES = 12;

/** What a phase writes and does not find in force again and again is somebody else's as well. */
export function boundedWrites(
  plan: TwoSidedPlan,
  before: TwoSidedState,
  step: Transition<TwoSidedState>,
  seen: Observation,
): Transition<TwoSidedState> {
  const { phase, since } = before;
  if (!phaseOf(before).writesRoutes || step.state.phase !== phase || step.actions.length === 0)
    return step;
  const times = before.writes?.since === since ? before.writes.times + 1 : 1;
  const state = { ...step.state, writes: { since, times } };
  const drift = driftAmong(plan, seen, [{ kind: 'write', text: '', actions: step.actions }]);
  if (times <= MOST_WRITES || !drift) return { ...step, state };
  const { object, what, by } = drift;
  return lost(
    plan,
    interfered(misled(state, seen.at), {
      at: seen.at,
      object,
      what,
      by,
      response: 'turned-back',
    }),
    seen,
    drift,
  );
}

/** Somebody else has the last word; forward that is the way back, and on the way back a person's turn. */
function lost(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  { object, what, by, advice }: RouteDrift,
) {
  const cause = `${by} keeps on changing ${what.replace('its', 'the')} of ${object} while the release runs${advice}`;
  if (state.direction === 'back') {
    // The way it was found is where the way back leads to: it is left there, and the rest follows.
    if (state.conceded !== true && isRouteAsFound(plan, seen)) {
      return stay({ ...enter(state, 'switching', seen.at), conceded: true }, '');
    }
    const both = `${state.cause}; ${cause}; both versions are left running`;
    return stay(ended({ ...state, cause: both }, seen.at, 'failed'), '');
  }
  const back = reversed(reaching(plan, state, seen), seen.at, because('changed-by-others', cause));
  return stay({ ...back, conceded: true }, '');
}

/** A route that is left as others wrote it may reach the candidate before its turn: then its pods have to drain. */
function reaching(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): TwoSidedState {
  const { candidate } = sidesOfTwo(plan, seen);
  const isEarly = !phaseOf(state).mayServe(state);
  return isEarly && candidate.length > 0 ? { ...state, phase: 'switching' } : state;
}
