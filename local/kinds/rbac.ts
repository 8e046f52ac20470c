/** Who may do what. */
import type { Kind } from '../api/kind.ts';

export const CLUSTER_ROLES: Kind = {
  group: 'rbac.authorization.k8s.io',
  versions: ['v1'],
  kind: 'ClusterRole',
  plural: 'clusterroles',
  singular: 'clusterrole',
  scope: 'Cluster',
};

export const CLUSTER_ROLE_BINDINGS: Kind = {
  group: 'rbac.authorization.k8s.io',
  versions: ['v1'],
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  scope: 'Cluster',
};

export const ROLES: Kind = {
  group: 'rbac.authorization.k8s.io',
  versions: ['v1'],
  kind: 'Role',
  plural: 'roles',
  singular: 'role',
  scope: 'Namespaced',
};

export const ROLE_BINDINGS: Kind = {
  group: 'rbac.authorization.k8s.io',
  versions: ['v1'],
  kind: 'RoleBinding',
  plural: 'rolebindings',
  singular: 'rolebinding',
  scope: 'Namespaced',
};
