/** Autoscalers: stored, and acted on by whoever plays the autoscaler. */
import type { FailureCause } from '../../definitions/failure.ts';
import { invalid, missing, when } from '../../definitions/field-faults.ts';
import type { Kind } from '../../definitions/kind.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import { type Fields, fieldsOf, filled, itemsOf, specOf, withSpec } from '../fields.ts';

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

function autoscalerDefaults(draft: DraftObject): DraftObject {
  const cpu = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } };
  const autoscaler = withSpec(draft, (spec) =>
    filled(spec, { minReplicas: 1, metrics: [{ type: 'Resource', resource: cpu }] }),
  );
  return { ...autoscaler, status: draft.status ?? { currentMetrics: null, desiredReplicas: 0 } };
}

function autoscalerFaults(autoscaler: KubeObject): FailureCause[] {
  const { maxReplicas, minReplicas, scaleTargetRef } = specOf(autoscaler);
  return [
    ...when(fieldsOf(scaleTargetRef).name === undefined, () => missing('spec.scaleTargetRef.name')),
    ...when(typeof maxReplicas !== 'number' || maxReplicas < 1, () =>
      invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'),
    ),
    ...when(Number(minReplicas) > Number(maxReplicas), () =>
      invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'),
    ),
  ];
}
