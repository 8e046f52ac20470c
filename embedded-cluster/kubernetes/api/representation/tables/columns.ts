/** Which columns each kind has; kinds without their own show name and age. */

import { collectionOf, type Kind } from '../../../definitions/kind.ts';
import { definitionSpec, type PrinterColumn } from '../../../kinds/custom/custom-kinds.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../../../kinds/custom/definitions.ts';
import type { Store } from '../../../store/store.ts';
import * as core from './core.ts';
import { customColumns } from './custom.ts';
import * as mesh from './mesh.ts';
import { ENDPOINT_SLICE_COLUMNS, SERVICE_COLUMNS } from './network.ts';
import { POD_COLUMNS } from './pods.ts';
import * as policies from './policies.ts';
import { AGE_COLUMN, type Column, type ColumnsOf, NAME_COLUMN } from './table.ts';
import * as workloads from './workloads.ts';

const SUCCEEDED = '.status.conditions[?(@.type=="Succeeded")]';
const RUN_COLUMNS = customColumns([
  { name: 'Succeeded', type: 'string', jsonPath: `${SUCCEEDED}.status` },
  { name: 'Reason', type: 'string', jsonPath: `${SUCCEEDED}.reason` },
  { name: 'StartTime', type: 'date', jsonPath: '.status.startTime' },
  { name: 'CompletionTime', type: 'date', jsonPath: '.status.completionTime' },
]);

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  configmaps: core.CONFIG_MAP_COLUMNS,
  events: core.EVENT_COLUMNS,
  limitranges: policies.CREATED_COLUMNS,
  namespaces: core.NAMESPACE_COLUMNS,
  nodes: core.NODE_COLUMNS,
  persistentvolumeclaims: core.CLAIM_COLUMNS,
  pods: POD_COLUMNS,
  secrets: core.SECRET_COLUMNS,
  serviceaccounts: core.SERVICE_ACCOUNT_COLUMNS,
  services: SERVICE_COLUMNS,
  'customresourcedefinitions.apiextensions.k8s.io': policies.CREATED_COLUMNS,
  'deployments.apps': workloads.DEPLOYMENT_COLUMNS,
  'replicasets.apps': workloads.REPLICA_SET_COLUMNS,
  'statefulsets.apps': workloads.STATEFUL_SET_COLUMNS,
  'horizontalpodautoscalers.autoscaling': policies.AUTOSCALER_COLUMNS,
  'cronjobs.batch': workloads.CRON_JOB_COLUMNS,
  'jobs.batch': workloads.JOB_COLUMNS,
  'leases.coordination.k8s.io': core.LEASE_COLUMNS,
  'endpointslices.discovery.k8s.io': ENDPOINT_SLICE_COLUMNS,
  'networkpolicies.networking.k8s.io': policies.NETWORK_POLICY_COLUMNS,
  'poddisruptionbudgets.policy': policies.BUDGET_COLUMNS,
  'clusterroles.rbac.authorization.k8s.io': policies.CREATED_COLUMNS,
  'clusterrolebindings.rbac.authorization.k8s.io': policies.BINDING_COLUMNS,
  'roles.rbac.authorization.k8s.io': policies.CREATED_COLUMNS,
  'rolebindings.rbac.authorization.k8s.io': policies.BINDING_COLUMNS,
  'virtualservices.networking.istio.io': mesh.VIRTUAL_SERVICE_COLUMNS,
  'destinationrules.networking.istio.io': mesh.DESTINATION_RULE_COLUMNS,
  'gatewayclasses.gateway.networking.k8s.io': mesh.GATEWAY_CLASS_COLUMNS,
  'gateways.gateway.networking.k8s.io': mesh.GATEWAY_COLUMNS,
  'httproutes.gateway.networking.k8s.io': mesh.HTTP_ROUTE_COLUMNS,
  'pipelineruns.tekton.dev': RUN_COLUMNS,
  'taskruns.tekton.dev': RUN_COLUMNS,
};

export function createColumnsOf(store: Store): ColumnsOf {
  return (kind, version) =>
    COLUMNS[collectionOf(kind)] ??
    (kind.origin === 'custom'
      ? customColumns(definedColumns(store, kind, version))
      : [NAME_COLUMN, AGE_COLUMN]);
}

function definedColumns(
  store: Store,
  kind: Kind,
  version: string,
): readonly PrinterColumn[] | undefined {
  const collection = collectionOf(CUSTOM_RESOURCE_DEFINITIONS);
  const definition = store.get(collection, undefined, collectionOf(kind));
  if (!definition) return undefined;
  const { versions } = definitionSpec(definition);
  return versions.find(({ name }) => name === version)?.additionalPrinterColumns;
}
