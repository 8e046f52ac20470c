/** Where the API keeps the kinds that a release reads or writes. */
import type { Target } from '../../core/release/action.ts';

const PLURALS = {
  'v1/ConfigMap': 'configmaps',
  'v1/Node': 'nodes',
  'v1/Pod': 'pods',
  'v1/ResourceQuota': 'resourcequotas',
  'v1/Service': 'services',
  'apps/v1/Deployment': 'deployments',
  'autoscaling/v2/HorizontalPodAutoscaler': 'horizontalpodautoscalers',
  'coordination.k8s.io/v1/Lease': 'leases',
  'discovery.k8s.io/v1/EndpointSlice': 'endpointslices',
  'policy/v1/PodDisruptionBudget': 'poddisruptionbudgets',
} as const;

export type ResourceKind = keyof typeof PLURALS;

/** What to list: all of a kind in a namespace (or in the whole cluster), narrowed by selectors. */
export interface Query {
  readonly kind: ResourceKind;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export function collectionPath(query: Query, more: Readonly<Record<string, string>> = {}): string {
  const parameters = new URLSearchParams(more);
  if (query.labelSelector) parameters.set('labelSelector', query.labelSelector);
  if (query.fieldSelector) parameters.set('fieldSelector', query.fieldSelector);
  const text = parameters.toString();
  return `${basePath(query.kind, query.namespace)}${text && `?${text}`}`;
}

export function objectPath(target: Target): string {
  const kind = `${target.apiVersion}/${target.kind}`;
  if (!isResourceKind(kind)) throw new Error(`no path known for ${kind}`);
  return `${basePath(kind, target.namespace)}/${encodeURIComponent(target.name)}`;
}

function isResourceKind(kind: string): kind is ResourceKind {
  return kind in PLURALS;
}

function basePath(kind: ResourceKind, namespace: string | undefined): string {
  const apiVersion = kind.slice(0, kind.lastIndexOf('/'));
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${scope}/${PLURALS[kind]}`;
}
