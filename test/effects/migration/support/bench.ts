/** A database of a real server for each test, folders of files, and the engine as the stage has it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import type {
  MigrationAsked,
  MigrationEnd,
  MigrationSettings,
} from '../../../../core/migration/engine.ts';
import type { LogEvent } from '../../../../core/report/log/log-events.ts';
import {
  type PostgresOptions,
  type RunningPostgres,
  startPostgres,
} from '../../../../demo/postgres/server.ts';
import { wallClock } from '../../../../effects/base/clock.ts';
import { runMigration } from '../../../../effects/migration/run-migration.ts';

export type Files = Readonly<Record<string, string>>;

export interface Bench {
  readonly server: RunningPostgres;
  database(setup?: string): Promise<Database>;
  close(): Promise<void>;
}

export interface Database {
  readonly url: string;
  readonly credentialsDir: string;
  /** A folder with exactly these files. */
  folder(files: Files): string;
  query<Row extends QueryResultRow>(text: string): Promise<readonly Row[]>;
  /** Another session, as of a service. */
  session(application: string): Promise<Client>;
  ask(files: Files, asked: MigrationAsked, settings?: Partial<MigrationSettings>): Promise<Asked>;
}

export interface Asked extends MigrationEnd {
  readonly events: readonly LogEvent[];
}

/** With a password, where one is given; `programs` that its PostgreSQL has to have beside the server. */
export async function startBench(
  password?: string,
  programs: PostgresOptions['programs'] = [],
  more: PostgresOptions = {},
): Promise<Bench> {
  const server = await startPostgres({
    programs,
    ...(password === undefined ? {} : { password }),
    ...more,
  });
  const root = mkdtempSync(join(tmpdir(), 'migrations-'));
  const clients: Client[] = [];
  let count = 0;
  const connect = async (url: string, application = 'test'): Promise<Client> => {
    const client = new Client({ connectionString: url, application_name: application });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  };
  const admin = await connect(server.url);
  const folder = (files: Files): string => {
    count += 1;
    const path = join(root, `folder-${count}`);
    mkdirSync(path);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
    return path;
  };
  return {
    server,
    database: async (setup = '') => {
      count += 1;
      await admin.query(`CREATE DATABASE test_${count}`);
      const url = server.url.replace(/postgres$/, `test_${count}`);
      const own = await connect(url);
      if (setup !== '') await own.query(setup);
      const credentialsDir = folder({ url });
      return {
        url,
        credentialsDir,
        folder,
        query: async <Row extends QueryResultRow>(text: string) =>
          (await own.query<Row>(text)).rows,
        session: (application) => connect(url, application),
        ask: (files, asked, settings) =>
          ask(asked, { migrationsDir: folder(files), credentialsDir, ...settings }),
      };
    },
    close: async () => {
      await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
      await server.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

const SETTINGS: MigrationSettings = {
  migrationsDir: undefined,
  credentialsDir: '',
  run: 'run-1',
  release: undefined,
  lint: 'standard',
  lockWaitMs: 10_000,
  lockTimeoutMs: 300,
  statementTimeoutMs: 10_000,
  deadlineMs: 20_000,
};

export async function ask(
  asked: MigrationAsked,
  settings: Partial<MigrationSettings>,
  stop: AbortSignal = new AbortController().signal,
  told: (event: LogEvent) => void = () => undefined,
): Promise<Asked> {
  const events: LogEvent[] = [];
  const log = {
    event: (event: LogEvent) => {
      events.push(event);
      told(event);
    },
    table: (all: readonly LogEvent[]) => void events.push(...all),
  };
  const end = await runMigration({ ...SETTINGS, ...settings }, asked, {
    clock: wallClock,
    log,
    stop,
  });
  return { ...end, events };
}
