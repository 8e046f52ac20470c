/**
 * blue-green, canary and blue-green-with-canary: one machine, and a plan that says by which steps the
 * traffic moves and how large the candidate is meanwhile.
 */

import { because } from '../../base/vocabulary.ts';
import type { Observation } from '../../cluster/observation.ts';
import { type Sides, sidesOfTwo } from '../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../plan/plan.ts';
import { weightText } from '../../plan/sizing.ts';
import { routerOf } from '../../routers/registry.ts';
import type { TwoSidedState } from '../../state/state.ts';
import { enter, turnedBack } from '../../state/transitions.ts';
import { measureStableBefore } from '../common/stable-before.ts';
import { beginning, type Guarded, type Strategy, stay } from '../strategy.ts';
import { autoscalerActions } from './autoscaler.ts';
import { scaled } from './guards/autoscaler.ts';
import { trespass } from './guards/neighbours.ts';
import { boundedWrites, guardRoute } from './guards/route.ts';
import { guardSizes } from './guards/size.ts';
import { followed, followRestarts } from './guards/stable-restarts.ts';
import { guardTemplates } from './guards/template.ts';
import { phaseOf, turnBack } from './phase-registry.ts';
import { FIRST_ROUTE_CHANGE } from './route/changes.ts';
import { stableNeeded } from './sizes.ts';
import { isOver, serving } from './transition.ts';

export const twoSided: Strategy<TwoSidedPlan, TwoSidedState> = {
  begin: ({ strategy }, at) => ({
    ...beginning(at),
    strategy,
    phase: 'routing',
    step: 0,
    stage: FIRST_ROUTE_CHANGE,
  }),

  next: (planned, before, seen) => {
    // On the way back the stable is followed also where a part of the cluster cannot be seen: there no guard looks.
    const isBack = before.direction === 'back';
    const led = isBack ? followRestarts(followed(planned, before), before, seen) : undefined;
    const state = led?.state ?? before;
    const plan = followed(planned, state);
    if (led?.step) return scaled(plan, led.step, seen);
    const sides = sidesOfTwo(plan, seen);
    const known = withBaseline(plan, withoutTrespass(plan, state, seen), seen, sides);
    const next = phaseOf(known).next(plan, known, seen, sides);
    return scaled(plan, boundedWrites(plan, state, next, seen), seen);
  },

  guard: (plan, state, seen) => {
    const guarded = guardAll(followed(plan, state), state, seen);
    return guarded.step ? { ...guarded, step: scaled(plan, guarded.step, seen) } : guarded;
  },

  needs: (planned, state, seen) => {
    const plan = followed(planned, state);
    return phaseOf(state).needs(plan, state, seen, sidesOfTwo(plan, seen));
  },

  waitsFor: (state) => phaseOf(state).waitsFor,

  endsPods: (state) => phaseOf(state).loser !== 'kept',

  weight: (plan, state) => {
    const step = phaseOf(state).isAboutWeight ? plan.steps[state.step] : undefined;
    return step && (state.direction === 'back' ? '0%' : weightText(plan, step));
  },

  conclude: (state, at) =>
    phaseOf(state).waitsFor === 'validation'
      ? enter({ ...state, stage: FIRST_ROUTE_CHANGE }, 'landing', at)
      : state,

  turnBack,

  interrupt: (planned, state, seen, cause) => {
    const plan = followed(planned, state);
    if (state.direction === 'back' || !isUnwatched(state)) return stay(state, '');
    const back = turnedBack(state, 'switching', seen.at, cause);
    const safe = serving(sidesOfTwo(plan, seen).stable) >= stableNeeded(plan, seen);
    if (!safe) return stay({ ...back, phase: 'preparing' }, '');
    return stay(back, '', routerOf(plan.routing).shift(plan, seen, 0));
  },

  // Nothing moves by itself between two writes of a release, but for the autoscaler.
  hold: (plan, state, seen) => autoscalerActions(plan, state, seen, phaseOf(state)),

  sides: sidesOfTwo,
};

/** One after the other: the first that has something to do is the one that does it. */
function guardAll(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation) {
  const guards = [guardTemplates, followRestarts, guardSizes, guardRoute];
  return guards.reduce<Guarded<TwoSidedState>>(
    (before, guard) =>
      before.step ? before : guard(followed(plan, before.state), before.state, seen),
    { state },
  );
}

/** Turned back where a pod of somebody else is reached by what the release wrote. */
function withoutTrespass(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): TwoSidedState {
  if (state.direction === 'back' || isOver(state)) return state;
  const why = trespass(plan, state, seen);
  return why === undefined ? state : turnBack(state, seen.at, because('foreign-pods', why));
}

/** As long as no request can reach the candidate, what is counted is the stable alone. */
function withBaseline(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  sides: Sides,
): TwoSidedState {
  return phaseOf(state).mayServe(state) ? state : measureStableBefore(plan, state, seen, sides);
}

/** The candidate may have requests, and once this process has ended none looks at how it does. */
function isUnwatched(state: TwoSidedState): boolean {
  const { waitsFor, mayServe } = phaseOf(state);
  return mayServe(state) && waitsFor !== 'validation' && waitsFor !== 'end';
}
