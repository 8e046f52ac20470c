/** Pods that served before, and what a plan needs to go back to them. */

import type { Labels } from '../kubernetes/labels.ts';
import type { LabelSelector, PodTemplate } from '../kubernetes/objects.ts';
import type { Deployment } from '../kubernetes/workload-objects.ts';

export interface FormerRevision {
  readonly template: PodTemplate;
  /** By which today's Service finds its pods. */
  readonly selector: Labels;
  /** Every Deployment of the namespace. */
  readonly deployments: readonly Deployment[];
}

/** With the labels by which today's Service and workload find their pods. */
export function labelledAsToday(
  former: PodTemplate,
  service: Labels,
  { selector, template }: { selector: LabelSelector; template: PodTemplate },
): PodTemplate {
  const labels = { ...former.metadata?.labels, ...service, ...demanded(selector, template) };
  return { ...former, metadata: { ...former.metadata, labels } };
}

/** What a selector asks of labels, as today's pods meet it. */
function demanded({ matchLabels = {}, matchExpressions = [] }: LabelSelector, today: PodTemplate) {
  const met = Object.entries(today.metadata?.labels ?? {}).filter(([label]) =>
    matchExpressions.some(({ key }) => key === label),
  );
  return { ...Object.fromEntries(met), ...matchLabels };
}
