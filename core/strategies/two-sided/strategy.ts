/**
 * blue-green, canary and blue-green-with-canary: one machine, and a plan that says by which steps the
 * traffic moves and how large the candidate is meanwhile.
 */

import type { Need, Observation } from '../../cluster/observation.ts';
import { isServing } from '../../kubernetes/pods/pods.ts';
import { sidesOfTwo } from '../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../plan/plan.ts';
import { routerOf } from '../../routers/registry.ts';
import type { TwoSidedState } from '../../state/state.ts';
import { enter, turnedBack } from '../../state/transitions.ts';
import { measureStableBefore, needsBefore } from '../common/stable-before.ts';
import { beginning, type Guarded, type Strategy, stay, type Transition } from '../strategy.ts';
import { autoscalerActions } from './autoscaler.ts';
import { connectionsNeed } from './drain/connections.ts';
import { probeNeed } from './drain/probe.ts';
import { scaled } from './guards/autoscaler.ts';
import { trespass } from './guards/neighbours.ts';
import { boundedWrites, guardRoute } from './guards/route.ts';
import { guardSizes } from './guards/size.ts';
import { followed, followRestarts } from './guards/stable-restarts.ts';
import { guardTemplates } from './guards/template.ts';
import { answersKey, confirm } from './phases/confirming.ts';
import { cleanUp, drain, finalizeRoutes, loserOf, retire } from './phases/draining.ts';
import { monitor } from './phases/monitoring.ts';
import {
  prepareCandidate,
  prepareStable,
  probed,
  route,
  smokeKey,
  stableNeeded,
  test,
} from './phases/preparing.ts';
import { switchTo } from './phases/switching.ts';
import { FIRST_ROUTE_CHANGE } from './route/changes.ts';
import { serving, turnBack } from './transition.ts';

export const twoSided: Strategy<TwoSidedPlan, TwoSidedState> = {
  begin: ({ strategy }, at) => ({
    ...beginning(at),
    strategy,
    phase: 'routing',
    step: 0,
    stage: FIRST_ROUTE_CHANGE,
  }),

  next: (planned, state, seen) => {
    const plan = followed(planned, state);
    const known = withBaseline(plan, heeding(plan, state, seen), seen);
    const next = nextInPhase(plan, known, seen);
    return scaled(plan, boundedWrites(plan, state, next, seen), seen);
  },

  guard: (plan, state, seen) => {
    const guarded = guardAll(followed(plan, state), state, seen);
    return guarded.step ? { ...guarded, step: scaled(plan, guarded.step, seen) } : guarded;
  },

  needs: (planned, state, seen) => {
    const plan = followed(planned, state);
    const sides = sidesOfTwo(plan, seen);
    const everyone = [...sides.stable, ...sides.candidate].filter(isServing);
    const { everyMs } = plan.settings.podMetrics;
    const readings: Need[] = [{ kind: 'readings', pods: namesOf(everyone), everyMs }];
    const judging: Need[] =
      state.direction === 'forward' ? [...readings, { kind: 'metrics' }] : readings;
    const before =
      state.direction === 'forward'
        ? needsBefore(plan, namesOf(sides.stable.filter(isServing)))
        : [];
    switch (state.phase) {
      case 'testing': {
        if (probed(plan, state, seen, sides).kind !== 'go') {
          return [...readings, ...probeNeed(plan, seen, sides.candidate)];
        }
        const pods = namesOf(sides.candidate.filter(isServing));
        return [...readings, { kind: 'smoke', key: smokeKey(plan, state), pods }];
      }
      case 'confirming': {
        const key = answersKey(plan, state);
        return key && state.endpointsSince !== undefined
          ? [...judging, { kind: 'answers', key, side: 'candidate' }]
          : judging;
      }
      case 'preparing':
        return state.step > 0 ? judging : before;
      case 'switching':
      case 'monitoring':
        return judging;
      case 'draining': {
        const leaving = sides[loserOf(state)].filter(isServing);
        return [...readings, ...connectionsNeed(plan, state, leaving)];
      }
      case 'routing':
        return before;
      case 'holding':
      case 'landing':
      case 'retiring':
      case 'tidying':
      case 'done':
        return [];
    }
  },

  conclude: (state, at) =>
    state.phase === 'holding'
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
  hold: autoscalerActions,

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
function heeding(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): TwoSidedState {
  if (state.direction === 'back' || state.phase === 'done') return state;
  const cause = trespass(plan, state, seen);
  return cause === undefined ? state : turnBack(state, seen.at, cause);
}

/** Until the first weight is written, what is counted is the stable alone. */
function withBaseline(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): TwoSidedState {
  const { phase, step } = state;
  const isBefore =
    step === 0 && (phase === 'routing' || phase === 'preparing' || phase === 'testing');
  return isBefore ? measureStableBefore(plan, state, seen, sidesOfTwo(plan, seen)) : state;
}

function nextInPhase(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): Transition<TwoSidedState> {
  const sides = sidesOfTwo(plan, seen);
  switch (state.phase) {
    case 'routing':
      return route(plan, state, seen);
    case 'preparing':
      return state.direction === 'forward'
        ? prepareCandidate(plan, state, seen, sides)
        : prepareStable(plan, state, seen, sides);
    case 'testing':
      return test(plan, state, seen, sides);
    case 'switching':
      return switchTo(plan, state, seen, sides);
    case 'confirming':
      return confirm(plan, state, seen, sides);
    case 'monitoring':
      return monitor(plan, state, seen, sides);
    case 'holding':
      return stay(state, 'somebody to conclude');
    case 'landing':
      return finalizeRoutes(plan, state, seen);
    case 'draining':
      return drain(plan, state, seen, sides);
    case 'retiring':
      return retire(plan, state, seen, sides);
    case 'tidying':
      return cleanUp(plan, state, seen);
    case 'done':
      return stay(state, 'nothing');
  }
}

/** The candidate has requests, and nobody will look at how it does once this process has ended. */
function isUnwatched({ phase, step }: TwoSidedState): boolean {
  const moving = phase === 'switching' || phase === 'confirming' || phase === 'monitoring';
  return moving || (phase === 'preparing' && step > 0);
}

function namesOf(pods: Observation['pods']): string[] {
  return pods.map((pod) => pod.metadata.name);
}
