/** The login for a registry in a Docker config, which is a secret: what is wrong with it is told by kinds. */
import { jsonOf } from '../../core/base/json.ts';
import { BadInput, messageOf } from '../base/failure.ts';
import { FileRefused, readFileWithin } from '../base/workspace-file.ts';

const CREDENTIALS = ['config.json', '.dockerconfigjson'] as const;
/** Under this Docker keeps the login of Docker Hub, whatever host it asks. */
const DOCKER_HUB = { host: 'registry-1.docker.io', key: 'https://index.docker.io/v1/' } as const;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** In base64, as Basic wants it; undefined where the folder has no login for the host, or there is none. */
export async function credentialsFor(host: string, folder: string): Promise<string | undefined> {
  return folder === '' ? undefined : loginIn(await credentialsText(folder), host);
}

/** The same of the config's text. Throws BadInput where it is none. */
export function loginIn(text: string, host: string): string | undefined {
  const auths = authsIn(text);
  const keys = [host, `https://${host}`, `https://${host}/v1/`, `https://${host}/v2/`];
  if (host === DOCKER_HUB.host) keys.push(DOCKER_HUB.key, 'index.docker.io', 'docker.io');
  const key = keys.find((each) => Object.hasOwn(auths, each));
  const { auth, username, password = '' } = Object(key === undefined ? undefined : auths[key]);
  if (typeof auth === 'string' && auth !== '') {
    if (BASE64.test(auth)) return auth;
    throw notDocker('its auth is not base64');
  }
  if (typeof username !== 'string' || username === '') return undefined;
  return Buffer.from(`${username}:${String(password)}`).toString('base64');
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

function authsIn(text: string): Readonly<Record<string, unknown>> {
  const { auths = {} } = Object(jsonOf(text) ?? { auths: null });
  if (typeof auths === 'object' && auths !== null) return auths;
  throw notDocker('JSON with auths');
}

function notDocker(why: string): BadInput {
  return new BadInput([`workspace registry-credentials: is not a Docker config (${why})`]);
}
