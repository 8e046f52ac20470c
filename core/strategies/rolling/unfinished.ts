/**
 * A rolling release that failed has left its workload rolling as it made it: a StatefulSet that replaces
 * no pod by itself, a Deployment that is as careful as the release was. The next release finds that,
 * and gives back what the failed one had found; else it would stay so for ever, and no one would know.
 */
import { sameJson } from '../../base/json.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Plan, RollingPlan } from '../../plan/plan.ts';
import { carefully, undoMark } from './actions.ts';
import { ON_DELETE } from './stateful-set/actions.ts';

/** The plan with the workload as it was before the release that failed, where no one has put it right since. */
export function asBeforeFailure(plan: Plan, { current }: Journal): Plan {
  if (plan.strategy !== 'rolling' || current?.state.outcome !== 'failed') return plan;
  const failed = current.plan;
  if (failed.strategy !== 'rolling' || !hasLeft(failed, plan)) return plan;
  const { workload, statefulSet } = plan;
  const { strategy, mark } = failed.workload;
  const isCareful = sameJson(workload.strategy, carefully(failed));
  const isOnDelete = sameJson(statefulSet?.updateStrategy, ON_DELETE);
  return {
    ...plan,
    workload: { ...workload, mark, strategy: isCareful ? strategy : workload.strategy },
    statefulSet: isOnDelete ? failed.statefulSet : statefulSet,
  };
}

function hasLeft(failed: RollingPlan, { workload }: RollingPlan): boolean {
  const isSame = workload.uid === failed.workload.uid;
  return isSame && [failed.release, undoMark(failed)].some((mark) => mark === workload.mark);
}
