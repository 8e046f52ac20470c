/**
 * A real PostgreSQL on loopback, for tests and the demonstration: a free port, a data folder of its own,
 * nothing left over, also when the process that started it is killed. It keeps nothing safe: fsync is off.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chownSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from '../free-port.ts';
import { findPostgres, type Program } from './binaries.ts';

const run = promisify(execFile);

export interface PostgresOptions {
  /** Programs beside the server that its PostgreSQL has to have, such as pg_dump. */
  readonly programs?: readonly Program[];
  /** Lines of postgresql.conf, such as `wal_level: 'logical'`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Undefined: whoever connects is let in. */
  readonly password?: string;
  /** Lines of pg_hba.conf that come before all others. */
  readonly access?: readonly string[];
  /** PEM of a certificate and its key: TLS is then offered. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
}

interface PostgresAddress {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** The superuser, and the database that is there. */
  readonly user: 'postgres';
  readonly database: 'postgres';
  /** With the password, where it has one. */
  readonly url: string;
}

export interface RunningPostgres extends PostgresAddress {
  /** The folder of its programs. */
  readonly bin: string;
  /** The file into which it writes what happens. */
  readonly log: string;
  stop(): Promise<void>;
}

/** nobody of Debian: PostgreSQL refuses to run as root. */
const UNPRIVILEGED = { uid: 65534, gid: 65534 } as const;
const ENVIRONMENT = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' } as const;
const READY_WITHIN_MS = 30_000;

/** Not to be waited for, and not to be kept safe: it is gone soon. */
const SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '64MB',
  dynamic_shared_memory_type: 'mmap',
  logging_collector: 'off',
};

/** Resolves once it answers, in about a second. */
export async function startPostgres(options: PostgresOptions = {}): Promise<RunningPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  const as: Account = process.getuid?.() === 0 ? UNPRIVILEGED : {};
  give(folder, as);
  try {
    const bin = await readable(findPostgres(options.programs), folder, as);
    await initialize(bin, folder, options, as);
    const port = await freePort();
    const secret = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}`;
    const url = `postgresql://postgres${secret}@127.0.0.1:${port}/postgres`;
    const address = {
      host: '127.0.0.1',
      port,
      user: 'postgres',
      database: 'postgres',
      url,
    } as const;
    const child = startWatched(join(bin, 'postgres'), folder, port, as);
    await ready(child, address, folder);
    return {
      ...address,
      bin,
      log: join(folder, 'log'),
      stop: async () => {
        await ended(child);
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (thrown) {
    rmSync(folder, { recursive: true, force: true });
    throw thrown;
  }
}

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

function give(path: string, { uid, gid }: Account): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

/** The folder of programs that the account may run: a copy, where it cannot reach the checkout. */
async function readable(bin: string, folder: string, as: Account): Promise<string> {
  const answers = await run(join(bin, 'postgres'), ['--version'], as).then(
    () => true,
    () => false,
  );
  if (answers) return bin;
  const copy = join(folder, 'programs');
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  await run('chown', ['-R', `${as.uid ?? ''}:${as.gid ?? ''}`, copy]);
  return join(copy, 'bin');
}

async function initialize(
  bin: string,
  folder: string,
  { password, settings = {}, tls, access = [] }: PostgresOptions,
  as: Account,
): Promise<void> {
  const own = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    give(path, as);
    return path;
  };
  const login =
    password === undefined
      ? ['--auth=trust']
      : ['--auth=scram-sha-256', `--pwfile=${own('password', password)}`];
  const data = join(folder, 'data');
  await run(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync', ...login],
    { ...as, cwd: folder, env: ENVIRONMENT },
  );
  const secured: Record<string, string> = tls
    ? {
        ssl: 'on',
        ssl_cert_file: own('server.crt', tls.cert),
        ssl_key_file: own('server.key', tls.key),
        ...(tls.ca === undefined ? {} : { ssl_ca_file: own('ca.crt', tls.ca) }),
      }
    : {};
  const hba = 'data/pg_hba.conf';
  own(hba, `${access.join('\n')}\n${readFileSync(join(folder, hba), 'utf8')}`);
  const lines = Object.entries({ ...SETTINGS, ...secured, ...settings });
  own('data/postgresql.auto.conf', lines.map(([key, value]) => `${key} = '${value}'\n`).join(''));
}

/**
 * Beside it a shell reads from us: when we are gone, however that came, it reads the end, ends the server
 * at once and clears the folder.
 */
function startWatched(postgres: string, folder: string, port: number, as: Account): ChildProcess {
  const script = [
    'exec 3<&0 </dev/null >"$2/log" 2>&1',
    '(read -r _ <&3; kill -QUIT $$; while kill -0 $$; do sleep 0.1; done; rm -rf "$2") 2>/dev/null &',
    'exec "$1" -D "$2/data" -p "$3" 3<&-',
  ].join('\n');
  return spawn('/bin/sh', ['-c', script, 'sh', postgres, folder, String(port)], {
    ...as,
    cwd: '/',
    env: ENVIRONMENT,
    stdio: ['pipe', 'ignore', 'ignore'],
    // Ctrl-C is for us: the server goes when we do.
    detached: true,
  });
}

async function ready(child: ChildProcess, server: PostgresAddress, folder: string): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  while (!(await answers(server))) {
    if (child.exitCode !== null || Date.now() > until) {
      const log = readFileSync(join(folder, 'log'), 'utf8').slice(-1000);
      await ended(child);
      throw new Error(`PostgreSQL did not start:\n${log}`);
    }
    await sleep(20);
  }
}

async function answers({ url }: PostgresAddress): Promise<boolean> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGQUIT');
    await gone;
  }
  child.stdin?.destroy();
}
