/**
 * How a database is reached, from a folder of mounted files: `url`, or `host`, `port`, `username`,
 * `password` and `database` as in a Secret of type `kubernetes.io/basic-auth`; for TLS `ca.crt`,
 * `tls.crt` and `tls.key`. What is in them is never told.
 */
import { readdir } from 'node:fs/promises';
import { BadInput } from '../base/failure.ts';
import { FileRefused, readFileWithin } from '../base/workspace-file.ts';

/** As libpq has them, without those that fall back from one way to another by themselves. */
export const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

export interface Credentials {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  readonly sslMode: SslMode;
  readonly ca: string | undefined;
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
}

/** By the names that Secrets have for the same thing; the first is ours. */
const NAMES = {
  url: ['url', 'uri', 'DATABASE_URL'],
  host: ['host', 'hostname'],
  port: ['port'],
  user: ['username', 'user'],
  password: ['password'],
  database: ['database', 'dbname'],
  sslMode: ['sslmode'],
  ca: ['ca.crt', 'sslrootcert'],
  cert: ['tls.crt', 'sslcert'],
  key: ['tls.key', 'sslkey'],
} as const;
type Item = keyof typeof NAMES;
type Items = Readonly<Partial<Record<Item, string>>>;

const MOST_BYTES = 262_144;

/** @throws {BadInput} with every fault, and nothing of what the files say. */
export async function readCredentials(folder: string): Promise<Credentials> {
  const items = await readItems(folder);
  const faults: string[] = [];
  const written = items.url === undefined ? items : fromUrl(items.url, items, faults);
  const credentials = written && checked(written, faults);
  if (credentials && faults.length === 0) return credentials;
  throw new BadInput(faults.map((fault) => `credentials: ${fault}`));
}

async function readItems(folder: string): Promise<Items> {
  const there = await readdir(folder).catch(() => {
    throw new BadInput(['credentials: their folder is not there, or may not be read']);
  });
  const items: Partial<Record<Item, string>> = {};
  const faults: string[] = [];
  // Its own keys.
  for (const [item, names] of Object.entries(NAMES) as [Item, readonly string[]][]) {
    const name = names.find((each) => there.includes(each));
    if (name === undefined) continue;
    try {
      // An editor leaves a line end behind a password.
      items[item] = (await readFileWithin(folder, name, MOST_BYTES)).replace(/\r?\n$/, '');
    } catch (thrown) {
      if (!(thrown instanceof FileRefused)) throw thrown;
      faults.push(`credentials: ${name} ${thrown.message}`);
    }
  }
  if (faults.length > 0) throw new BadInput(faults);
  return items;
}

const KNOWN_PARAMETERS = ['sslmode', 'application_name', 'connect_timeout'];

/** What stands in the URL, a file beside it wins over a part of it; undefined: it is none. */
function fromUrl(text: string, beside: Items, faults: string[]): Items | undefined {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    faults.push('url is not a URL: postgresql://user@host:5432/database');
    return undefined;
  }
  if (url.protocol !== 'postgresql:' && url.protocol !== 'postgres:') {
    faults.push('url must begin with postgresql://');
    return undefined;
  }
  const foreign = [...url.searchParams.keys()].filter((key) => !KNOWN_PARAMETERS.includes(key));
  if (foreign.length > 0) {
    faults.push(
      `url has parameters that are not known here: known are ${KNOWN_PARAMETERS.join(', ')}`,
    );
  }
  const part = (name: Item, value: string | null): Items =>
    value ? { [name]: decoded(value, faults) } : {};
  return {
    ...part('host', url.hostname.replace(/^\[(.*)\]$/, '$1')),
    ...part('port', url.port),
    ...part('user', url.username),
    ...part('password', url.password),
    ...part('database', url.pathname.slice(1)),
    ...part('sslMode', url.searchParams.get('sslmode')),
    ...beside,
  };
}

function decoded(text: string, faults: string[]): string {
  try {
    return decodeURIComponent(text);
  } catch {
    faults.push('url has a % that no two hexadecimal digits follow: write %25');
    return text;
  }
}

function checked(items: Items, faults: string[]): Credentials | undefined {
  const { host, user, password, ca, cert, key } = items;
  if (host === undefined) faults.push('neither url nor host is there');
  else if (host.includes(',')) faults.push('host names several hosts: one is asked');
  if (user === undefined) faults.push('username is missing');
  const port = Number(items.port ?? 5432);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) faults.push('port is no port');
  if ((cert === undefined) !== (key === undefined))
    faults.push('tls.crt and tls.key belong together');
  const sslMode = sslModeOf(items, faults);
  if (host === undefined || user === undefined || sslMode === undefined) return undefined;
  return {
    host,
    port,
    user,
    password,
    database: items.database ?? user,
    sslMode,
    ca,
    certificate: cert === undefined || key === undefined ? undefined : { cert, key },
  };
}

/** Who gives a CA wants the server to be held against it. */
function sslModeOf({ sslMode, ca }: Items, faults: string[]): SslMode | undefined {
  const byDefault = ca === undefined ? 'prefer' : 'verify-full';
  const mode = SSL_MODES.find((each) => each === (sslMode ?? byDefault));
  if (mode === undefined) faults.push(`sslmode must be one of ${SSL_MODES.join(', ')}`);
  if (mode === 'verify-ca' && ca === undefined) faults.push('sslmode verify-ca needs ca.crt');
  return mode;
}
