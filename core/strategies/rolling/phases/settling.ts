/** Gives back what only the release needed: how the workload replaces pods, and the mark of an undo. */
import { sameJson } from '../../../base/json.ts';
import type { Action } from '../../../cluster/action.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { ownerReleaseOf } from '../../../cluster/ownership.ts';
import type { RollingPlan, StatefulSetSnapshot } from '../../../plan/plan.ts';
import type { RollingState } from '../../../state/state.ts';
import { ended } from '../../../state/transitions.ts';
import { handingBack } from '../../common/handing-back.ts';
import { stay, type Transition } from '../../strategy.ts';
import { toOwnStrategy } from '../actions.ts';
import type { Phase } from '../phase.ts';
import { toOwnUpdates } from '../stateful-set/actions.ts';
import { deploymentIn, statefulSetIn } from '../workload.ts';

export const settling: Phase = {
  waitsFor: 'end',
  replacesPods: false,
  next: settle,
  needs: () => [],
};

function settle(
  plan: RollingPlan,
  state: RollingState,
  seen: Observation,
): Transition<RollingState> {
  const forward = state.direction === 'forward';
  const mark = forward ? plan.release : plan.workload.mark;
  const open = plan.statefulSet
    ? statefulSetToSettle(plan, plan.statefulSet, seen, mark)
    : deploymentToSettle(plan, seen, mark);
  if (open) return stay(state, open.waitingFor, open.actions);
  const back = handingBack(plan, state, seen);
  if (back) return stay(back.state, 'the fields of others to be theirs', back.actions);
  return stay(ended(state, seen.at, forward ? 'promoted' : 'rolled-back'), '');
}

interface ToSettle {
  readonly waitingFor: string;
  readonly actions: readonly Action[];
}

/** Undefined where it rolls as it was found to, and bears the mark. */
function deploymentToSettle(
  plan: RollingPlan,
  seen: Observation,
  mark: string | undefined,
): ToSettle | undefined {
  const deployment = deploymentIn(plan, seen);
  if (!deployment) return NOT_SEEN;
  const { strategy } = plan.workload;
  if (ownerReleaseOf(deployment) === mark && sameJson(deployment.spec.strategy, strategy)) {
    return undefined;
  }
  const actions = [toOwnStrategy(plan, deployment, mark)];
  return { waitingFor: 'the deployment to be as it was', actions };
}

function statefulSetToSettle(
  plan: RollingPlan,
  found: StatefulSetSnapshot,
  seen: Observation,
  mark: string | undefined,
): ToSettle | undefined {
  const set = statefulSetIn(plan, seen);
  if (!set) return NOT_SEEN;
  const { updateStrategy } = found;
  if (ownerReleaseOf(set) === mark && sameJson(set.spec.updateStrategy, updateStrategy)) {
    return undefined;
  }
  const actions = [toOwnUpdates(plan, found, set, mark)];
  return { waitingFor: 'the StatefulSet to be as it was', actions };
}

const NOT_SEEN: ToSettle = { waitingFor: '', actions: [] };
