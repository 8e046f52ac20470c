/** The plan of a rolling release: one workload, whose pods are replaced. */

import type { Target } from '../../cluster/action.ts';
import { type PlanInput, snapshot } from '../../cluster/plan-input.ts';
import { type Hardening, hardened, hardeningOf } from '../../cluster/workload/hardening.ts';
import { withImage } from '../../cluster/workload/released-image.ts';
import { startedFor } from '../../cluster/workload/restarted.ts';
import type { PodTemplate } from '../../kubernetes/objects.ts';
import { labelledAsToday } from '../former-revision.ts';
import { revisionsAmong } from '../own-pods.ts';
import type { RollingPlan } from '../plan.ts';
import { type PlanMaker, type TemplateSlot, withoutMark } from '../plan-maker.ts';
import { rollingShape } from './shape.ts';
import { statefulSetSnapshot } from './stateful-set.ts';
import { strangeWorkload } from './strange.ts';

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

  shape: rollingShape,

  stable: ({ workload }) => workload,

  candidate: (plan) => ({
    template: plan.template ?? replacedIn(plan),
    workload: plan.workload.name,
    controller: plan.statefulSet ? 'StatefulSet' : 'ReplicaSet',
  }),

  workloads: ({ workload }) => [workload.name],

  furtherServices: () => [],

  // The pods are replaced, and none of the old ones is left.
  rollbackWindowMs: () => 0,

  templates: templatesOf,

  goingBack: (plan, { template, selector }) => ({
    ...plan,
    template: labelledAsToday(template, selector, plan.workload),
  }),

  strange: strangeWorkload,
};

/** The same image again, in pods that are new: with the config as it is now. */
function anew({ subject, release }: PlanInput, hardening: Hardening | undefined): PodTemplate {
  const { deployment, container } = subject;
  return startedFor(release, hardened(deployment.spec.template, container.name, hardening));
}

/** The pods of the workload, with the image in them. */
function replacedIn({ workload, container, image, hardening }: RollingPlan): PodTemplate {
  const spec = withImage(workload.template.spec, container, image.reference);
  return hardened({ ...workload.template, spec }, container, hardening);
}

function statefulSetTarget({ namespace, workload }: RollingPlan): Target {
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace, name: workload.name };
}

/** A StatefulSet has no ReplicaSets: nothing keeps a copy of what is in its plan. */
function templatesOf({
  statefulSet,
  workload,
  template,
}: RollingPlan): TemplateSlot<RollingPlan>[] {
  if (statefulSet) return [];
  const { name } = workload;
  const old: TemplateSlot<RollingPlan> = {
    workload: name,
    template: workload.template,
    put: (into, found) => ({ ...into, workload: { ...into.workload, template: found } }),
  };
  if (!template) return [old];
  return [old, { workload: name, template, put: (into, found) => ({ ...into, template: found }) }];
}
