/** blue-green as a strategy; what each of its phases does is in blue-green-phases.ts. */
import { isServing } from '../kubernetes/pods.ts';
import type { Need, Observation } from '../release/observation.ts';
import type { BlueGreenPlan } from '../release/plan.ts';
import { enter, turned } from '../release/progress.ts';
import type { BlueGreenState } from '../release/state.ts';
import { selectSide } from '../routers/service.ts';
import { sidesOf } from './blue-green-actions.ts';
import { answersKey, nextBlueGreen, smokeKey } from './blue-green-phases.ts';
import { beginning, type Strategy } from './strategy.ts';

const READING_MS = 1_000;

export const blueGreen: Strategy<BlueGreenPlan, BlueGreenState> = {
  begin: (_plan, at) => ({ ...beginning(at), strategy: 'blue-green', phase: 'preparing' }),

  next: nextBlueGreen,

  needs: (plan, state, seen) => {
    const sides = sidesOf(plan, seen);
    const everyone = [...sides.stable, ...sides.candidate].filter(isServing);
    const readings: Need[] =
      plan.metrics.kind === 'pods'
        ? [{ kind: 'readings', pods: namesOf(everyone), everyMs: READING_MS }]
        : [];
    const key = answersKey(plan, state);
    switch (state.phase) {
      case 'testing': {
        const pods = namesOf(sides.candidate.filter(isServing));
        return [...readings, { kind: 'smoke', key: smokeKey(plan, state), pods }];
      }
      case 'confirming':
        return key && state.endpointsSince !== undefined
          ? [...readings, { kind: 'answers', key, side: 'candidate' }]
          : readings;
      case 'switching':
      case 'monitoring':
      case 'draining':
        return readings;
      case 'preparing':
      case 'holding':
      case 'retiring':
      case 'done':
        return [];
    }
  },

  conclude: (state, at) => (state.phase === 'holding' ? enter(state, 'draining', at) : state),

  turnBack: (state, at, cause) => {
    switch (state.phase) {
      case 'preparing':
      case 'testing':
        // No request has reached the candidate, and none will: it can go as it is.
        return turned(state, 'retiring', at, cause);
      case 'switching':
      case 'confirming':
      case 'monitoring':
      case 'holding':
        return turned(state, 'preparing', at, cause);
      case 'draining':
      case 'retiring':
      case 'done':
        // Found good and concluded: from here on, finishing is the safe way.
        return state;
    }
  },

  interrupt: (plan, state, seen, cause) => {
    const unwatched = ['switching', 'confirming', 'monitoring'].includes(state.phase);
    if (state.direction === 'back' || !unwatched) {
      return { state, actions: [], waitingFor: '' };
    }
    const back = turned(state, 'switching', seen.at, cause);
    const safe = sidesOf(plan, seen).stable.filter(isServing).length >= plan.floor;
    const actions =
      seen.service && safe
        ? [selectSide(plan.release, seen.service, plan.selectors, 'stable')]
        : [];
    return { state: safe ? back : { ...back, phase: 'preparing' }, actions, waitingFor: '' };
  },

  sides: sidesOf,
};

function namesOf(pods: Observation['pods']): string[] {
  return pods.map((pod) => pod.metadata.name);
}
