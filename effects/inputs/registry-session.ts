/**
 * Asks one repository of an image registry (OCI distribution), logged in where it wants that. A config may
 * name the registry, and the registry says where to log in and where its blobs are: none of them leads to
 * an address that can be no service's, and a login goes to the registry itself or to where the installer
 * lets it.
 */
import { registryOf } from '../../core/base/image.ts';
import { jsonOf } from '../../core/base/json.ts';
import { type Destinations, hostAllowed } from '../context/destinations.ts';
import { addressedAsk } from '../context/guarded-request.ts';
import type { StageContext } from '../context/stage-context.ts';
import type { Ask, HttpAnswer } from '../http/http.ts';
import { credentialsFor } from './registry-login.ts';

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD';
  /** Below the repository: `manifests/v1`, `referrers/sha256:…`. */
  readonly path: string;
  readonly accept: string;
  readonly mostBytes?: number;
}

export interface RepositorySession {
  readonly host: string;
  urlOf(path: string): string;
  ask(request: RegistryRequest): Promise<HttpAnswer>;
}

const TIMEOUT_MS = 5_000;
/** A registry sends on to its storage, and that to another part of it. */
const MOST_REDIRECTS = 3;

/** `credentialsDir` holds a Docker config as `config.json` or `.dockerconfigjson`, or is empty. */
export async function openRepository(
  context: Pick<StageContext, 'ask' | 'destinations'>,
  repository: string,
  credentialsDir: string,
): Promise<RepositorySession> {
  const { host, path: name } = registryOf(repository);
  const login = await credentialsFor(host, credentialsDir);
  const ask = addressedAsk(context.ask, context.destinations);
  const urlOf = (path: string): string => `${schemeOf(host)}://${host}/v2/${name}/${path}`;
  let authorization = login === undefined ? undefined : `Basic ${login}`;

  const askOnce = ({ method, path, accept, mostBytes }: RegistryRequest): Promise<HttpAnswer> =>
    ask({
      method,
      url: urlOf(path),
      headers: { accept, ...(authorization === undefined ? {} : { authorization }) },
      timeoutMs: TIMEOUT_MS,
      ...(mostBytes === undefined ? {} : { mostBytes }),
    });
  return {
    host,
    urlOf,
    ask: async (request) => {
      let answer = await askOnce(request);
      if (answer.kind === 'answered' && answer.status === 401) {
        const challenge = challengeIn(answer.headers.get('www-authenticate') ?? '');
        if (challenge) {
          const fault = realmFault(challenge.realm, host, await context.destinations());
          if (fault !== undefined) return { kind: 'failed', why: fault, headers: new Map() };
          const token = await tokenFrom(ask, challenge, login);
          if (token !== undefined) {
            authorization = `Bearer ${token}`;
            answer = await askOnce(request);
          }
        }
      }
      // What a tag means only the registry itself says.
      const isBlob = request.path.startsWith('blobs/');
      return isBlob ? sentOn(ask, answer, request, urlOf(request.path)) : answer;
    },
  };
}

/** Blobs may lie elsewhere; a login does not go along. */
async function sentOn(
  ask: Ask,
  first: HttpAnswer,
  { method, accept, mostBytes }: RegistryRequest,
  asked: string,
): Promise<HttpAnswer> {
  let [answer, from] = [first, asked];
  for (let count = 0; count < MOST_REDIRECTS; count += 1) {
    const location = answer.headers.get('location');
    if (answer.kind === 'failed' || answer.status < 300 || answer.status > 399) return answer;
    if (location === undefined || !URL.canParse(location, from)) return answer;
    const url = new URL(location, from);
    // Nothing that came over TLS is fetched in the clear.
    if (url.protocol !== new URL(asked).protocol && url.protocol !== 'https:') return answer;
    from = url.href;
    const bounds = mostBytes === undefined ? {} : { mostBytes };
    answer = await ask({
      method,
      url: from,
      headers: { accept },
      timeoutMs: TIMEOUT_MS,
      ...bounds,
    });
  }
  return answer;
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
