/**
 * Asks an image registry which digest a tag has (OCI distribution, "Pulling manifests"), so that a
 * release runs what was looked at and not what the tag means later.
 */
import { imageText, registryOf } from '../core/image.ts';
import { jsonOf } from '../core/metrics/metric.ts';
import type { ImageChoice } from '../core/release/plan.ts';
import { BadInput, messageOf } from './failure.ts';
import type { Ask, HttpAnswer } from './http.ts';
import { FileRefused, readFileWithin } from './workspace-file.ts';

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

const CREDENTIALS = ['config.json', '.dockerconfigjson'] as const;
/** Under this Docker keeps the login of Docker Hub, whatever host it asks. */
const DOCKER_HUB = { host: 'registry-1.docker.io', key: 'https://index.docker.io/v1/' } as const;

interface Login {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
}

/** In base64, as Basic wants it; undefined where the folder has no login for the host. */
async function credentialsFor(host: string, folder: string): Promise<string | undefined> {
  if (folder === '') return undefined;
  const auths = authsIn(await credentialsText(folder));
  const keys = [host, `https://${host}`, `https://${host}/v1/`, `https://${host}/v2/`];
  if (host === DOCKER_HUB.host) keys.push(DOCKER_HUB.key, 'index.docker.io', 'docker.io');
  const login = keys.map((key) => auths[key]).find((found) => found !== undefined);
  if (login?.auth) return login.auth;
  if (!login?.username) return undefined;
  return Buffer.from(`${login.username}:${login.password ?? ''}`).toString('base64');
}

/** Throws BadInput where the workspace is bound and holds no login that can be read. */
async function credentialsText(folder: string): Promise<string> {
  const reasons: string[] = [];
  for (const file of CREDENTIALS) {
    try {
      return await readFileWithin(folder, file);
    } catch (thrown) {
      if (!(thrown instanceof FileRefused)) throw thrown;
      reasons.push(`${file} ${messageOf(thrown)}`);
    }
  }
  throw new BadInput([`workspace registry-credentials: ${reasons.join(', ')}`]);
}

function authsIn(text: string): Readonly<Record<string, Login>> {
  try {
    const parsed: unknown = JSON.parse(text);
    const { auths = {} } = Object(parsed);
    if (typeof auths === 'object' && auths !== null) return auths;
  } catch {
    // Said below: what stands in the file is a secret.
  }
  throw new BadInput(['workspace registry-credentials: is not a Docker config (JSON with auths)']);
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
  if (!challenge.startsWith('Bearer') || !realm || !URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  // The login goes along: nowhere in the clear, but to a registry on this very machine.
  if (url.protocol !== `${schemeOf(url.host)}:`) return undefined;
  for (const key of ['service', 'scope']) {
    const value = parts.get(key);
    if (value) url.searchParams.set(key, value);
  }
  const headers = login === undefined ? {} : { authorization: `Basic ${login}` };
  const answer = await ask({ method: 'GET', url: url.href, headers, timeoutMs: TIMEOUT_MS });
  if (answer.kind === 'failed' || answer.status !== 200) return undefined;
  const { token, access_token: accessToken } = Object(jsonOf(answer.body));
  const found = token ?? accessToken;
  return typeof found === 'string' ? found : undefined;
}
