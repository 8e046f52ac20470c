/** Pods of others while a two-sided release runs: it must not reach them. */

import { isOwn, ownerText } from '../../../cluster/neighbours.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { type Labels, selectorText, selects } from '../../../kubernetes/labels.ts';
import type { Pod } from '../../../kubernetes/objects.ts';
import { hasEnded, isServing, isTerminating } from '../../../kubernetes/pods/pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { routerOf } from '../../../routers/registry.ts';
import type { Selectors } from '../../../routers/routing.ts';
import type { TwoSidedState } from '../../../state/state.ts';
import { phaseOf } from '../phase-registry.ts';
import { stepOf } from '../transition.ts';

/**
 * The pod of somebody else that a selector of the release reaches or is about to, in words; one that
 * the Service reached by its own selector as well is not the release's doing.
 */
export function trespass(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): string | undefined {
  const deployments = [plan.stable.name, plan.candidate.name];
  const strangers = seen.pods.filter(
    (pod) => isComing(pod) && !isOwn(pod, seen.replicaSets, { deployments, statefulSets: [] }),
  );
  for (const { service, selector, selectors } of selectorsInForce(plan, state, seen)) {
    const reached = strangers.find(
      ({ metadata: { labels } }) => selects(selector, labels) && !selects(selectors.found, labels),
    );
    if (!reached) continue;
    const { name } = reached.metadata;
    const owner = ownerText(reached, seen.replicaSets);
    const whose = owner === `pod ${name}` ? owner : `pod ${name} of ${owner}`;
    return `${whose}, which is no part of this release, is reached by service ${service} as it selects ${selectorText(selector ?? {})}: take one of these labels off it`;
  }
  return undefined;
}

/** It is an endpoint, or will be as soon as it runs; one that a probe keeps away gets no request. */
function isComing(pod: Pod): boolean {
  if (isServing(pod)) return true;
  const isAsked = pod.spec.containers.some((each) => each.readinessProbe !== undefined);
  return !isAsked && !hasEnded(pod) && !isTerminating(pod);
}

interface InForce {
  readonly service: string;
  readonly selector: Labels | undefined;
  readonly selectors: Selectors;
}

/** Those that are written, and the one that the step under way is about to write. */
function selectorsInForce(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): InForce[] {
  const { service, selectors, previewService } = plan;
  const router = routerOf(plan.routing);
  const next = router.endpoints(stepOf(plan, state).weightPercent);
  const isNext = phaseOf(state).waitsFor === 'write' && next !== 'stable';
  const own = { service, selectors };
  // Its weight is the preview Service's, whatever that reaches.
  const byPreview = router.splitsBetween === 'services';
  return [
    { ...own, selector: seen.service?.spec.selector },
    ...(isNext ? [{ ...own, selector: selectors[next] }] : []),
    ...(byPreview ? [{ service: previewService, selectors, selector: selectors.candidate }] : []),
    ...(plan.furtherServices ?? []).map((each) => ({
      service: each.name,
      selectors: each.selectors,
      selector: seen.furtherServices?.get(each.name)?.service?.spec.selector,
    })),
  ];
}
