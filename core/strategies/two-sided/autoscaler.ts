/** The autoscaler during a release: it scales the side that serves, and takes no pods from one that is still needed. */
import { type Action, actionId, type PatchOperation, patchOf } from '../../cluster/action.ts';
import type { ClusterView, Observation } from '../../cluster/observation.ts';
import type { TwoSidedPlan } from '../../plan/plan.ts';
import { autoscalerIn } from '../../plan/two-sided/autoscaler.ts';
import type { TwoSidedState } from '../../state/state.ts';
import type { Phase } from './phase.ts';
import { isOver } from './transition.ts';

/** More pods than this the autoscaler lets neither side have: to ask for them is a tug of war. */
export function mostPods(plan: TwoSidedPlan, seen: ClusterView): number {
  return autoscalerIn(plan, seen)?.spec.maxReplicas ?? Number.POSITIVE_INFINITY;
}

/** What brings the autoscaler to where it belongs at this point of the release. */
export function autoscalerActions(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  phase: Phase,
): Action[] {
  if (!plan.autoscaler || isOver(state) || state.scalingLeft === true) return [];
  const { name, minReplicas: own } = plan.autoscaler;
  const object = autoscalerIn(plan, seen);
  if (!object) return [];
  const side = state.direction === 'back' ? 'stable' : phase.scaledSide(plan, state);
  const target = plan[side].name;
  const floored = phase.ownership === 'returning' ? own : Math.max(own ?? 1, plan.floor);
  const { scaleTargetRef, minReplicas, maxReplicas } = object.spec;
  const operations: PatchOperation[] = [];
  if (scaleTargetRef.name !== target) {
    operations.push({ op: 'replace', path: '/spec/scaleTargetRef/name', value: target });
  }
  // More than the autoscaler's own most it refuses; less than that is its owner's decision.
  const floor = floored === undefined ? undefined : Math.min(floored, maxReplicas);
  if (minReplicas !== floor) {
    operations.push(
      floor === undefined
        ? { op: 'remove', path: '/spec/minReplicas' }
        : { op: 'add', path: '/spec/minReplicas', value: floor },
    );
  }
  if (operations.length === 0) return [];
  return [
    {
      id: actionId(plan.release, `autoscale-${target}-${floor ?? 'own'}`, name),
      text: `let autoscaler ${name} scale ${target}, at least ${floor ?? 1} pods`,
      effect: patchOf(object, operations),
    },
  ];
}
