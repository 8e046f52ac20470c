/**
 * Looks whether the workload of a rolling release still is what the release wrote: its pod template,
 * how it rolls, that it is not paused, that it has pods at all. What somebody else released into it is
 * never called promoted.
 */
import { sameJson } from '../../base/json.ts';
import { because } from '../../base/vocabulary.ts';
import { type Action, actionId, type PatchOperation, patchOf } from '../../cluster/action.ts';
import type { Observation } from '../../cluster/observation.ts';
import { ownerReleaseOf } from '../../cluster/ownership.ts';
import { writerText } from '../../kubernetes/field-managers.ts';
import { workloadText } from '../../kubernetes/workload.ts';
import type { Deployment } from '../../kubernetes/workload-objects.ts';
import type { RollingPlan } from '../../plan/plan.ts';
import { interfered, isFight } from '../../state/interference.ts';
import type { RollingState } from '../../state/state.ts';
import { enter, turnedBack } from '../../state/transitions.ts';
import { templateChange } from '../common/template-change.ts';
import { type Guarded, stay } from '../strategy.ts';
import { carefully, undoMark } from './actions.ts';
import { phaseOf } from './phase-registry.ts';
import { isOver, workloadIn } from './workload.ts';

type Decided = Guarded<RollingState>;

export function guardRolling(plan: RollingPlan, state: RollingState, seen: Observation): Decided {
  const workload = workloadIn(plan, seen);
  if (isOver(state) || !workload) return { state };
  const writes =
    ownerReleaseOf(workload) === plan.release || ownerReleaseOf(workload) === undoMark(plan);
  // Before the release's own write there is nothing that it has written.
  if (!writes) return { state };
  const template =
    state.direction === 'forward' ? guardTemplate(plan, state, seen, workload) : { state };
  return template.step ? template : guardRollout(plan, template.state, seen, workload);
}

function guardTemplate(
  plan: RollingPlan,
  state: RollingState,
  seen: Observation,
  workload: Deployment,
): Decided {
  const change = templateChange(plan, state, seen, workload);
  switch (change.kind) {
    case 'none':
      return { state };
    case 'first':
      return { state: change.state };
    case 'restarted': {
      // Pods that are started anew have not been watched.
      const watched = phaseOf(state).waitsFor === 'time' && state.wait.kind !== 'paused';
      return { state: watched ? enter(change.state, 'rolling', seen.at) : change.state };
    }
    case 'replaced': {
      const cause = because('changed-by-others', change.why);
      const back = turnedBack(change.note('turned-back'), 'rolling', seen.at, cause);
      return { state, step: stay(back, '') };
    }
  }
}

/** What keeps the rollout from being as careful as the release made it, or from going on at all. */
function guardRollout(
  plan: RollingPlan,
  state: RollingState,
  seen: Observation,
  workload: Deployment,
): Decided {
  const { spec } = workload;
  const object = workloadText(workload);
  const again = (what: string, field: string, operation: PatchOperation): Decided => {
    const by = writerText(workload, ['spec', field]);
    const changed = { at: seen.at, object, what, by } as const;
    if (isFight(state, changed)) {
      return fought(interfered(state, { ...changed, response: 'turned-back' }), seen, object);
    }
    const noted = interfered(state, { ...changed, response: 'repaired' });
    const action: Action = {
      id: actionId(plan.release, `${field}-again`, plan.workload.name),
      text: `give ${object} ${what.replace('its', 'the')} of the release again`,
      effect: patchOf(workload, [operation]),
    };
    return { state, step: stay(noted, `${what} of ${object} to be right again`, [action]) };
  };
  if (spec.replicas === 0 && plan.workload.replicas > 0) {
    const value = plan.workload.replicas;
    return again('its number of pods', 'replicas', { op: 'add', path: '/spec/replicas', value });
  }
  if (plan.statefulSet || !phaseOf(state).replacesPods) return { state };
  if (spec.paused === true) {
    return again('its pause', 'paused', { op: 'remove', path: '/spec/paused' });
  }
  const value = carefully(plan);
  return sameJson(spec.strategy, value)
    ? { state }
    : again('its update strategy', 'strategy', { op: 'add', path: '/spec/strategy', value });
}

/** Forward that is the way back; on the way back the rollout is left as the other wants it. */
function fought(state: RollingState, seen: Observation, object: string): Decided {
  if (state.direction === 'back') return { state };
  const by = state.evidence.interferences?.at(-1)?.by ?? 'somebody';
  const why = `${by} keeps on changing ${object} while the release runs`;
  const cause = because('changed-by-others', why);
  return { state, step: stay(turnedBack(state, 'rolling', seen.at, cause), '') };
}
