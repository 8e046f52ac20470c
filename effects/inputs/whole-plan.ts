/** Completes a plan out of a journal that had no room for all of it, by what the cluster keeps. */

import { isCompacted, restored } from '../../core/journal/left-out.ts';
import { queryText } from '../../core/kubernetes/labels.ts';
import type { ReplicaSet } from '../../core/kubernetes/workload-objects.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { scopeOf } from '../../core/plan/scope.ts';
import { StageFailure } from '../base/failure.ts';
import type { Kube } from '../kube/client.ts';

/** Throws with exit code 3 where a pod template is neither in the journal nor in the cluster. */
export async function wholePlan(kube: Kube, plan: Plan): Promise<Plan> {
  if (!isCompacted(plan)) return plan;
  const { namespace, service } = plan;
  const labelSelector = queryText(scopeOf(plan).podSelector);
  const query = { kind: 'apps/v1/ReplicaSet', namespace, labelSelector } as const;
  const whole = restored(plan, (await kube.list<ReplicaSet>(query)).items);
  if (typeof whole !== 'string') return whole;
  throw new StageFailure(
    3,
    `release ${plan.release} of service ${service} cannot be taken over: ${whole}`,
    'see which Deployment serves, put the Service right by hand, then delete the journal',
  );
}
