/** rolling as a strategy; what each of its phases does is in rolling-phases.ts. */
import { isServing } from '../kubernetes/pods.ts';
import type { RollingPlan } from '../release/plan.ts';
import { enter, turned } from '../release/progress.ts';
import type { RollingState } from '../release/state.ts';
import { candidatePods, nextRolling, stablePods } from './rolling-phases.ts';
import { beginning, type Strategy } from './strategy.ts';

const READING_MS = 1_000;

export const rolling: Strategy<RollingPlan, RollingState> = {
  begin: (_plan, at) => ({ ...beginning(at), strategy: 'rolling', phase: 'rolling' }),

  next: nextRolling,

  needs: (plan, state, seen) => {
    const judged = state.phase === 'rolling' || state.phase === 'monitoring';
    if (!judged || state.direction === 'back' || plan.metrics.kind === 'none') return [];
    const pods = candidatePods(plan, seen).filter(isServing);
    return [{ kind: 'readings', pods: pods.map((pod) => pod.metadata.name), everyMs: READING_MS }];
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

  // One write takes the old template back; the cluster itself does the rest, watched or not.
  interrupt: (plan, state, seen, cause) => {
    const unwatched = state.phase === 'rolling' || state.phase === 'monitoring';
    if (state.direction === 'back' || !unwatched) {
      return { state, actions: [], waitingFor: '' };
    }
    return nextRolling(plan, turned(state, 'rolling', seen.at, cause), seen);
  },

  sides: (plan, seen) => ({
    stable: stablePods(plan, seen),
    candidate: candidatePods(plan, seen),
  }),
};
