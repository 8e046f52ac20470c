// The database and the traffic move together, on a real PostgreSQL: a column is added and filled before the new
// version gets a request, what the old one needed goes when none of its pods is left, and not before.
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { type RunningPostgres, startPostgres } from '../../demo/postgres/server.ts';
import { pods } from '../../embedded-cluster/kubernetes/collection.ts';
import { CRON_JOBS, JOBS } from '../../embedded-cluster/kubernetes/kinds/workloads/batch.ts';
import { logOf, runEnds, submitRun, submitTask, taskEnded } from './support/run.ts';
import {
  PROMOTED,
  putLoadOn,
  QUICK,
  standing,
  startService,
  stopAllLoads,
} from './support/service.ts';
import { until } from './support/until.ts';
import { type E2eWorld, startWorld } from './support/world.ts';

const SERVICE = 'orders';
const ROWS = 3_000;
const SOAK_MS = 1_000;
const FILES = {
  '0001_fulfillment.expand.up.sql': `ALTER TABLE orders ADD COLUMN fulfillment varchar(50) DEFAULT 'pending' NOT NULL;
CREATE INDEX CONCURRENTLY idx_fulfillment ON orders (fulfillment);
`,
  '0001_fulfillment.expand.down.sql': `DROP INDEX CONCURRENTLY IF EXISTS idx_fulfillment;
ALTER TABLE orders DROP COLUMN IF EXISTS fulfillment;
`,
  '0001_fulfillment.backfill.yaml': `table: orders
key: id
set: {fulfillment: "'completed'"}
where: status = 'delivered' AND fulfillment = 'pending'
batchRows: 500
`,
  '0001_fulfillment.contract.up.sql': 'ALTER TABLE orders DROP COLUMN note;\n',
  '0001_fulfillment.contract.irreversible': 'the notes are gone\n',
};
const BOUND = {
  workspaces: [
    { name: 'migrations', configMap: { name: 'orders-migrations' } },
    { name: 'database', secret: { secretName: 'orders-database' } },
  ],
};

let world: E2eWorld;
let server: RunningPostgres;
let client: Client;

beforeAll(async () => {
  server = await startPostgres();
  client = new Client({ connectionString: server.url });
  await client.connect();
  await client.query(
    `CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL, note text);
     INSERT INTO orders (status) SELECT 'delivered' FROM generate_series(1, ${ROWS});`,
  );
  world = await startWorld();
  world.apply(
    ...['orders-migrations', 'database-migrations'].map((name) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: FILES,
    })),
    ...['orders-database', 'database-migrations'].map((name) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name },
      data: { url: Buffer.from(server.url).toString('base64') },
    })),
  );
  const config = `${QUICK}migration: {files: {soak: ${SOAK_MS / 1_000}s}}\n`;
  await startService(world, { name: SERVICE, config });
});

afterAll(async () => {
  await stopAllLoads();
  await world.stop();
  await client.end();
  await server.stop();
});

async function columns(): Promise<readonly string[]> {
  const { rows } = await client.query(
    `SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'orders' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/** What an out-of-memory killer does. */
function killMigration(run: string): void {
  const processes = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n');
  const found = processes.find((line) =>
    line.includes(`/database-migration/main.cjs --release-id=${run}`),
  );
  if (!found) throw new Error(`no process migrates for ${run}`);
  process.kill(Number.parseInt(found, 10), 'SIGKILL');
}

test('a migration that is killed while somebody holds the table leaves the service alone, and says so', async () => {
  const holder = new Client({ connectionString: server.url, application_name: 'report' });
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE orders IN ACCESS SHARE MODE');
  submitRun(world, { name: 'killed', service: SERVICE, spec: BOUND });
  await until('somebody is named', () =>
    logOf(world, 'killed', 'database-migration').includes('report'),
  );
  killMigration('killed-');
  await runEnds(world, 'killed', {
    results: { outcome: 'unchanged', reason: expect.stringContaining('as far as it came') },
  });
  await holder.end();
  expect(await columns()).toEqual(['id', 'note', 'status']);
});

test('the next one adds the column, fills it and releases, and no request is lost', async () => {
  const load = putLoadOn(world, SERVICE);
  submitRun(world, { name: 'orders-1', service: SERVICE, spec: BOUND });
  await runEnds(world, 'orders-1', {
    results: { outcome: 'promoted', 'failed-requests': '0' },
  });
  expect(await load.stop()).toMatchObject({ failed: 0, failedBy: {} });
  expect(await columns()).toEqual(['fulfillment', 'id', 'note', 'status']);
  const { rows } = await client.query(
    `SELECT count(*) FROM orders WHERE fulfillment = 'completed'`,
  );
  expect(rows).toEqual([{ count: String(ROWS) }]);
});

test('whoever starts a Job from the installed CronJobs takes the schema back, and brings it forth again', async () => {
  await startJob('db-rollback', 'database-rollback');
  expect(await columns()).toEqual(['id', 'note', 'status']);
  await startJob('db-migrate', 'database-migrations');
  expect(await columns()).toEqual(['fulfillment', 'id', 'note', 'status']);
});

interface JobTemplate {
  readonly spec: object;
}

/** As `kubectl create job --from=cronjob/…` does; resolves when it is complete. */
async function startJob(name: string, from: string): Promise<void> {
  const { jobTemplate } = Object(world.get(CRON_JOBS, from)?.spec) as { jobTemplate: JobTemplate };
  world.apply({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: jobTemplate.spec,
  });
  await until(
    `Job ${name} is complete`,
    () => (world.get(JOBS, name)?.status as { succeeded?: number } | undefined)?.succeeded === 1,
    120_000,
  );
}

/** By then a contract is due: the soak is over, and no pod of the old version is left, not even at its end. */
async function due(): Promise<void> {
  const old = () =>
    pods(world.cluster.world)
      .list('default')
      .filter(({ spec }) => spec.containers.some(({ image }) => image?.includes(':v1.1.0')));
  await until('the pods of the old version are gone', () => old().length === 0);
  await sleep(SOAK_MS);
}

test('what the old version needed goes on request, and from then on no one goes back to it', async () => {
  await due();
  const params = {
    'release-id': 'contract-1',
    'service-name': SERVICE,
    'image-tag': 'v1.2.0',
    command: 'contract',
  };
  submitTask(world, 'contract-1', 'zero-downtime-database-migration', params, BOUND);
  expect(await taskEnded(world, 'contract-1', 90_000)).toMatchObject({
    results: { verdict: 'done' },
  });
  expect(await columns()).toEqual(['fulfillment', 'id', 'status']);
  const back = { 'service-name': SERVICE, 'image-tag': 'v1.1.0' };
  submitTask(world, 'back-1', 'zero-downtime-rollback-to-version', back);
  expect(await taskEnded(world, 'back-1', 90_000)).toMatchObject({ reason: 'StepFailed' });
  expect(standing(world, SERVICE)).toEqual(PROMOTED);
});
