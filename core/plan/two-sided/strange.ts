/** Whether the objects of a plan out of a journal are the release's. */

import { sameJson } from '../../base/json.ts';
import { commonTo } from '../../cluster/colours.ts';
import type { ClusterView } from '../../cluster/observation.ts';
import { ownerReleaseOf } from '../../cluster/ownership.ts';
import { type Labels, selects } from '../../kubernetes/labels.ts';
import type { Service } from '../../kubernetes/network-objects.ts';
import type { Deployment } from '../../kubernetes/workload-objects.ts';
import { routerOf } from '../../routers/registry.ts';
import { isPreviewAmong } from '../../routers/service/preview.ts';
import { notOurs } from '../not-ours.ts';
import type { TwoSidedPlan } from '../plan.ts';
import { autoscalerIn } from './autoscaler.ts';

export function strangeTwoSided(plan: TwoSidedPlan, view: ClusterView): string | undefined {
  return (
    strangeSide(plan, view) ??
    strangeService(plan, view) ??
    strangeAutoscaler(plan, view) ??
    routerOf(plan.routing).strange?.(plan, view)
  );
}

/** A preview is deleted at the end, and a further Service led from side to side. */
function strangeService(plan: TwoSidedPlan, view: ClusterView): string | undefined {
  const { service, selectors, stable, candidate, furtherServices = [] } = plan;
  const { previewService } = view;
  if (previewService && !isPreviewAmong(previewService, selectors.both)) {
    return `service ${previewService.metadata.name} is no preview of service ${service}`;
  }
  const pods = [stable, candidate].flatMap(({ name }) => {
    const found = view.deployments.get(name);
    return found ? [found.spec.template.metadata?.labels ?? {}] : [];
  });
  const strange = furtherServices.find(({ name }) => {
    const { selector } = view.furtherServices?.get(name)?.service?.spec ?? {};
    return selector !== undefined && !pods.some((labels) => isShared(selector, labels));
  });
  return strange && `service ${strange.name} does not lead to the pods of service ${service}`;
}

function strangeAutoscaler(plan: TwoSidedPlan, view: ClusterView): string | undefined {
  const found = autoscalerIn(plan, view);
  const scaled = found?.spec.scaleTargetRef.name;
  if (!found || scaled === plan.stable.name || scaled === plan.candidate.name) return undefined;
  return `autoscaler ${found.metadata.name} scales neither side of the release`;
}

/** Whether the release has made a preview for these pods, by labels that have not been changed since. */
function isTriedThrough(preview: Service | undefined, made: Deployment, both: Labels): boolean {
  return (
    preview !== undefined &&
    isPreviewAmong(preview, both) &&
    sameJson(commonTo(preview.spec.selector), both) &&
    selects(preview.spec.selector, made.spec.template.metadata?.labels)
  );
}

/** Whether they have a label with its value in common: its owner may have changed the others meanwhile. */
function isShared(one: Labels, other: Labels): boolean {
  return Object.entries(one).some(([key, value]) => other[key] === value);
}

function strangeSide(plan: TwoSidedPlan, view: ClusterView): string | undefined {
  const { stable, candidate, selectors } = plan;
  const made = view.deployments.get(candidate.name);
  const base = commonTo(view.service?.spec.selector);
  // Somebody may have changed the Service meanwhile: then what the release itself has made tells.
  const isMade = made !== undefined && ownerReleaseOf(made) === plan.release;
  const isOwn = isMade
    ? isShared(base, selectors.both) || isTriedThrough(view.previewService, made, selectors.both)
    : sameJson(base, selectors.both);
  if (view.service && !isOwn) {
    return `the plan is about pods with other labels than service ${plan.service} selects`;
  }
  const strange = [view.deployments.get(stable.name), made].find(
    (found): found is Deployment =>
      found !== undefined && !selects(selectors.both, found.spec.template.metadata?.labels),
  );
  return strange && notOurs(strange, plan);
}
