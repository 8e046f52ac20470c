/**
 * As whom a stage acts. A run that says `taskRunSpecs` gives its pod the stage's own account, and
 * with it a token that is good for minutes and ends with the pod. Any other run has a pod of some
 * account; then the stage takes its account's long-lived token, where one is installed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { User } from '@kubernetes/client-node/dist/config_types.js';

/** `folder` is where the long-lived token is mounted; empty where a program has none. */
export function asStage(config: KubeConfig, folder: string): KubeConfig {
  const longLived = folder === '' ? undefined : textOf(join(folder, 'token'));
  const user = config.getCurrentUser();
  if (longLived === undefined || !user || isSameAccount(ownToken(user), longLived)) return config;
  const acting = new KubeConfig();
  acting.loadFromOptions({
    clusters: config.clusters,
    contexts: config.contexts,
    currentContext: config.currentContext,
    users: config.users.map((one) => (one === user ? { name: one.name, token: longLived } : one)),
  });
  return acting;
}

function ownToken({ token, authProvider }: User): string | undefined {
  return token ?? textOf(String(authProvider?.config?.tokenFile ?? ''));
}

/** Undefined where there is no such file, or where it is empty. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function isSameAccount(own: string | undefined, longLived: string): boolean {
  const account = accountIn(longLived);
  return account !== undefined && own !== undefined && accountIn(own) === account;
}

/** Whom a token says that it is of. Nothing is believed: the API server is who checks it. */
function accountIn(token: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
    );
    return typeof claims === 'object' && claims !== null && 'sub' in claims
      ? String(claims.sub)
      : undefined;
  } catch {
    return undefined;
  }
}
