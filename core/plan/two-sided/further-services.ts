/**
 * The other Services that lead to the stable's pods: by its colour, its hash, or the app's name. They
 * move with the release and back with it, so that none of them is left without endpoints and none of
 * them meets a candidate that is not yet to serve.
 */

import { COLOUR } from '../../cluster/colours.ts';
import { type Foreigner, isControllers, namesReached } from '../../cluster/neighbours.ts';
import type { PlanInput } from '../../cluster/plan-input.ts';
import { type Labels, selectorText, selects } from '../../kubernetes/labels.ts';
import type { Service } from '../../kubernetes/network-objects.ts';
import { isServing } from '../../kubernetes/pods/pods.ts';
import type { FurtherService, Selectors } from '../../routers/routing.ts';
import { MANAGED_BY } from '../../routers/service/router.ts';
import type { TwoSidedPlan } from '../plan.ts';

export type { FurtherService };

type Sides = Pick<TwoSidedPlan, 'candidate' | 'selectors'>;

/** Each with the selectors that it will have; or why one of them cannot be moved. */
export function furtherServicesFor(
  input: PlanInput,
  sides: Sides,
  foreigners: readonly Foreigner[],
): FurtherService[] | string {
  const moved: FurtherService[] = [];
  for (const service of sharingServices(input)) {
    const { name } = service.metadata;
    const selectors = selectorsOf(service.spec.selector ?? {}, sides.selectors);
    const why = input.settings.workload.leaveServices.includes(name)
      ? whyNotLeft(selectors)
      : whyNotMoved(input, sides, selectors, foreigners);
    if (why !== undefined) return `service ${name} leads to the same pods: ${why}`;
    if (!input.settings.workload.leaveServices.includes(name)) moved.push({ name, selectors });
  }
  return moved;
}

/** Services other than the release's own, and than previews of releases, that reach the stable's pods. */
export function sharingServices({ subject, settings, pods, neighbours }: Sharing): Service[] {
  const template = subject.deployment.spec.template.metadata?.labels;
  const labels = [template, ...pods.map(({ metadata }) => metadata.labels)];
  return (neighbours?.services ?? []).filter(
    ({ metadata, spec }) =>
      metadata.name !== subject.service.metadata.name &&
      metadata.name !== settings.previewService &&
      !selects(MANAGED_BY, metadata.labels) &&
      spec.type !== 'ExternalName' &&
      labels.some((each) => selects(spec.selector, each)),
  );
}

export type Sharing = Pick<PlanInput, 'subject' | 'settings' | 'pods' | 'neighbours'>;

function selectorsOf(found: Labels, own: Selectors): Selectors {
  const shared = Object.entries(found).filter(([key]) => !isSides(key));
  const both = shared.length > 0 ? Object.fromEntries(shared) : own.both;
  const side = (selector: Labels): Labels => ({
    ...both,
    ...Object.fromEntries(Object.entries(selector).filter(([key]) => isSides(key))),
  });
  return { found, both, stable: side(own.stable), candidate: side(own.candidate) };
}

function isSides(label: string): boolean {
  return label === COLOUR || isControllers(label);
}

/** It reaches whichever pods carry its labels: nothing is to be seen to. */
function whyNotLeft({ found }: Selectors): string | undefined {
  const [side] = Object.keys(found).filter(isSides);
  if (side === undefined) return undefined;
  return `it selects ${selectorText(found)}, and would be without endpoints once that version is gone; take it out of workload.leaveServices, and it moves along`;
}

function whyNotMoved(
  { subject, pods, settings }: PlanInput,
  { candidate }: Sides,
  selectors: Selectors,
  foreigners: readonly Foreigner[],
): string | undefined {
  const { found } = selectors;
  const labels = candidate.template.metadata?.labels;
  const lost = Object.entries(selectors.candidate).filter(
    ([key, value]) => labels?.[key] !== value,
  );
  if (lost.length > 0) {
    return `it selects ${selectorText(Object.fromEntries(lost))}, which the candidate's pods will not carry; select labels of the pod template of deployment ${subject.deployment.metadata.name}`;
  }
  const unreached = pods
    .filter(isServing)
    .find(({ metadata }) => !selects(selectors.stable, metadata.labels));
  if (unreached) {
    return `it selects ${selectorText(found)}, which not all of them carry (${unreached.metadata.name} does not); select labels of the pod template`;
  }
  const dropped = namesReached(foreigners, found, ({ serves }) => serves);
  if (dropped.length > 0 && settings.workload.others !== 'exclude') {
    return `it leads to ${dropped.join(', ')} as well, which would get no requests any more; give these a Service of their own, or name it in workload.leaveServices of the release config: then it reaches both versions from the candidate's first pod on`;
  }
  const gained = namesReached(
    foreigners,
    selectors.candidate,
    (each) => !selects(found, each.labels),
  );
  if (gained.length > 0) {
    return `for the candidate it would select ${selectorText(selectors.candidate)}, and that reaches ${gained.join(', ')} as well; take that label off them, or add one to its selector`;
  }
  return undefined;
}
