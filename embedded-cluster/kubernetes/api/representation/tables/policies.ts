/** Autoscalers, disruption budgets, and who may do what. */
import type {
  V1NetworkPolicy,
  V1RoleBinding,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import { type LabelSelector, selectorText } from '../../../definitions/selectors.ts';
import type { PodDisruptionBudget, Wire } from '../../../shapes.ts';
import { type Column, columns, integer, listed, NAME_COLUMN, text, wide } from './table.ts';

type Autoscaler = Wire<V2HorizontalPodAutoscaler>;
type Metric = NonNullable<NonNullable<Autoscaler['spec']>['metrics']>[number];

export const AUTOSCALER_COLUMNS = columns<Autoscaler>(
  text('Reference', ({ spec }) => `${spec?.scaleTargetRef.kind}/${spec?.scaleTargetRef.name}`),
  text('Targets', (autoscaler) =>
    listed(autoscaler.spec?.metrics?.map((metric) => target(autoscaler, metric))),
  ),
  text('MinPods', ({ spec }) => String(spec?.minReplicas ?? '<unset>')),
  integer('MaxPods', ({ spec }) => spec?.maxReplicas ?? 0),
  integer('Replicas', ({ status }) => status?.currentReplicas ?? 0),
);

function target({ status }: Autoscaler, { type, resource }: Metric): string {
  if (!resource) return `<unknown ${type} metric>`;
  const { name, target: wanted } = resource;
  const seen = status?.currentMetrics?.find((metric) => metric.resource?.name === name)?.resource;
  if (wanted.averageUtilization !== undefined) {
    const now = seen?.current.averageUtilization;
    return `${name}: ${now === undefined ? '<unknown>' : `${now}%`}/${wanted.averageUtilization}%`;
  }
  return `${name}: ${seen?.current.averageValue ?? '<unknown>'}/${wanted.averageValue ?? '<auto>'}`;
}

export const BUDGET_COLUMNS = columns<PodDisruptionBudget>(
  text('Min Available', ({ spec }) => String(spec.minAvailable ?? 'N/A')),
  text('Max Unavailable', ({ spec }) => String(spec.maxUnavailable ?? 'N/A')),
  integer('Allowed Disruptions', ({ status }) => status?.disruptionsAllowed ?? 0),
);

export const NETWORK_POLICY_COLUMNS = columns<Wire<V1NetworkPolicy>>(
  text(
    'Pod-Selector',
    ({ spec }) => selectorText(spec?.podSelector as LabelSelector | undefined) || '<none>', // as every selector is
  ),
);

type Binding = Wire<V1RoleBinding>;

export const BINDING_COLUMNS = columns<Binding>(
  text('Role', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
  wide(text('Users', (binding) => subjects(binding, 'User'))),
  wide(text('Groups', (binding) => subjects(binding, 'Group'))),
  wide(text('ServiceAccounts', (binding) => subjects(binding, 'ServiceAccount'))),
);

function subjects({ subjects = [] }: Binding, kind: string): string {
  return subjects
    .filter((subject) => subject.kind === kind)
    .map(({ namespace, name }) => (namespace ? `${namespace}/${name}` : name))
    .join(', ');
}

/** Kinds that show when they were made rather than how long ago. */
export const CREATED_COLUMNS: readonly Column[] = [
  NAME_COLUMN,
  text('Created At', ({ metadata }) => metadata.creationTimestamp),
];
