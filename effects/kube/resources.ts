/** Where the API keeps the kinds that a release reads or writes. */
import type { Target } from '../../core/cluster/action.ts';

const PLURALS = {
  'v1/ConfigMap': 'configmaps',
  'v1/Event': 'events',
  'v1/Node': 'nodes',
  'v1/PersistentVolumeClaim': 'persistentvolumeclaims',
  'v1/Pod': 'pods',
  'v1/ResourceQuota': 'resourcequotas',
  'v1/Service': 'services',
  'v1/ServiceAccount': 'serviceaccounts',
  'apps/v1/Deployment': 'deployments',
  'apps/v1/ReplicaSet': 'replicasets',
  'apps/v1/StatefulSet': 'statefulsets',
  'autoscaling/v2/HorizontalPodAutoscaler': 'horizontalpodautoscalers',
  'autoscaling.k8s.io/v1/VerticalPodAutoscaler': 'verticalpodautoscalers',
  'batch/v1/CronJob': 'cronjobs',
  'batch/v1/Job': 'jobs',
  'coordination.k8s.io/v1/Lease': 'leases',
  'discovery.k8s.io/v1/EndpointSlice': 'endpointslices',
  'gateway.networking.k8s.io/v1/GRPCRoute': 'grpcroutes',
  'gateway.networking.k8s.io/v1/HTTPRoute': 'httproutes',
  'keda.sh/v1alpha1/ScaledObject': 'scaledobjects',
  'networking.k8s.io/v1/NetworkPolicy': 'networkpolicies',
  'networking.istio.io/v1/DestinationRule': 'destinationrules',
  'networking.istio.io/v1/VirtualService': 'virtualservices',
  'networking.istio.io/v1beta1/DestinationRule': 'destinationrules',
  'networking.istio.io/v1beta1/VirtualService': 'virtualservices',
  'policy/v1/PodDisruptionBudget': 'poddisruptionbudgets',
  'tekton.dev/v1/PipelineRun': 'pipelineruns',
  'tekton.dev/v1/TaskRun': 'taskruns',
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

/** Throws for a kind that no release reads or writes. */
export function resourceKind({ apiVersion, kind }: Pick<Target, 'apiVersion' | 'kind'>) {
  const full = `${apiVersion}/${kind}`;
  if (!isResourceKind(full)) throw new Error(`no path known for ${full}`);
  return full;
}

export function objectPath(target: Target): string {
  return `${basePath(resourceKind(target), target.namespace)}/${encodeURIComponent(target.name)}`;
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
