/** Others while a two-sided release runs: Services that move along, and pods that it must not reach. */

import { isOwn, ownerText } from '../../../cluster/neighbours.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { endpointsAre } from '../../../kubernetes/endpoints.ts';
import { type Labels, selectorText, selects } from '../../../kubernetes/labels.ts';
import type { Pod } from '../../../kubernetes/objects.ts';
import { hasEnded, isServing, isTerminating } from '../../../kubernetes/pods/pods.ts';
import type { Sides } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import type { Selectors } from '../../../routers/routing.ts';
import { furtherSelected } from '../../../routers/service/further-services.ts';
import { ownEndpoints } from '../../../state/confirmation.ts';
import type { TwoSidedState } from '../../../state/state.ts';
import { stepOf } from '../transition.ts';

/** What is still to be seen of the Services that move along; undefined where each leads where it should. */
export function furtherPending(
  { furtherServices = [] }: TwoSidedPlan,
  seen: Observation,
  sides: Sides,
  weightPercent: number,
): string | undefined {
  const side = furtherSelected(weightPercent);
  const wanted = new Set(sides[side].filter(isServing).map(({ metadata }) => metadata.name));
  const late = furtherServices.find(({ name }) => {
    const slices = seen.furtherServices?.get(name)?.slices ?? [];
    return !endpointsAre(wanted, ownEndpoints(slices, seen, sides));
  });
  return late && `endpoints of service ${late.name} to be the ${side}'s, ${wanted.size} pods`;
}

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
  const { weightPercent } = stepOf(plan, state);
  const splits =
    (plan.routing.router === 'service' && weightPercent > 0 && weightPercent < 100) ||
    plan.routing.router === 'istio';
  const isNext = state.phase === 'switching' || state.phase === 'routing';
  const moves = plan.routing.router === 'service' && weightPercent >= 100;
  const own = { service, selectors };
  // Its weight is the preview Service's, whatever that reaches.
  const byPreview = plan.routing.router === 'gateway-api';
  return [
    { ...own, selector: seen.service?.spec.selector },
    ...(splits && isNext ? [{ ...own, selector: selectors.both }] : []),
    ...(moves && isNext ? [{ ...own, selector: selectors.candidate }] : []),
    ...(byPreview ? [{ service: previewService, selectors, selector: selectors.candidate }] : []),
    ...(plan.furtherServices ?? []).map((each) => ({
      service: each.name,
      selectors: each.selectors,
      selector: seen.furtherServices?.get(each.name)?.service?.spec.selector,
    })),
  ];
}
