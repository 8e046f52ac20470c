// contract: next-run. A run removes first what its predecessors left, as far as the version that serves knows it,
// and never keeps a release waiting for that.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Instant, instant, releaseId } from '../../../core/base/vocabulary.ts';
import type { FilesMigration } from '../../../core/config/sections/stages/migration.ts';
import type { StageSection } from '../../../core/journal/stage-sections.ts';
import type { Pod } from '../../../core/kubernetes/objects.ts';
import { textOf } from '../../../core/report/log/render-event.ts';
import { wallClock } from '../../../effects/base/clock.ts';
import type { ReleaseSubject } from '../../../effects/ownership/lease/lease.ts';
import { type Done, filesWork } from '../../../steps/database-migration/work.ts';
import { APP } from '../../core/support/objects.ts';
import { BLUE, configMapOf, endedAs, journalOf, releaseIn } from '../../core/support/releases.ts';
import {
  type Bench,
  type Database,
  type Files,
  startBench,
} from '../../effects/migration/support/bench.ts';
import { FULFILLMENT, ORDERS } from '../../effects/migration/support/orders.ts';
import { fakeWorld } from '../../effects/support/world.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

/** What the version after that brings along, its own contract included. */
const NEXT: Files = {
  ...FULFILLMENT,
  '0002_priority.expand.up.sql': 'ALTER TABLE orders ADD COLUMN priority int DEFAULT 0 NOT NULL;',
  '0002_priority.expand.down.sql': 'ALTER TABLE orders DROP COLUMN priority;',
  '0002_priority.contract.up.sql': 'ALTER TABLE orders ALTER COLUMN status DROP NOT NULL;',
  '0002_priority.contract.irreversible': 'rows without a status are there from then on',
};
const PROMOTED = endedAs('promoted', releaseIn('rolling', 'rolling'));
const IMAGE = PROMOTED.plan.image.reference;
const HOUR = 3_600_000;

interface Setting {
  readonly files?: Files;
  readonly contract?: 'next-run' | 'on-request';
  readonly servedForMs?: number;
  /** Up to where the image that serves knows the schema. */
  readonly knows?: string;
  readonly pods?: readonly Pod[];
}

const pod = (name: string, image: string): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: BLUE },
    spec: { containers: [{ name: PROMOTED.plan.container, image }] },
  }) as Pod; // as much of one as is looked at

/** A run of the version after, where 0001 was expanded, filled and verified for the one that serves. */
async function nextRun(
  database: Database,
  { files = NEXT, contract = 'next-run', servedForMs = 2 * HOUR, knows = '0001', pods }: Setting,
): Promise<Done & { readonly lines: string }> {
  const world = fakeWorld();
  const endedAt: Instant = instant(Date.now() - servedForMs);
  world.api.put(configMapOf(journalOf(PROMOTED, undefined, endedAt)));
  for (const each of pods ?? [pod('serving', IMAGE)]) world.api.put(each);
  const lines: string[] = [];
  const log = {
    event: (event: Parameters<typeof textOf>[0]) => void lines.push(textOf(event)),
    table: () => undefined,
  };
  const context = world.process('database-migration', { clock: wallClock, log });
  const subject: ReleaseSubject = {
    ...{ namespace: 'default', service: APP },
    release: releaseId('run-2'),
  };
  const migration: FilesMigration = {
    kind: 'files',
    timeoutMs: 60_000,
    lockWaitMs: 10_000,
    files: {
      ...{ contract, lint: 'standard', soakMs: HOUR, oldSessions: [], maxBackupAgeMs: undefined },
      baseline: '',
      ...{ lockTimeoutMs: 2_000, statementTimeoutMs: 10_000 },
    },
  };
  const folders = { migrations: database.folder(files), database: database.credentialsDir };
  const section: StageSection = {
    version: 1,
    run: subject.release,
    state: 'done',
    since: endedAt,
    facts: { images: [{ image: IMAGE, schema: knows }] },
  };
  const last = { kind: 'section', section } as const;
  const asked = { command: 'migrate', image: 'pay@next', last } as const;
  const work = await filesWork(context, subject, migration, folders, asked);
  return { ...(await work.run()), lines: lines.join('\n') };
}

async function prepared(): Promise<Database> {
  const database = await bench.database(ORDERS);
  for (const command of ['expand', 'backfill'] as const) {
    await database.ask(FULFILLMENT, { command });
  }
  const verified = await database.ask(FULFILLMENT, { command: 'verify', backup: undefined });
  expect(verified.exitCode).toBe(0);
  return database;
}

const columns = async (database: Database): Promise<readonly string[]> => {
  const rows = await database.query<{ name: string }>(
    "SELECT column_name::text AS name FROM information_schema.columns WHERE table_name = 'orders' ORDER BY 1",
  );
  return rows.map(({ name }) => name);
};
const CONTRACTED = ['fulfillment_status', 'id', 'priority', 'status'];
const LEFT = ['fulfillment_status', 'id', 'old_note', 'priority', 'status'];

describe('the next run', () => {
  test('removes what its predecessor left, then expands its own, whose contract waits its turn', async () => {
    const database = await prepared();
    const { exitCode, facts } = await nextRun(database, {});
    expect(exitCode).toBe(0);
    expect(await columns(database)).toEqual(CONTRACTED);
    expect(facts).toMatchObject({
      schema: '0002',
      compatFloor: '0001',
      pending: { contract: ['0002'] },
    });
  });

  test.each<[string, Setting, RegExp]>([
    ['the version has not served for long', { servedForMs: 60_000 }, /soaked.*1m.* of 1h/],
    [
      'a pod of an older image is left',
      { pods: [pod('serving', IMAGE), pod('old', 'pay:v1')] },
      /no-old-pod.*1 with an older image/,
    ],
    ['the one that serves does not know it', { knows: '0000' }, /knows the schema up to 0000/],
  ])('says why it is too early where %s, and goes on', async (_, setting, why) => {
    const database = await prepared();
    const { exitCode, facts, lines } = await nextRun(database, setting);
    expect(lines).toMatch(why);
    expect(exitCode).toBe(0);
    expect(await columns(database)).toEqual(LEFT);
    expect(facts).toMatchObject({ schema: '0002', compatFloor: '' });
  });

  test('ends at a contract that the linter refuses, with nothing expanded', async () => {
    const database = await prepared();
    const files = {
      ...NEXT,
      '0001_fulfillment_status.contract.up.sql': 'DROP TABLE orders CASCADE;',
    };
    const { exitCode, lines } = await nextRun(database, { files });
    expect(exitCode).toBe(10);
    expect(lines).toMatch(/drop-cascade/);
    expect(await columns(database)).toEqual(LEFT.filter((name) => name !== 'priority'));
  });

  test('removes nothing where that is done on request only', async () => {
    const database = await prepared();
    expect(await nextRun(database, { contract: 'on-request' })).toMatchObject({ exitCode: 0 });
    expect(await columns(database)).toEqual(LEFT);
  });
});
