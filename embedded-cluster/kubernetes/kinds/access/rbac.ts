/** Who may do what. */
import type { FailureCause } from '../../definitions/failure.ts';
import { invalid, missing, unsupported, when } from '../../definitions/field-faults.ts';
import type { Kind } from '../../definitions/kind.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import { changedItems, fieldsOf, filled, itemsOf, textOf } from '../fields.ts';

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

const RBAC_GROUP = 'rbac.authorization.k8s.io';

function bindingDefaults(draft: DraftObject): DraftObject {
  const bound = changedItems(draft, 'subjects', (subject) =>
    subject.kind === 'ServiceAccount' ? subject : filled(subject, { apiGroup: RBAC_GROUP }),
  );
  const roleRef = filled(fieldsOf(draft.roleRef), { apiGroup: RBAC_GROUP });
  return { ...bound, roleRef };
}

function bindingFaults(binding: KubeObject, previous: KubeObject | undefined): FailureCause[] {
  const { kind, name } = fieldsOf(binding.roleRef);
  const kinds = ['Role', 'ClusterRole'];
  const changed =
    previous !== undefined && JSON.stringify(previous.roleRef) !== JSON.stringify(binding.roleRef);
  return [
    ...when(!kinds.includes(textOf(kind)), () => unsupported('roleRef.kind', kind, kinds)),
    ...when(textOf(name) === '', () => missing('roleRef.name')),
    ...when(changed, () => invalid('roleRef', binding.roleRef, 'cannot change roleRef')),
    ...itemsOf(binding.subjects).flatMap((subject, at) =>
      // A RoleBinding is in a namespace, and means that one where it does not say another.
      when(
        binding.kind === 'ClusterRoleBinding' &&
          subject.kind === 'ServiceAccount' &&
          !subject.namespace,
        () => missing(`subjects[${at}].namespace`),
      ),
    ),
  ];
}

function roleFaults(role: KubeObject): FailureCause[] {
  return itemsOf(role.rules).flatMap((rule, at) => [
    ...when(!Array.isArray(rule.verbs) || rule.verbs.length === 0, () =>
      missing(`rules[${at}].verbs`, 'verbs must contain at least one value'),
    ),
  ]);
}
