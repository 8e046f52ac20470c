/**
 * Sees to the autoscaler whatever a phase does, and notices who puts it back: within a bound it is
 * written again, then the release turns back and leaves it, so that what serves at the end is scaled.
 */

import { because } from '../../../base/vocabulary.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { writerText } from '../../../kubernetes/field-managers.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { autoscalerIn } from '../../../plan/two-sided/autoscaler.ts';
import { interfered, isFight } from '../../../state/interference.ts';
import type { TwoSidedState } from '../../../state/state.ts';
import type { Transition } from '../../strategy.ts';
import { autoscalerActions } from '../autoscaler.ts';
import { phaseOf, reversed } from '../phase-registry.ts';

type Step = Transition<TwoSidedState>;

/** So often one write is tried; conflicts with the controller's own status are among them. */
const MOST_WRITES = 6;

export function scaled(plan: TwoSidedPlan, step: Step, seen: Observation): Step {
  const { state } = step;
  const { scaling } = state;
  const [action] = autoscalerActions(plan, state, seen, phaseOf(state));
  if (!action) {
    return scaling === undefined || scaling.isSeen
      ? step
      : { ...step, state: { ...state, scaling: { ...scaling, isSeen: true } } };
  }
  const { id } = action;
  const times = scaling?.id === id ? scaling.times + 1 : 1;
  const written = { ...state, scaling: { id, isSeen: false, times } };
  const actions = [action, ...step.actions];
  const isPutBack = scaling?.id === id && scaling.isSeen;
  if (!isPutBack && times <= MOST_WRITES) return { ...step, state: written, actions };
  const object = `autoscaler ${plan.autoscaler?.name}`;
  const by = writerText(autoscalerIn(plan, seen), ['spec']);
  const change = { at: seen.at, object, what: 'its target or its least', by } as const;
  if (times <= MOST_WRITES && !isFight(state, { object, by, at: seen.at })) {
    return { ...step, state: interfered(written, { ...change, response: 'repaired' }), actions };
  }
  return left(step, interfered(state, { ...change, response: 'turned-back' }), seen, object, by);
}

function left(step: Step, state: TwoSidedState, seen: Observation, object: string, by: string) {
  const text = `${by} keeps on putting ${object} back while the release runs: what serves after it would be left unscaled; use strategy rolling, or pause what keeps the autoscaler`;
  const cause = because('changed-by-others', text);
  const back = state.direction === 'back' ? state : reversed(state, seen.at, cause);
  return { ...step, state: { ...back, scalingLeft: true } };
}
