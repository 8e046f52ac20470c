/**
 * Asks an image registry which digest a tag has (OCI distribution, "Pulling manifests"), so that a
 * release runs what was looked at and not what the tag means later. A config may name the registry, and
 * the registry says where to log in: neither leads to an address that can be no service's, and a login
 * goes to the registry itself or to where the installer lets it.
 */
import { imageText, isDigest, registryOf } from '../../core/base/image.ts';
import { jsonOf } from '../../core/base/json.ts';
import type { ImageChoice } from '../../core/cluster/plan-input.ts';
import { type Destinations, hostAllowed } from '../context/destinations.ts';
import { addressedAsk } from '../context/guarded-request.ts';
import type { StageContext } from '../context/stage-context.ts';
import type { Ask, HttpAnswer } from '../http/http.ts';
import { credentialsFor } from './registry-login.ts';

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
  context: Pick<StageContext, 'ask' | 'destinations'>,
  repository: string,
  tag: string,
  credentialsDir: string,
): Promise<Resolved> {
  const { host, path } = registryOf(repository);
  const url = `${schemeOf(host)}://${host}/v2/${path}/manifests/${tag}`;
  const login = await credentialsFor(host, credentialsDir);
  const ask = addressedAsk(context.ask, context.destinations);
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
    const challenge = challengeIn(answer.headers.get('www-authenticate') ?? '');
    if (challenge) {
      const fault = realmFault(challenge.realm, host, await context.destinations());
      if (fault !== undefined) return unpinned(fault);
      const token = await tokenFrom(ask, challenge, login);
      if (token !== undefined) answer = await askRegistry({ authorization: `Bearer ${token}` });
    }
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
  if (!isDigest(digest)) return unpinned('the digest in its answer is none');
  return {
    kind: 'resolved',
    image: { reference: imageText(repository, tag, digest), tag, digest },
  };
}

/** Registries on this very machine speak plain HTTP, as Docker takes for granted. */
function schemeOf(host: string): 'http' | 'https' {
  return /^(localhost|127\.\d+\.\d+\.\d+)(:\d+)?$/.test(host) ? 'http' : 'https';
}

/** The token dance of the Docker registry: the challenge says where to get one, and for what. */
interface Challenge {
  readonly realm: URL;
  readonly parts: ReadonlyMap<string, string>;
}

/** Undefined where it asks for something else, or names no URL. */
function challengeIn(header: string): Challenge | undefined {
  const parts = new Map(
    [...header.matchAll(/(?<!\w)(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
  );
  const realm = parts.get('realm') ?? '';
  if (!header.startsWith('Bearer') || !URL.canParse(realm)) return undefined;
  return { realm: new URL(realm), parts };
}

const NO_PROTOCOL = 'gives tokens by a protocol that no login is sent over';

/** Registries that are known to give their tokens elsewhere. */
const TOKEN_HOSTS: Readonly<Record<string, string>> = {
  'registry-1.docker.io': 'auth.docker.io',
  'registry.gitlab.com': 'gitlab.com',
};

/** Why a token is not asked for where the registry says; undefined where it may be. */
function realmFault(realm: URL, registry: string, to: Destinations): string | undefined {
  // The login goes along: nowhere in the clear, but to a registry on this very machine.
  if (realm.protocol !== `${schemeOf(realm.host)}:`) return NO_PROTOCOL;
  if (realm.username !== '' || realm.password !== '') return 'names a login in its own challenge';
  const isOwn = [registry, TOKEN_HOSTS[registry]].includes(realm.host);
  if (isOwn || hostAllowed(realm.hostname, to)) return undefined;
  return "gives tokens on another host, which ConfigMap zero-downtime-destinations does not allow: its hosts are the installer's to say";
}

async function tokenFrom(
  ask: Ask,
  { realm, parts }: Challenge,
  login: string | undefined,
): Promise<string | undefined> {
  const url = new URL(realm);
  for (const key of ['service', 'scope']) {
    const value = parts.get(key);
    if (value) url.searchParams.set(key, value);
  }
  const headers = login === undefined ? {} : { authorization: `Basic ${login}` };
  const answer = await ask({ method: 'GET', url: url.href, headers, timeoutMs: TIMEOUT_MS });
  if (answer.kind === 'failed' || answer.status !== 200) return undefined;
  const { token, access_token: accessToken } = Object(jsonOf(answer.body));
  const found: unknown = token ?? accessToken;
  return typeof found === 'string' && TOKEN.test(found) ? found : undefined;
}

/** What may stand in a header behind `Bearer` (RFC 6750, 2.1). */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;
