/** rolling as a strategy; what each of its phases does is in rolling-phases.ts. */
import { isServing } from '../kubernetes/pods.ts';
import type { Observation } from '../release/observation.ts';
import { sidesOfOne } from '../release/own-pods.ts';
import type { RollingPlan } from '../release/plan.ts';
import { enter, turned } from '../release/progress.ts';
import type { RollingState } from '../release/state.ts';
import { holdRolling } from './rolling-actions.ts';
import { guardRolling } from './rolling-guard.ts';
import { nextRolling } from './rolling-phases.ts';
import { nextStatefulSet } from './rolling-stateful-set.ts';
import { needsOnTheWayBack } from './stateful-set-back.ts';
import { beginning, type Strategy } from './strategy.ts';

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
        return turned(state, 'rolling', at, cause);
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
    return nextOf(plan, turned(state, 'rolling', seen.at, cause), seen);
  },

  hold: holdRolling,

  sides: sidesOfOne,
};
