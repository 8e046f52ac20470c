/** The database of the demonstration: a real PostgreSQL with 200,000 orders, which the service works with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { type Applier, apply, parseManifests } from '../../embedded-cluster/cluster/manifests.ts';
import type { DraftObject } from '../../embedded-cluster/kubernetes/store/object.ts';
import type { Scenario } from '../options.ts';
import { startPostgres } from '../postgres/server.ts';
import { LOGGED, statementsOf } from './server-log.ts';

const ORDERS = 200_000;
const TABLE = `
  CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL, note text);
  INSERT INTO orders (status, note)
    SELECT CASE n % 4 WHEN 0 THEN 'paid' ELSE 'delivered' END, 'by hand' FROM generate_series(1, ${ORDERS}) AS n;
  ANALYZE orders;`;

const SECRET = 'payment-database';
const FILES = 'payment-service-migrations';
const MOUNTED = '/etc/database';

/** What a run of the Pipeline is given, beside what the example's has. */
export const MIGRATING = {
  workspaces: [
    { name: 'migrations', configMap: { name: FILES } },
    { name: 'database', secret: { secretName: SECRET } },
  ],
  timeouts: { pipeline: '2h', finally: '9m' },
} as const;

/** What the release config says of it. */
const MIGRATION: Readonly<Partial<Record<Scenario, string>>> = {
  migration: '{files: {soak: 3s, lockTimeout: 200ms, oldSessions: ["payment-service v1.1.0"]}}',
  'bad-migration': '{files: {}}',
  'locked-migration': '{timeout: 8s, files: {lockTimeout: 500ms}}',
};

/** What PostgreSQL has in the end, and what it says of the service's statements. */
export interface DatabaseReport {
  readonly columns: readonly string[];
  readonly orders: number;
  /** Delivered ones that the new version could not tell from others. */
  readonly unfilled: number;
  readonly failedStatements: readonly string[];
  readonly longestLockWaitMs: number;
  /** Sessions of the migration, its locks, and indexes that are not valid. */
  readonly leftOver: number;
}

export interface Database {
  /** A section of the release config. */
  readonly config: string;
  /** The service with its credentials. */
  changed(object: DraftObject): DraftObject;
  install(applier: Applier): void;
  /** Somebody has read the orders, and has not ended his transaction. Returns how he ends it. */
  held(): Promise<() => Promise<void>>;
  report(): Promise<DatabaseReport>;
  stop(): Promise<void>;
}

/** Undefined: the scenario has none. */
export async function startDatabase(
  root: string,
  scenario: Scenario,
): Promise<Database | undefined> {
  const migration = MIGRATION[scenario];
  if (migration === undefined) return undefined;
  const server = await startPostgres({ settings: LOGGED });
  const sessions: Client[] = [];
  const connect = async (name: string): Promise<Client> => {
    const client = new Client({ connectionString: server.url, application_name: name });
    sessions.push(client);
    await client.connect();
    return client;
  };
  const own = await connect('demonstration');
  await own.query(TABLE);
  return {
    config: `migration: ${migration}`,
    changed: withCredentials,
    install: (applier) => {
      apply(applier, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: SECRET },
        data: { url: Buffer.from(server.url).toString('base64') },
      });
      for (const object of migrations(root, scenario)) apply(applier, object);
    },
    held: async () => {
      const holder = await connect('nightly-report');
      await holder.query('BEGIN');
      await holder.query('SELECT count(*) FROM orders');
      return () => holder.end();
    },
    report: async () => {
      const found = await contents(own);
      const { failed, longestLockWaitMs } = statementsOf(
        readFileSync(server.log, 'utf8'),
        'payment-service',
      );
      return { ...found, failedStatements: failed, longestLockWaitMs };
    },
    stop: async () => {
      await Promise.all(sessions.map((client) => client.end().catch(() => undefined)));
      await server.stop();
    },
  };
}

/** In bad-migration the index is built as one builds it on a laptop. */
function migrations(root: string, scenario: Scenario): DraftObject[] {
  const text = readFileSync(join(root, 'examples/payment-service.migrations.yaml'), 'utf8');
  return parseManifests(
    scenario === 'bad-migration' ? text.replace('CREATE INDEX CONCURRENTLY', 'CREATE INDEX') : text,
  );
}

type Contents = Pick<DatabaseReport, 'columns' | 'orders' | 'unfilled' | 'leftOver'>;

async function contents(client: Client): Promise<Contents> {
  const { rows: columns } = await client.query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'orders' ORDER BY 1`,
  );
  const names = columns.map(({ name }) => name);
  const unfilled = names.includes('fulfillment_status') ? `fulfillment_status = 'pending'` : 'true';
  const { rows } = await client.query<Omit<Contents, 'columns'>>(
    `SELECT count(*)::int AS orders,
       (count(*) FILTER (WHERE status = 'delivered' AND ${unfilled}))::int AS unfilled,
       ((SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'zero-downtime%')
         + (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')
         + (SELECT count(*) FROM pg_index WHERE NOT indisvalid))::int AS "leftOver"
     FROM orders`,
  );
  const [found] = rows;
  if (!found) throw new Error('PostgreSQL counts without an answer');
  return { columns: names, ...found };
}

/** As a person adds them to the manifest of the example. */
function withCredentials(object: DraftObject): DraftObject {
  if (object.kind !== 'Deployment') return object;
  const spec = structuredClone(object.spec) as PodMaker; // of the example's manifest
  const pod = spec.template.spec;
  pod.volumes = [{ name: 'database', secret: { secretName: SECRET } }];
  for (const container of pod.containers) {
    container.env = [{ name: 'DATABASE_DIR', value: MOUNTED }];
    container.volumeMounts = [{ name: 'database', mountPath: MOUNTED, readOnly: true }];
  }
  return { ...object, spec };
}

interface PodMaker {
  readonly template: { readonly spec: { volumes?: object[]; containers: ContainerMaker[] } };
}
interface ContainerMaker {
  env?: object[];
  volumeMounts?: object[];
}
