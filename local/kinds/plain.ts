/** Defaults and faults of kinds that have few. */
import { Buffer } from 'node:buffer';
import type { FailureCause } from '../api/failure.ts';
import { invalid, missing, tooLong, unsupported, when } from '../api/field-faults.ts';
import type { DraftObject, KubeObject } from '../store/object.ts';
import { changedItems, fieldsOf, filled, itemsOf, specOf, textOf, withSpec } from './fields.ts';

export function secretDefaults(draft: DraftObject): DraftObject {
  const { stringData, ...secret } = draft;
  const encoded = Object.entries(fieldsOf(stringData)).map(([key, text]) => [
    key,
    Buffer.from(textOf(text)).toString('base64'),
  ]);
  const data =
    encoded.length > 0 ? { data: { ...fieldsOf(draft.data), ...Object.fromEntries(encoded) } } : {};
  // A Secret is one with or without what was written in clear.
  return { ...secret, ...data, type: draft.type ?? 'Opaque' } as DraftObject;
}

const LARGEST_DATA_BYTES = 1024 * 1024;
const DATA_KEY = /^[-._a-zA-Z0-9]+$/;

export function dataFaults(object: KubeObject, previous: KubeObject | undefined): FailureCause[] {
  const data = Object.entries(fieldsOf(object.data));
  const binaryData = Object.entries(fieldsOf(object.binaryData));
  const bytes =
    bytesIn(data, object.kind === 'Secret' ? 'base64' : 'utf8') + bytesIn(binaryData, 'base64');
  return [
    ...[...data, ...binaryData].flatMap(([key]) =>
      when(!DATA_KEY.test(key), () =>
        invalid(
          `data[${key}]`,
          key,
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        ),
      ),
    ),
    ...when(bytes > LARGEST_DATA_BYTES, () => tooLong('data', LARGEST_DATA_BYTES)),
    ...immutableFaults(object, previous),
  ];
}

function bytesIn(entries: readonly [string, unknown][], encoding: 'base64' | 'utf8'): number {
  return entries.reduce((sum, [, value]) => sum + Buffer.byteLength(textOf(value), encoding), 0);
}

function immutableFaults(object: KubeObject, previous: KubeObject | undefined): FailureCause[] {
  if (previous?.immutable !== true) return [];
  const same = ['data', 'binaryData', 'immutable'].every(
    (field) => JSON.stringify(object[field]) === JSON.stringify(previous[field]),
  );
  return when(!same, () => ({
    reason: 'FieldValueForbidden',
    message: 'Forbidden: field is immutable when `immutable` is set',
    field: 'data',
  }));
}

export function namespaceDefaults(draft: DraftObject): DraftObject {
  const { name } = draft.metadata;
  const labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': name ?? '' };
  return {
    ...draft,
    metadata: { ...draft.metadata, labels },
    spec: draft.spec ?? { finalizers: ['kubernetes'] },
    status: draft.status ?? { phase: 'Active' },
  };
}

export function nodeDefaults(draft: DraftObject): DraftObject {
  return filled(draft, { spec: {}, status: {} });
}

export function claimDefaults(draft: DraftObject): DraftObject {
  const claim = withSpec(draft, (spec) => filled(spec, { volumeMode: 'Filesystem' }));
  return { ...claim, status: draft.status ?? { phase: 'Pending' } };
}

export function leaseFaults(lease: KubeObject): FailureCause[] {
  const { leaseDurationSeconds: seconds } = specOf(lease);
  return when(typeof seconds === 'number' && seconds <= 0, () =>
    invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0'),
  );
}

export function endpointSliceDefaults(draft: DraftObject): DraftObject {
  return changedItems(draft, 'ports', (port) => filled(port, { name: '', protocol: 'TCP' }));
}

export function budgetDefaults(draft: DraftObject): DraftObject {
  const status = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
  return { ...draft, status: draft.status ?? status };
}

export function budgetFaults(budget: KubeObject): FailureCause[] {
  const { minAvailable, maxUnavailable } = specOf(budget);
  return when(minAvailable !== undefined && maxUnavailable !== undefined, () =>
    invalid('spec', specOf(budget), 'minAvailable and maxUnavailable cannot be both set'),
  );
}

export function autoscalerDefaults(draft: DraftObject): DraftObject {
  const cpu = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } };
  const autoscaler = withSpec(draft, (spec) =>
    filled(spec, { minReplicas: 1, metrics: [{ type: 'Resource', resource: cpu }] }),
  );
  return { ...autoscaler, status: draft.status ?? { currentMetrics: null, desiredReplicas: 0 } };
}

export function autoscalerFaults(autoscaler: KubeObject): FailureCause[] {
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

export function policyDefaults(draft: DraftObject): DraftObject {
  return withSpec(draft, (spec) =>
    filled(spec, { policyTypes: spec.egress ? ['Ingress', 'Egress'] : ['Ingress'] }),
  );
}

const RBAC_GROUP = 'rbac.authorization.k8s.io';

export function bindingDefaults(draft: DraftObject): DraftObject {
  const bound = changedItems(draft, 'subjects', (subject) =>
    subject.kind === 'ServiceAccount' ? subject : filled(subject, { apiGroup: RBAC_GROUP }),
  );
  const roleRef = filled(fieldsOf(draft.roleRef), { apiGroup: RBAC_GROUP });
  return { ...bound, roleRef };
}

export function bindingFaults(
  binding: KubeObject,
  previous: KubeObject | undefined,
): FailureCause[] {
  const { kind, name } = fieldsOf(binding.roleRef);
  const kinds = ['Role', 'ClusterRole'];
  const changed =
    previous !== undefined && JSON.stringify(previous.roleRef) !== JSON.stringify(binding.roleRef);
  return [
    ...when(!kinds.includes(textOf(kind)), () => unsupported('roleRef.kind', kind, kinds)),
    ...when(textOf(name) === '', () => missing('roleRef.name')),
    ...when(changed, () => invalid('roleRef', binding.roleRef, 'cannot change roleRef')),
    ...itemsOf(binding.subjects).flatMap((subject, at) =>
      when(subject.kind === 'ServiceAccount' && !subject.namespace, () =>
        missing(`subjects[${at}].namespace`),
      ),
    ),
  ];
}

export function roleFaults(role: KubeObject): FailureCause[] {
  return itemsOf(role.rules).flatMap((rule, at) => [
    ...when(!Array.isArray(rule.verbs) || rule.verbs.length === 0, () =>
      missing(`rules[${at}].verbs`, 'verbs must contain at least one value'),
    ),
  ]);
}
