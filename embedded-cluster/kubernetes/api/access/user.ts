/** Who calls. */

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  /** What its credentials say of themselves, such as the pod that they are bound to. */
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Its name, where the credentials are bound to one. */
export function podOf({ extra }: User): string | undefined {
  return extra?.['authentication.kubernetes.io/pod-name']?.[0];
}

export const SUPERUSERS = 'system:masters';
const AUTHENTICATED = 'system:authenticated';

export const ADMIN: User = { name: 'kubernetes-admin', groups: [SUPERUSERS, AUTHENTICATED] };

export function serviceAccountUser(namespace: string, name: string): User {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, AUTHENTICATED],
  };
}

/** The user that another one acts as. Naming a ServiceAccount brings the groups it has. */
export function impersonated(name: string, groups: readonly string[]): User {
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  if (account && groups.length === 0) return serviceAccountUser(account[1] ?? '', account[2] ?? '');
  return { name, groups: [...groups, AUTHENTICATED] };
}
