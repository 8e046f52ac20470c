/** Autoscalers: stored, and acted on by whoever plays the autoscaler. */
import type { Kind } from '../api/kind.ts';
import { type Fields, fieldsOf, itemsOf, withSpec } from './fields.ts';
import { autoscalerDefaults, autoscalerFaults } from './plain.ts';

export const HORIZONTAL_POD_AUTOSCALERS: Kind = {
  group: 'autoscaling',
  versions: ['v2', 'v1'],
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  scope: 'Namespaced',
  shortNames: ['hpa'],
  categories: ['all'],
  subresources: ['status'],
  defaults: autoscalerDefaults,
  faults: autoscalerFaults,
  convert: (draft, toVersion) => withSpec(draft, toVersion === 'v1' ? toV1 : toV2),
};

/** v1 knows one metric, the share of the CPU, and gives it a field of its own. */
function toV1({ metrics, ...spec }: Fields): Fields {
  const targets = itemsOf(metrics).flatMap(({ resource }) => {
    const { name, target } = fieldsOf(resource);
    return name === 'cpu' ? [fieldsOf(target).averageUtilization] : [];
  });
  const [percentage] = targets;
  return percentage === undefined ? spec : { ...spec, targetCPUUtilizationPercentage: percentage };
}

function toV2({ targetCPUUtilizationPercentage: percentage, ...spec }: Fields): Fields {
  if (percentage === undefined) return spec;
  const target = { type: 'Utilization', averageUtilization: percentage };
  return { ...spec, metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] };
}
