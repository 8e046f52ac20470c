/** Who may do what, from the Roles and bindings in the store. */

import { ApiFailure } from '../../definitions/failure.ts';
import { collectionOf } from '../../definitions/kind.ts';
import {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  ROLE_BINDINGS,
  ROLES,
} from '../../kinds/access/rbac.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Store } from '../../store/store.ts';
import {
  type Attributes,
  grants,
  type PolicyRule,
  RULE_FOR_SUPERUSERS,
  RULES_FOR_EVERYBODY,
} from './rules.ts';
import { SUPERUSERS, type User } from './user.ts';

/** The rule that granted a call, and where it stands: `Role/shop/deployer`. */
interface Grant {
  readonly role: string;
  readonly rule: PolicyRule;
}

type Decision =
  | { readonly allowed: true; readonly by: Grant }
  | { readonly allowed: false; readonly reason: string };

export interface Authorizer {
  decide(user: User, wanted: Attributes): Decision;
  /** All that is granted to the user in a namespace. */
  rulesOf(user: User, namespace: string): readonly Grant[];
}

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

interface Binding {
  /** Undefined where it binds everywhere. */
  readonly namespace: string | undefined;
  readonly subjects: readonly Subject[];
  readonly grants: readonly Grant[];
  readonly missingRole: string | undefined;
}

const RBAC_COLLECTIONS = new Set(
  [CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, ROLE_BINDINGS, ROLES].map(collectionOf),
);

export function createAuthorizer(store: Store): Authorizer {
  let known: readonly Binding[] | undefined;
  store.subscribe(({ collection }) => {
    if (RBAC_COLLECTIONS.has(collection)) known = undefined;
  });
  const bindingsFor = (user: User, namespace: string | undefined): Binding[] => {
    known ??= readBindings(store);
    return known.filter(
      (binding) =>
        (binding.namespace === undefined || binding.namespace === namespace) &&
        binding.subjects.some((subject) => isMeant(subject, user, binding.namespace)),
    );
  };

  const decide: Authorizer['decide'] = (user, wanted) => {
    const bindings = bindingsFor(user, wanted.type === 'resource' ? wanted.namespace : undefined);
    const all = [...inherent(user), ...bindings.flatMap((binding) => binding.grants)];
    const by = all.find(({ rule }) => grants(rule, wanted));
    if (by) return { allowed: true, by };
    const missing = bindings.flatMap(({ missingRole }) => missingRole ?? []);
    return {
      allowed: false,
      reason: missing.length === 0 ? '' : `RBAC: ${missing.join(', ')}`,
    };
  };

  return {
    decide,
    rulesOf: (user, namespace) => [
      ...inherent(user),
      ...bindingsFor(user, namespace).flatMap((binding) => binding.grants),
    ],
  };
}

function inherent(user: User): Grant[] {
  const superuser = { role: `Group/${SUPERUSERS}`, rule: RULE_FOR_SUPERUSERS };
  return [
    ...(user.groups.includes(SUPERUSERS) ? [superuser] : []),
    ...RULES_FOR_EVERYBODY.map((rule) => ({ role: 'ClusterRole/system:discovery', rule })),
  ];
}

/** An account that a RoleBinding names without a namespace is of the binding's own. */
function isMeant({ kind, name, namespace }: Subject, user: User, own: string | undefined): boolean {
  switch (kind) {
    case 'User':
      return name === user.name;
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount':
      return `system:serviceaccount:${namespace ?? own}:${name}` === user.name;
    default:
      return false;
  }
}

function readBindings(store: Store): Binding[] {
  const rulesOf = (role: KubeObject): PolicyRule[] => (role.rules ?? []) as PolicyRule[];
  return [ROLE_BINDINGS, CLUSTER_ROLE_BINDINGS].flatMap((kind) =>
    store.list(collectionOf(kind)).map(({ metadata: { namespace }, roleRef, subjects }) => {
      // Written through the API, which asks for a kind and a name.
      const ref = roleRef as { kind: string; name: string };
      const place = ref.kind === 'Role' ? namespace : undefined;
      const role = store.get(
        collectionOf(ref.kind === 'Role' ? ROLES : CLUSTER_ROLES),
        place,
        ref.name,
      );
      const title = [ref.kind, place, ref.name].filter((part) => part !== undefined).join('/');
      return {
        namespace,
        subjects: (subjects ?? []) as Subject[],
        grants: role ? rulesOf(role).map((rule) => ({ role: title, rule })) : [],
        missingRole: role
          ? undefined
          : `${ref.kind.toLowerCase()}.rbac.authorization.k8s.io "${ref.name}" not found`,
      };
    }),
  );
}

/** The refusal, in the words of the real one. */
export function forbidden(user: User, wanted: Attributes, reason: string): ApiFailure {
  const because = reason === '' ? '' : `: ${reason}`;
  if (wanted.type === 'path') {
    return new ApiFailure(
      'Forbidden',
      `forbidden: User "${user.name}" cannot ${wanted.verb} path "${wanted.path}"${because}`,
    );
  }
  const { verb, group, resource, subresource, namespace, name } = wanted;
  const what = group === '' ? resource : `${resource}.${group}`;
  const full = subresource === undefined ? resource : `${resource}/${subresource}`;
  const where =
    namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return new ApiFailure(
    'Forbidden',
    `${what}${name === undefined ? '' : ` "${name}"`} is forbidden: User "${user.name}" cannot ` +
      `${verb} resource "${full}" in API group "${group}" ${where}${because}`,
    { ...(name === undefined ? {} : { name }), ...(group ? { group } : {}), kind: resource },
  );
}
