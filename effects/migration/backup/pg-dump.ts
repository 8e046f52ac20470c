/**
 * A backup by pg_dump, in its own format, and the proof that it can be read: its list of contents, and as
 * many rows of every table as the database had in the very snapshot that was dumped.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { foreignText } from '../../../core/base/foreign-text.ts';
import { timestampOf } from '../../../core/kubernetes/time.ts';
import type { Backup } from '../../../core/migration/engine.ts';
import type { Job } from '../commands/job.ts';
import type { Credentials } from '../credentials.ts';
import { stopped } from '../stopped.ts';

type Counts = ReadonlyMap<string, number>;

/** Into a new file of that folder, which is there only once it is whole and verified. */
export async function dump(job: Job, folder: string): Promise<Backup> {
  const { session, clock } = job;
  const takenAt = clock.now();
  const name = `backup-${timestampOf(takenAt).replaceAll(/[:.]/g, '-')}.dump`;
  const file = join(folder, name);
  const secrets = await mkdtemp(join(tmpdir(), 'migration-'));
  try {
    const environment = await environmentOf(job.credentials, secrets);
    await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await session.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    const { rows } = await session.query<{ snapshot: string }>(
      'SELECT pg_export_snapshot() AS snapshot',
    );
    const part = `${file}.part`;
    const options = ['--format=custom', '--no-password', `--snapshot=${rows[0]?.snapshot}`];
    await finished('pg_dump', [...options, `--file=${part}`], environment, job.stop);
    const counted = await countTables(job);
    await session.query('COMMIT');
    await assertReadable(part, counted, job.stop);
    const sha256 = await sumOf(part);
    await writeFile(`${file}.sha256`, `${sha256}  ${name}\n`);
    await rename(part, file);
    const { size } = await stat(file);
    const total = [...counted.values()].reduce((sum, each) => sum + each, 0);
    const about = `${name}, ${size} bytes, ${total} rows of ${counted.size} tables, sha256 ${sha256.slice(0, 16)}`;
    return { kind: 'pg_dump', takenAt, about };
  } finally {
    await rm(secrets, { recursive: true, force: true });
    await rm(`${file}.part`, { force: true });
  }
}

/** For a person: nothing restores by itself. */
export function restoreCommand(about: string): string {
  const [name = ''] = about.split(',');
  return `pg_restore --clean --if-exists --exit-on-error --single-transaction --dbname="$DATABASE_URL" ${name}`;
}

/** Nothing of it on a command line, which others can see. */
async function environmentOf(
  { host, port, user, password, database, sslMode, ca, certificate }: Credentials,
  folder: string,
): Promise<Record<string, string>> {
  const own = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  return {
    PATH: process.env.PATH ?? '',
    LC_ALL: 'C',
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGDATABASE: database,
    PGSSLMODE: sslMode,
    PGAPPNAME: 'zero-downtime backup',
    ...(password === undefined ? {} : { PGPASSWORD: password }),
    ...(ca === undefined ? {} : { PGSSLROOTCERT: await own('ca.crt', ca) }),
    ...(certificate === undefined
      ? {}
      : {
          PGSSLCERT: await own('tls.crt', certificate.cert),
          PGSSLKEY: await own('tls.key', certificate.key),
        }),
  };
}

/** In the snapshot that is dumped. */
async function countTables({ session }: Job): Promise<Counts> {
  const { rows } = await session.query<{ name: string; quoted: string }>(
    `SELECT n.nspname || '.' || c.relname AS name, format('%I.%I', n.nspname, c.relname) AS quoted
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')`,
  );
  const counts = new Map<string, number>();
  for (const { name, quoted } of rows) {
    const { rows: counted } = await session.query<{ count: string }>(
      `SELECT count(*) FROM ${quoted}`,
    );
    counts.set(name, Number(counted[0]?.count));
  }
  return counts;
}

async function assertReadable(file: string, expected: Counts, stop: AbortSignal): Promise<void> {
  const environment = { PATH: process.env.PATH ?? '', LC_ALL: 'C' };
  await finished('pg_restore', ['--list', file], environment, stop);
  const found = new Map<string, number>();
  await finished('pg_restore', ['--data-only', '--file=-', file], environment, stop, (lines) =>
    countRows(lines, found),
  );
  const wrong = [...expected].find(([table, rows]) => (found.get(table) ?? 0) !== rows);
  if (!wrong) return;
  const [table, rows] = wrong;
  throw stopped(
    11,
    `the backup has ${found.get(table) ?? 0} rows of ${foreignText(table, 100)}, the database had ${rows}`,
    'look at the volume it was written to, and take it again',
  );
}

const COPY = /^COPY ((?:"(?:[^"]|"")+"|[\w$]+)\.(?:"(?:[^"]|"")+"|[\w$]+)) .*FROM stdin;$/;

/** Of each table's `COPY … FROM stdin;` up to `\.`, as pg_restore writes them. */
async function countRows(lines: AsyncIterable<string>, found: Map<string, number>): Promise<void> {
  let table: string | undefined;
  for await (const line of lines) {
    if (table === undefined) {
      const name = COPY.exec(line)?.[1];
      if (name === undefined) continue;
      table = name.replaceAll(/"((?:[^"]|"")+)"/g, (_, inner: string) =>
        inner.replaceAll('""', '"'),
      );
      found.set(table, 0);
    } else if (line === '\\.') table = undefined;
    else found.set(table, (found.get(table) ?? 0) + 1);
  }
}

const MOST_SAID = 2_000;

async function finished(
  program: string,
  options: readonly string[],
  environment: Readonly<Record<string, string>>,
  stop: AbortSignal,
  read: (lines: AsyncIterable<string>) => Promise<void> = drain,
): Promise<void> {
  const child = spawn(program, options, {
    env: environment,
    signal: stop,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (part: Buffer) => {
    said = `${said}${part.toString()}`.slice(0, MOST_SAID);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [code] = await Promise.all([ended, read(linesOf(child.stdout))]).catch(
    (thrown: unknown) => {
      if (stop.aborted)
        throw stopped(143, `stopped while ${program} was at work; its file was taken away`);
      const isMissing = Object(thrown).code === 'ENOENT';
      if (isMissing) {
        throw stopped(
          2,
          `${program} is not there`,
          'run it in the image that has it, or install postgresql-client',
        );
      }
      throw thrown;
    },
  );
  if (code !== 0) {
    throw stopped(
      14,
      `${program} failed (${code}): ${foreignText(said, 300)}`,
      'nothing of it was kept',
    );
  }
}

function linesOf(stream: Readable): AsyncIterable<string> {
  return createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
}

async function drain(lines: AsyncIterable<string>): Promise<void> {
  for await (const _ of lines);
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part);
  return hash.digest('hex');
}
