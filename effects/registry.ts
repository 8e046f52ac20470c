/**
 * Asks an image registry which digest a tag has (OCI distribution, "Pulling manifests"), so that a
 * release runs what was looked at and not what the tag means later.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imageText, registryOf } from '../core/image.ts';
import type { ImageChoice } from '../core/release/plan.ts';
import type { Ask, HttpAnswer } from './http.ts';

export type Resolved =
  | { readonly kind: 'resolved'; readonly image: ImageChoice }
  /** The registry says that there is no such tag. */
  | { readonly kind: 'missing'; readonly why: string }
  /** The registry cannot be asked from here; the image is taken by its tag. */
  | { readonly kind: 'unpinned'; readonly image: ImageChoice; readonly why: string };

const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const TIMEOUT_MS = 5_000;

/** `credentialsDir` holds a Docker config as `config.json` or `.dockerconfigjson`, or is empty. */
export async function resolveImage(
  ask: Ask,
  repository: string,
  tag: string,
  credentialsDir: string,
): Promise<Resolved> {
  const { host, path } = registryOf(repository);
  const url = `${schemeOf(host)}://${host}/v2/${path}/manifests/${tag}`;
  const login = await credentialsFor(host, credentialsDir);
  const askRegistry = (headers: Record<string, string>): Promise<HttpAnswer> =>
    ask({
      method: 'HEAD',
      url,
      headers: { accept: MANIFESTS, ...headers },
      timeoutMs: TIMEOUT_MS,
    });

  const unpinned = (why: string): Resolved => ({
    kind: 'unpinned',
    image: { reference: imageText(repository, tag, undefined), tag, digest: undefined },
    why: `${url}: ${why}`,
  });
  let answer = await askRegistry(login === undefined ? {} : { authorization: `Basic ${login}` });
  if (answer.kind === 'answered' && answer.status === 401) {
    const token = await tokenFor(ask, answer.headers.get('www-authenticate') ?? '', login);
    if (token) answer = await askRegistry({ authorization: `Bearer ${token}` });
  }
  if (answer.kind === 'failed') return unpinned(answer.why);
  if (answer.status === 404) {
    return {
      kind: 'missing',
      why: `image ${repository}:${tag} does not exist in registry ${host}`,
    };
  }
  const digest = answer.headers.get('docker-content-digest');
  if (answer.status !== 200 || !digest) return unpinned(`answered ${answer.status}`);
  return {
    kind: 'resolved',
    image: { reference: imageText(repository, tag, digest), tag, digest },
  };
}

/** Registries on this very machine speak plain HTTP, as Docker takes for granted. */
function schemeOf(host: string): 'http' | 'https' {
  return /^(localhost|127\.\d+\.\d+\.\d+)(:\d+)?$/.test(host) ? 'http' : 'https';
}

async function credentialsFor(host: string, folder: string): Promise<string | undefined> {
  if (folder === '') return undefined;
  const text = await readFile(join(folder, 'config.json'), 'utf8').catch(() =>
    readFile(join(folder, '.dockerconfigjson'), 'utf8'),
  );
  const { auths = {} } = JSON.parse(text) as { auths?: Record<string, { auth?: string }> }; // Docker's format
  return auths[host]?.auth ?? auths[`https://${host}`]?.auth;
}

/** The token dance of the Docker registry: the challenge says where to get one, and for what. */
async function tokenFor(
  ask: Ask,
  challenge: string,
  login: string | undefined,
): Promise<string | undefined> {
  const parts = new Map(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
  );
  const realm = parts.get('realm');
  if (!challenge.startsWith('Bearer') || !realm) return undefined;
  const url = new URL(realm);
  for (const key of ['service', 'scope']) {
    const value = parts.get(key);
    if (value) url.searchParams.set(key, value);
  }
  const headers = login === undefined ? {} : { authorization: `Basic ${login}` };
  const answer = await ask({ method: 'GET', url: url.href, headers, timeoutMs: TIMEOUT_MS });
  if (answer.kind === 'failed' || answer.status !== 200) return undefined;
  const body = JSON.parse(answer.body) as { token?: string; access_token?: string }; // the token protocol
  return body.token ?? body.access_token;
}
