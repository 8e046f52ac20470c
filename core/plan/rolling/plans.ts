/** The plan of a rolling release: one workload, whose pods are replaced. */

import type { Target } from '../../cluster/action.ts';
import { type PlanInput, snapshot } from '../../cluster/plan-input.ts';
import { type Hardening, hardened, hardeningOf } from '../../cluster/workload/hardening.ts';
import { startedFor } from '../../cluster/workload/restarted.ts';
import type { PodTemplate } from '../../kubernetes/objects.ts';
import { revisionsAmong } from '../own-pods.ts';
import type { RollingPlan } from '../plan.ts';
import { type PlanMaker, withoutMark } from '../plan-maker.ts';
import { statefulSetSnapshot } from './stateful-set.ts';

export const rollingPlans: PlanMaker<RollingPlan> = {
  plan: (input, base, isUnchanged) => {
    const { settings, subject } = input;
    const statefulSet = subject.statefulSet && statefulSetSnapshot(subject.statefulSet);
    if (typeof statefulSet === 'string') return statefulSet;
    const hardening = hardeningOf(settings, input.kubernetesMinor);
    return {
      ...base,
      strategy: 'rolling',
      workload: snapshot(subject.deployment),
      template: isUnchanged ? anew(input, hardening) : undefined,
      maxSurge: settings.rolling.maxSurge,
      revisionsBefore: revisionsAmong(input.pods),
      statefulSet,
      hardening,
    };
  },

  scope: (plan) => ({
    deployments: plan.statefulSet ? [] : [plan.workload.name],
    service: plan.service,
    previewService: undefined,
    furtherServices: [],
    others: plan.statefulSet ? [statefulSetTarget(plan)] : [],
    podSelector: plan.workload.selector,
  }),

  parts: ({ workload, template }) => ({
    workload: withoutMark(workload),
    pods: template?.spec,
  }),
};

/** The same image again, in pods that are new: with the config as it is now. */
function anew({ subject, release }: PlanInput, hardening: Hardening | undefined): PodTemplate {
  const { deployment, container } = subject;
  return startedFor(release, hardened(deployment.spec.template, container.name, hardening));
}

function statefulSetTarget({ namespace, workload }: RollingPlan): Target {
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace, name: workload.name };
}
