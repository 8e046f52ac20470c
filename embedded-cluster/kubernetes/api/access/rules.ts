/** What a Role's rule grants. */

interface ResourceAttributes {
  readonly type: 'resource';
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

interface PathAttributes {
  readonly type: 'path';
  readonly verb: string;
  readonly path: string;
}

/** What somebody wants to do. */
export type Attributes = ResourceAttributes | PathAttributes;

export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export function grants(rule: PolicyRule, wanted: Attributes): boolean {
  if (!includes(rule.verbs, wanted.verb)) return false;
  switch (wanted.type) {
    case 'path':
      return (rule.nonResourceURLs ?? []).some((pattern) => covers(pattern, wanted.path));
    case 'resource':
      return (
        includes(rule.apiGroups, wanted.group) &&
        (rule.resources ?? []).some((resource) => means(resource, wanted)) &&
        (!rule.resourceNames?.length || rule.resourceNames.includes(wanted.name ?? ''))
      );
  }
}

function includes(list: readonly string[] = [], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

function covers(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}

// A granted resource is `pods`, `pods/log`, `*`, or `*/scale` for that subresource of everything.
function means(granted: string, { resource, subresource }: ResourceAttributes): boolean {
  if (granted === '*') return true;
  if (subresource === undefined) return granted === resource;
  return granted === `${resource}/${subresource}` || granted === `*/${subresource}`;
}

/** What everybody whom the API knows may do: find out what there is, and what they may do. */
export const RULES_FOR_EVERYBODY: readonly PolicyRule[] = [
  {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  },
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
  {
    verbs: ['get'],
    nonResourceURLs: [
      ...['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'],
      ...['/healthz', '/livez', '/livez/*', '/readyz', '/readyz/*', '/version', '/version/'],
    ],
  },
];

export const RULE_FOR_SUPERUSERS: PolicyRule = {
  verbs: ['*'],
  apiGroups: ['*'],
  resources: ['*'],
  nonResourceURLs: ['*'],
};
