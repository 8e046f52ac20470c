/**
 * The two sides of a release: the Deployment that runs, and a second one beside it. They are called
 * blue and green whatever the strategy, and by turns, so that the pods that were tested are the pods
 * that serve, and a service may change its strategy from one release to the next. A plain Deployment
 * without a colour is taken as it is: its pods are told apart by the hash of their template.
 */

import {
  COLOUR,
  type Colour,
  colourIn,
  commonTo,
  inColour,
  recolourSelectors,
} from '../../cluster/colours.ts';
import { type PlanInput, snapshot } from '../../cluster/plan-input.ts';
import { carriedFrom } from '../../cluster/workload/copy.ts';
import { hardened, hardeningOf } from '../../cluster/workload/hardening.ts';
import { withImage } from '../../cluster/workload/released-image.ts';
import { matches, queryText, selectorText, selects } from '../../kubernetes/labels.ts';
import { derivedName } from '../../kubernetes/names.ts';
import type { PodTemplate } from '../../kubernetes/objects.ts';
import { TEMPLATE_HASH } from '../../kubernetes/owners.ts';
import { isServing } from '../../kubernetes/pods/pods.ts';
import type { Deployment } from '../../kubernetes/workload-objects.ts';
import type { Sizing } from '../../routers/router.ts';
import type { Selectors } from '../../routers/routing.ts';
import { isPreviewAmong } from '../../routers/service/preview.ts';
import type { TwoSidedPlan } from '../plan.ts';

export type TwoSides = Pick<
  TwoSidedPlan,
  'stable' | 'candidate' | 'selectors' | 'previewService' | 'rollbackWindowMs'
>;

/** The two sides of a release, or why the service cannot have two. */
export function sidesFor(input: PlanInput, sizing: Sizing): TwoSides | string {
  const { deployment } = input.subject;
  const { name } = deployment.metadata;
  const { selector } = deployment.spec;
  const serving = colourIn(selector);
  const waiting = serving === 'green' ? 'blue' : 'green';
  const selectors = selectorsFor(input, serving, waiting);
  if (typeof selectors === 'string') return selectors;
  const existing = existingCandidate(input, serving, waiting);
  const candidateName = existing?.metadata.name ?? nameBeside(name, serving, waiting);
  const recoloured = inColour(selector, waiting);
  const template = candidateTemplate(input, serving, waiting);
  const { labels } = template.metadata ?? {};
  if (existing && !matches(existing.spec.selector, labels)) {
    return `deployment ${candidateName} is in the way: its selector is not ${queryText(recoloured)}`;
  }
  if (existing && (existing.spec.replicas ?? 1) > 0 && selects(selectors.found, labels)) {
    return `deployment ${candidateName} is in the way: it runs, and service ${input.subject.service.metadata.name} reaches its pods`;
  }
  const { previewService } = input.settings;
  if (input.previewService && !isPreviewAmong(input.previewService, selectors.both)) {
    return `service ${previewService} is in the way: no release made it for this service; name another one as strategy.blueGreen.preview.service`;
  }
  const current = deployment.spec.replicas ?? 1;
  const carried = carriedFrom(deployment);
  const wanted = sizing === 'by-weight' ? undefined : input.settings.blueGreen.replicas;
  return {
    stable: snapshot(deployment),
    candidate: {
      name: candidateName,
      labels: { ...carried.labels, [COLOUR]: waiting },
      annotations: carried.annotations,
      spec: carried.spec,
      selector: existing?.spec.selector ?? recoloured,
      template,
      replicas: wanted ?? current,
      before: existing && { ...snapshot(existing), carried: carriedFrom(existing) },
    },
    selectors,
    previewService,
    // A way back leads to a colour: pods without one would be kept for nothing.
    rollbackWindowMs: serving ? input.settings.rollbackWindowMs : 0,
  };
}

function selectorsFor(
  input: PlanInput,
  serving: Colour | undefined,
  waiting: Colour,
): Selectors | string {
  const { service, deployment } = input.subject;
  const found = service.spec.selector ?? {};
  const both = commonTo(found);
  if (Object.keys(both).length === 0) {
    return `service ${service.metadata.name} selects only ${selectorText(found)}: it needs a label beside ${COLOUR} that the pods of every version carry`;
  }
  const candidate = { ...both, [COLOUR]: waiting };
  if (serving) return { found, stable: { ...both, [COLOUR]: serving }, candidate, both };
  const hashes = new Set(
    input.pods.filter(isServing).map(({ metadata }) => metadata.labels?.[TEMPLATE_HASH]),
  );
  const [hash] = hashes;
  if (hashes.size !== 1 || hash === undefined) {
    return `the pods of deployment ${deployment.metadata.name} are not of one revision (${hashes.size} values of label ${TEMPLATE_HASH}): wait for its rollout to end`;
  }
  return { found, stable: { ...both, [TEMPLATE_HASH]: hash }, candidate, both };
}

/** Leaves room for what is hung on it: the names of its ReplicaSets and pods. */
const DEPLOYMENT_ROOM = 46;

function nameBeside(name: string, serving: Colour | undefined, waiting: Colour): string {
  return derivedName(stemOf(name, serving), waiting, DEPLOYMENT_ROOM);
}

/**
 * The Deployment that a candidate takes the place of: under the name that it would be given, under
 * one that is not cut, or under the one from which the serving Deployment's was cut.
 */
function existingCandidate(
  { deployments, subject }: PlanInput,
  serving: Colour | undefined,
  waiting: Colour,
): Deployment | undefined {
  const { name } = subject.deployment.metadata;
  const named = (wanted: (name: string) => boolean): Deployment | undefined =>
    deployments.find(({ metadata }) => wanted(metadata.name));
  return (
    named((other) => other === `${stemOf(name, serving)}-${waiting}`) ??
    named((other) => other === nameBeside(name, serving, waiting)) ??
    named(
      (other) =>
        serving !== undefined &&
        other.endsWith(`-${waiting}`) &&
        nameBeside(other, waiting, serving) === name,
    )
  );
}

function stemOf(name: string, serving: Colour | undefined): string {
  const suffix = `-${serving}`;
  return serving && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

function candidateTemplate(
  input: PlanInput,
  serving: Colour | undefined,
  waiting: Colour,
): PodTemplate {
  const { container, deployment } = input.subject;
  const { metadata, spec } = deployment.spec.template;
  const { affinity, topologySpreadConstraints } = spec;
  const recoloured = <T>(value: T): unknown =>
    serving ? recolourSelectors(value, serving, waiting) : value;
  const template: PodTemplate = {
    metadata: { ...metadata, labels: { ...metadata?.labels, [COLOUR]: waiting } },
    spec: {
      ...withImage(spec, container.name, input.image.reference),
      // A candidate that keeps away from the stable's pods would not fit where the stable fits.
      ...(affinity === undefined ? {} : { affinity: recoloured(affinity) }),
      ...(topologySpreadConstraints === undefined
        ? {}
        : { topologySpreadConstraints: recoloured(topologySpreadConstraints) }),
    },
  };
  const hardening = hardeningOf(input.settings, input.kubernetesMinor);
  return hardened(template, container.name, hardening);
}
