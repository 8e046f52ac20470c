/** Which objects a release has to look at: no more than these are watched. */

import type { Target } from '../cluster/action.ts';
import type { LabelSelector } from '../kubernetes/objects.ts';
import { routerOf } from '../routers/registry.ts';
import type { Plan, RollingPlan } from './plan.ts';
import { autoscalerTarget } from './two-sided/autoscaler.ts';

export interface Scope {
  readonly deployments: readonly string[];
  readonly service: string;
  readonly previewService: string | undefined;
  readonly furtherServices: readonly string[];
  /** The router's objects, and the autoscaler. */
  readonly others: readonly Target[];
  /** Of the pods of either side, and of their ReplicaSets. */
  readonly podSelector: LabelSelector;
}

export function scopeOf(plan: Plan): Scope {
  switch (plan.strategy) {
    case 'rolling':
      return {
        deployments: plan.statefulSet ? [] : [plan.workload.name],
        service: plan.service,
        previewService: undefined,
        furtherServices: [],
        others: plan.statefulSet ? [statefulSetTarget(plan)] : [],
        podSelector: plan.workload.selector,
      };
    case 'blue-green':
    case 'canary':
    case 'blue-green-with-canary':
      return {
        deployments: [plan.stable.name, plan.candidate.name],
        service: plan.service,
        previewService: plan.previewService,
        furtherServices: (plan.furtherServices ?? []).map(({ name }) => name),
        others: [
          ...routerOf(plan.routing).scope(plan),
          ...(plan.autoscaler ? [autoscalerTarget(plan.namespace, plan.autoscaler)] : []),
        ],
        podSelector: { matchLabels: { ...plan.selectors.both } },
      };
  }
}

function statefulSetTarget({ namespace, workload }: RollingPlan): Target {
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace, name: workload.name };
}
