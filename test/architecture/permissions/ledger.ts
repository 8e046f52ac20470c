// What the accounts of the stages were granted, and what they made of it, right by right.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { DecidedCall } from '../../../embedded-cluster/kubernetes/api/call.ts';
import { ROOT } from '../../e2e/support/world.ts';

const ACCOUNT = /^system:serviceaccount:[^:]+:(zero-downtime-.+)$/;

/** `deploy: patch deployments.apps`; a right that is limited to names says so at its end. */
export type Right = string;

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface RbacObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly Rule[];
  readonly roleRef?: { readonly name: string };
  readonly subjects?: readonly { readonly name: string }[];
}

export interface Ledger {
  readonly onCall: (call: DecidedCall) => void;
  readonly used: ReadonlySet<Right>;
  readonly refused: ReadonlySet<Right>;
  /** Of each account, whether its tokens ended with a pod, or lasted. */
  readonly tokens: ReadonlyMap<string, ReadonlySet<'short-lived' | 'long-lived'>>;
}

export function createLedger(): Ledger {
  const used = new Set<Right>();
  const refused = new Set<Right>();
  const tokens = new Map<string, Set<'short-lived' | 'long-lived'>>();
  return {
    used,
    refused,
    tokens,
    onCall: ({ user, pod, attributes, granted }) => {
      const account = ACCOUNT.exec(user)?.[1];
      if (account === undefined || attributes.type !== 'resource') return;
      const { verb, group, resource, subresource } = attributes;
      const what = subresource ? `${resource}/${subresource}` : resource;
      const right = rightOf(account, verb, group, what);
      (granted ? used : refused).add(right);
      const kinds = tokens.get(account) ?? new Set();
      tokens.set(account, kinds.add(pod === undefined ? 'long-lived' : 'short-lived'));
    },
  };
}

/** Every right of every account, from the manifests in manifests/rbac/. */
export function grantedRights(): Set<Right> {
  const objects = rbacObjects();
  const rulesOf = (name: string): readonly Rule[] =>
    objects.find(({ kind, metadata }) => /Role$/.test(kind) && metadata.name === name)?.rules ?? [];
  const rights = objects.flatMap(({ subjects = [], roleRef }) =>
    subjects.flatMap(({ name: account }) =>
      rulesOf(roleRef?.name ?? '').flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            verbs.map((verb) => rightOf(account, verb, group, resource)),
          ),
        ),
      ),
    ),
  );
  return new Set(rights);
}

export function rbacObjects(): RbacObject[] {
  return ['manifests/rbac', 'manifests/rbac/capacity'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
      .flatMap((name) => parseAllDocuments(readFileSync(join(ROOT, folder, name), 'utf8')))
      .map((document) => document.toJS() as RbacObject),
  );
}

function rightOf(account: string, verb: string, group: string, resource: string): Right {
  const stage = account.replace('zero-downtime-', '');
  return `${stage}: ${verb} ${group === '' ? resource : `${resource} of ${group}`}`;
}
