/** Who may do what. */
import type { Kind } from '../api/kind.ts';
import { bindingDefaults, bindingFaults, roleFaults } from './plain.ts';

export const CLUSTER_ROLES: Kind = {
  group: 'rbac.authorization.k8s.io',
  versions: ['v1'],
  kind: 'ClusterRole',
  plural: 'clusterroles',
  singular: 'clusterrole',
  scope: 'Cluster',
  names: 'path-segment',
  faults: roleFaults,
};

export const CLUSTER_ROLE_BINDINGS: Kind = {
  group: 'rbac.authorization.k8s.io',
  versions: ['v1'],
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  scope: 'Cluster',
  names: 'path-segment',
  defaults: bindingDefaults,
  faults: bindingFaults,
};

export const ROLES: Kind = {
  group: 'rbac.authorization.k8s.io',
  versions: ['v1'],
  kind: 'Role',
  plural: 'roles',
  singular: 'role',
  scope: 'Namespaced',
  names: 'path-segment',
  faults: roleFaults,
};

export const ROLE_BINDINGS: Kind = {
  group: 'rbac.authorization.k8s.io',
  versions: ['v1'],
  kind: 'RoleBinding',
  plural: 'rolebindings',
  singular: 'rolebinding',
  scope: 'Namespaced',
  names: 'path-segment',
  defaults: bindingDefaults,
  faults: bindingFaults,
};
