/**
 * What a cluster gives every namespace so that pods can speak to the API: a `default`
 * ServiceAccount, the CA certificate, and tokens in the Secrets that ask for one.
 */
import { Buffer } from 'node:buffer';
import { collectionOf, type Kind } from '../../definitions/kind.ts';
import { CONFIG_MAPS, NAMESPACES, SECRETS, SERVICE_ACCOUNTS } from '../../kinds/core/core.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import type { Change } from '../../store/store.ts';
import type { Running, World } from '../../world.ts';
import type { Tokens } from './tokens.ts';

export interface ServiceAccountTokensOptions {
  readonly tokens: Tokens;
  /** PEM. */
  readonly ca: string;
}

const TOKEN_SECRET = 'kubernetes.io/service-account-token';
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/service-account.uid';

export function startServiceAccountTokens(
  world: World,
  options: ServiceAccountTokensOptions,
): Running {
  const { store, objects } = world;
  const react = ({ type, collection, object }: Change): void => {
    switch (collection) {
      case collectionOf(NAMESPACES):
        if (type === 'ADDED') furnish(world, object.metadata.name, options.ca);
        return;
      case collectionOf(SECRETS):
        if (type !== 'DELETED') fill(world, object, options);
        return;
      case collectionOf(SERVICE_ACCOUNTS):
        for (const secret of type === 'MODIFIED' ? [] : secretsOf(world, object)) {
          if (type === 'ADDED') fill(world, secret, options);
          else objects.delete(SECRETS, secret.metadata.namespace, secret.metadata.name);
        }
        return;
    }
  };
  for (const { metadata } of store.list(collectionOf(NAMESPACES))) {
    furnish(world, metadata.name, options.ca);
  }
  for (const secret of store.list(collectionOf(SECRETS))) fill(world, secret, options);
  return { stop: store.subscribe(react) };
}

function furnish(world: World, namespace: string, ca: string): void {
  createIfMissing(world, SERVICE_ACCOUNTS, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace },
  });
  createIfMissing(world, CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-root-ca.crt', namespace },
    data: { 'ca.crt': ca },
  });
}

function fill(
  { store, objects }: World,
  { metadata: { namespace = '', name } }: KubeObject,
  { tokens, ca }: ServiceAccountTokensOptions,
): void {
  // As it is now: what a listener is told may be the past already.
  const secret = store.get(collectionOf(SECRETS), namespace, name);
  if (!secret || secret.type !== TOKEN_SECRET) return;
  const { annotations = {}, deletionTimestamp } = secret.metadata;
  const data = (secret.data ?? {}) as Record<string, string>; // as the API keeps it
  const owner = annotations[ACCOUNT_NAME] ?? '';
  const account = store.get(collectionOf(SERVICE_ACCOUNTS), namespace, owner);
  if (!account || data.token || deletionTimestamp) return;
  objects.update(SECRETS, {
    ...secret,
    metadata: {
      ...secret.metadata,
      annotations: { ...annotations, [ACCOUNT_UID]: account.metadata.uid },
    },
    data: {
      ...data,
      token: base64(tokens.issueFor(secret, account)),
      'ca.crt': base64(ca),
      namespace: base64(namespace),
    },
  });
}

/** Secrets that were there before their account, or that would outlive it. */
function secretsOf({ store }: World, { metadata }: KubeObject): KubeObject[] {
  return store
    .list(collectionOf(SECRETS), metadata.namespace)
    .filter(
      (secret) =>
        secret.type === TOKEN_SECRET &&
        secret.metadata.annotations?.[ACCOUNT_NAME] === metadata.name,
    );
}

function createIfMissing({ store, objects }: World, kind: Kind, draft: DraftObject): void {
  const { namespace, name = '' } = draft.metadata;
  if (!store.get(collectionOf(kind), namespace, name)) objects.create(kind, draft);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
