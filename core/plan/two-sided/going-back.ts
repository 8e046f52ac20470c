/** A release with two sides, back to pods that served before. */

import { startedFor } from '../../cluster/workload/restarted.ts';
import type { Deployment } from '../../kubernetes/workload-objects.ts';
import { type FormerRevision, labelledAsToday } from '../former-revision.ts';
import type { TwoSidedPlan } from '../plan.ts';

export function goingBack(plan: TwoSidedPlan, former: FormerRevision): TwoSidedPlan {
  return atOnce(startedAnew(withPods(plan, former), former.deployments));
}

function withPods(plan: TwoSidedPlan, { template }: FormerRevision): TwoSidedPlan {
  const { candidate, selectors } = plan;
  const pods = labelledAsToday(template, selectors.candidate, candidate);
  // Rules of scheduling name the labels of a side, and the side may be the other one today.
  const { affinity, topologySpreadConstraints } = candidate.template.spec;
  const spec = { ...pods.spec, affinity, topologySpreadConstraints };
  return { ...plan, candidate: { ...candidate, template: { ...pods, spec } } };
}

/** Pods that were kept warm but do not answer for themselves: the drain hook may have been their end. */
function startedAnew(plan: TwoSidedPlan, deployments: readonly Deployment[]): TwoSidedPlan {
  const { candidate, release } = plan;
  const found = deployments.find(({ metadata }) => metadata.name === candidate.name);
  const wanted = found?.spec.replicas ?? 0;
  if ((found?.status?.readyReplicas ?? 0) >= wanted) return plan;
  return {
    ...plan,
    candidate: { ...candidate, template: startedFor(release, candidate.template) },
  };
}

/**
 * What has served before is not fed to clients by degrees, and none of its pods is ended for a probe:
 * all traffic in one step, watched as the last step of a release is.
 */
function atOnce(plan: TwoSidedPlan): TwoSidedPlan {
  const preflight = { ...plan.settings.preflight, drainProbe: 'off' } as const;
  return { ...plan, steps: plan.steps.slice(-1), settings: { ...plan.settings, preflight } };
}
