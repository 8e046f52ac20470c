/** Kubernetes' own kinds and those of the mesh. Tekton adds its own, a CustomResourceDefinition more. */

import { apiVersionOf, type Kind } from '../definitions/kind.ts';
import {
  VALIDATING_ADMISSION_POLICIES,
  VALIDATING_ADMISSION_POLICY_BINDINGS,
} from './access/admission.ts';
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, ROLE_BINDINGS, ROLES } from './access/rbac.ts';
import { REVIEWS } from './access/reviews.ts';
import { LEASES } from './core/coordination.ts';
import {
  CONFIG_MAPS,
  EVENTS,
  LIMIT_RANGES,
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  RESOURCE_QUOTAS,
  SECRETS,
  SERVICE_ACCOUNTS,
  SERVICES,
} from './core/core.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from './custom/definitions.ts';
import { ENDPOINT_SLICES } from './network/discovery.ts';
import { GATEWAY_CLASSES, GATEWAYS, GRPC_ROUTES, HTTP_ROUTES } from './network/gateway-api.ts';
import { DESTINATION_RULES, VIRTUAL_SERVICES } from './network/istio.ts';
import { NETWORK_POLICIES } from './network/networking.ts';
import { DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS } from './workloads/apps.ts';
import { HORIZONTAL_POD_AUTOSCALERS } from './workloads/autoscaling.ts';
import { CRON_JOBS, JOBS } from './workloads/batch.ts';
import { POD_DISRUPTION_BUDGETS } from './workloads/policy.ts';

export const BUILT_IN_KINDS: readonly Kind[] = [
  CONFIG_MAPS,
  EVENTS,
  LIMIT_RANGES,
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  RESOURCE_QUOTAS,
  SECRETS,
  SERVICE_ACCOUNTS,
  SERVICES,
  DEPLOYMENTS,
  REPLICA_SETS,
  STATEFUL_SETS,
  HORIZONTAL_POD_AUTOSCALERS,
  CRON_JOBS,
  JOBS,
  LEASES,
  CUSTOM_RESOURCE_DEFINITIONS,
  ENDPOINT_SLICES,
  NETWORK_POLICIES,
  POD_DISRUPTION_BUDGETS,
  VALIDATING_ADMISSION_POLICIES,
  VALIDATING_ADMISSION_POLICY_BINDINGS,
  CLUSTER_ROLES,
  CLUSTER_ROLE_BINDINGS,
  ROLES,
  ROLE_BINDINGS,
  VIRTUAL_SERVICES,
  DESTINATION_RULES,
  GATEWAY_CLASSES,
  GATEWAYS,
  HTTP_ROUTES,
  GRPC_ROUTES,
  ...REVIEWS,
];

/** The kind that an object says it is, in any of its served versions. */
export function kindOf(
  kinds: readonly Kind[],
  object: { apiVersion: string; kind: string },
): Kind | undefined {
  return kinds.find(
    (kind) =>
      kind.kind === object.kind &&
      kind.versions.some((version) => apiVersionOf(kind, version) === object.apiVersion),
  );
}
