/**
 * Who is blue and who is green. The Service's selector names the colour that serves in its label
 * `version`; the candidate takes the other one, as a copy of the stable in the other colour.
 */
import type { Labels } from '../kubernetes/labels.ts';
import { selectorText, selects } from '../kubernetes/labels.ts';
import type { PodTemplate } from '../kubernetes/objects.ts';
import { MANAGED_BY } from '../routers/service.ts';
import type { BlueGreenPlan } from './plan.ts';
import { type PlanInput, snapshot } from './plan-input.ts';

const COLOUR = 'version';
type Colour = 'blue' | 'green';

type Colouring = Pick<BlueGreenPlan, 'stable' | 'candidate' | 'selectors' | 'previewService'>;

/** The two sides of a blue-green release, or why the service cannot have two. */
export function colouring(input: PlanInput): Colouring | string {
  const { service, deployment, container } = input.subject;
  const selector = service.spec.selector ?? {};
  const serving = colourOf(selector[COLOUR]);
  if (!serving) {
    return `service ${service.metadata.name} selects no colour (it selects ${selectorText(selector)}): blue-green needs version: blue or version: green in the service's selector and on the deployment's pods; strategy rolling needs neither`;
  }
  const waiting = serving === 'blue' ? 'green' : 'blue';
  const { name } = deployment.metadata;
  const { matchLabels = {} } = deployment.spec.selector;
  if (matchLabels[COLOUR] !== serving) {
    return `deployment ${name} does not select its own colour: its selector needs version: ${serving}`;
  }
  const candidateName = otherName(name, serving, waiting);
  const existing = input.deployments.find(({ metadata }) => metadata.name === candidateName);
  const recoloured = { ...matchLabels, [COLOUR]: waiting };
  if (existing && !selects(existing.spec.selector.matchLabels, recoloured)) {
    return `deployment ${candidateName} is in the way: its selector is not ${selectorText(recoloured)}`;
  }
  const { previewService } = input.settings.blueGreen;
  if (input.previewService && !selects(MANAGED_BY, input.previewService.metadata.labels)) {
    return `service ${previewService} is in the way: no release made it; name another one as strategy.blueGreen.preview.service`;
  }
  return {
    stable: snapshot(deployment),
    candidate: {
      name: candidateName,
      labels: recolour(deployment.metadata.labels ?? {}, serving, waiting),
      selector: existing?.spec.selector ?? { matchLabels: recoloured },
      template: candidateTemplate(input, container.name, serving, waiting),
      before: existing && snapshot(existing),
    },
    selectors: { stable: selector, candidate: { ...selector, [COLOUR]: waiting } },
    previewService,
  };
}

function colourOf(value: string | undefined): Colour | undefined {
  return value === 'blue' || value === 'green' ? value : undefined;
}

function otherName(name: string, serving: Colour, waiting: Colour): string {
  const suffix = `-${serving}`;
  const stem = name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
  return `${stem}-${waiting}`;
}

function recolour(labels: Labels, from: Colour, to: Colour): Record<string, string> {
  return labels[COLOUR] === from ? { ...labels, [COLOUR]: to } : { ...labels };
}

function candidateTemplate(
  input: PlanInput,
  container: string,
  from: Colour,
  to: Colour,
): PodTemplate {
  const { metadata, spec } = input.subject.deployment.spec.template;
  const { affinity, topologySpreadConstraints } = spec;
  return {
    metadata: { ...metadata, labels: recolour(metadata?.labels ?? {}, from, to) },
    spec: {
      ...spec,
      // A candidate that keeps away from the stable's pods would not fit where the stable fits.
      ...(affinity === undefined ? {} : { affinity: recolourSelectors(affinity, from, to) }),
      ...(topologySpreadConstraints === undefined
        ? {}
        : { topologySpreadConstraints: recolourSelectors(topologySpreadConstraints, from, to) }),
      containers: spec.containers.map((each) =>
        each.name === container ? { ...each, image: input.image.reference } : each,
      ),
    },
  };
}

/** The colour inside every label selector, however deep. */
function recolourSelectors(value: unknown, from: Colour, to: Colour): unknown {
  if (Array.isArray(value)) return value.map((item) => recolourSelectors(item, from, to));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'matchLabels' ? recolour(inner, from, to) : recolourSelectors(inner, from, to),
    ]),
  );
}
