/**
 * rolling: one workload, whose pods are replaced by the cluster itself, as carefully as the release
 * has told it to.
 */

import { because } from '../../base/vocabulary.ts';
import type { Observation } from '../../cluster/observation.ts';
import { sidesOfOne } from '../../plan/own-pods.ts';
import type { RollingPlan } from '../../plan/plan.ts';
import type { RollingState } from '../../state/state.ts';
import { ended, enter, turnedBack } from '../../state/transitions.ts';
import { beginning, type Strategy, stay, type Transition } from '../strategy.ts';
import { holdRolling } from './actions.ts';
import { guardRolling } from './guard.ts';
import { phaseOf } from './phase-registry.ts';
import { isOver, workloadIn } from './workload.ts';

function nextOf(
  plan: RollingPlan,
  state: RollingState,
  seen: Observation,
): Transition<RollingState> {
  if (!isOver(state) && !workloadIn(plan, seen)) {
    const kind = plan.statefulSet ? 'StatefulSet' : 'deployment';
    const cause = because('object-gone', `${kind} ${plan.workload.name} is gone`);
    return stay(ended(state, seen.at, 'failed', cause), '');
  }
  return phaseOf(state).next(plan, state, seen);
}

export const rolling: Strategy<RollingPlan, RollingState> = {
  begin: (_plan, at) => ({ ...beginning(at), strategy: 'rolling', phase: 'rolling' }),

  next: nextOf,

  guard: guardRolling,

  needs: (plan, state, seen) => phaseOf(state).needs(plan, state, seen),

  waitsFor: (state) => phaseOf(state).waitsFor,

  endsPods: (state) => phaseOf(state).waitsFor === 'end',

  // Pods that are ready serve, and no weight says how much.
  weight: () => undefined,

  conclude: (state, at) =>
    phaseOf(state).waitsFor === 'validation' ? enter(state, 'settling', at) : state,

  turnBack: (state, at, cause) =>
    phaseOf(state).waitsFor === 'end' ? state : turnedBack(state, 'rolling', at, cause),

  // One write takes the old template back; a Deployment does the rest, watched or not. The pods of a
  // StatefulSet are ended by the process that comes next.
  interrupt: (plan, state, seen, cause) => {
    const { waitsFor } = phaseOf(state);
    if (state.direction === 'back' || waitsFor === 'validation' || waitsFor === 'end') {
      return stay(state, '');
    }
    return nextOf(plan, turnedBack(state, 'rolling', seen.at, cause), seen);
  },

  hold: (plan, state, seen) => (phaseOf(state).replacesPods ? holdRolling(plan, seen) : []),

  sides: sidesOfOne,
};
