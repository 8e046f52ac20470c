/** rolling as a strategy; what each of its phases does is in rolling-phases.ts. */

import type { Observation } from '../../cluster/observation.ts';
import { isServing } from '../../kubernetes/pods/pods.ts';
import { sidesOfOne } from '../../plan/own-pods.ts';
import type { RollingPlan } from '../../plan/plan.ts';
import type { RollingState } from '../../state/state.ts';
import { enter, turnedBack } from '../../state/transitions.ts';
import { beginning, type Strategy } from '../strategy.ts';
import { holdRolling } from './actions.ts';
import { guardRolling } from './guard.ts';
import { nextRolling } from './phases/rolling.ts';
import { needsOnTheWayBack } from './stateful-set/back.ts';
import { nextStatefulSet } from './stateful-set/rolling.ts';

function nextOf(plan: RollingPlan, state: RollingState, seen: Observation) {
  return plan.statefulSet
    ? nextStatefulSet(plan, plan.statefulSet, state, seen)
    : nextRolling(plan, state, seen);
}

export const rolling: Strategy<RollingPlan, RollingState> = {
  begin: (_plan, at) => ({ ...beginning(at), strategy: 'rolling', phase: 'rolling' }),

  next: nextOf,

  guard: guardRolling,

  needs: (plan, state, seen) => {
    const judged = state.phase === 'rolling' || state.phase === 'monitoring';
    if (!judged) return [];
    if (state.direction === 'back') return needsOnTheWayBack(plan, state);
    const { stable, candidate } = sidesOfOne(plan, seen);
    const pods = [...stable, ...candidate].filter(isServing);
    const names = pods.map((pod) => pod.metadata.name);
    const { everyMs } = plan.settings.podMetrics;
    return [{ kind: 'readings', pods: names, everyMs }, { kind: 'metrics' }];
  },

  conclude: (state, at) => (state.phase === 'holding' ? enter(state, 'settling', at) : state),

  turnBack: (state, at, cause) => {
    switch (state.phase) {
      case 'rolling':
      case 'monitoring':
      case 'holding':
        return turnedBack(state, 'rolling', at, cause);
      case 'settling':
      case 'done':
        return state;
    }
  },

  // One write takes the old template back; a Deployment does the rest, watched or not. The pods of a
  // StatefulSet are ended by whoever comes next.
  interrupt: (plan, state, seen, cause) => {
    const unwatched = state.phase === 'rolling' || state.phase === 'monitoring';
    if (state.direction === 'back' || !unwatched) {
      return { state, actions: [], waitingFor: '' };
    }
    return nextOf(plan, turnedBack(state, 'rolling', seen.at, cause), seen);
  },

  hold: holdRolling,

  sides: sidesOfOne,
};
