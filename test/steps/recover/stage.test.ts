// Recover looks at every service of a namespace: what it finishes, what it leaves alone, and what it tells
// somebody by its exit code. One service in trouble keeps no other from being recovered.
import { describe, expect, test } from '@jest/globals';
import { instant, releaseId } from '../../../core/base/vocabulary.ts';
import { RELEASE_ANNOTATION } from '../../../core/cluster/ownership.ts';
import { EMPTY_JOURNAL, journalName, recordOf } from '../../../core/journal/journal.ts';
import { readJournal } from '../../../core/journal/read-journal.ts';
import type { ConfigMap, Lease } from '../../../core/kubernetes/objects.ts';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import { stage } from '../../../steps/recover/stage.ts';
import { APP, deployment, service } from '../../core/support/objects.ts';
import {
  AT,
  configMapOf,
  endedAs,
  journalOf,
  RUN,
  recordFor,
  releaseIn,
} from '../../core/support/releases.ts';
import { LEASE, LEASE_NAME, leaseOf } from '../../effects/support/leases.ts';
import { QUICK } from '../../effects/support/toy-service.ts';
import { staged } from '../support.ts';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' } as const;
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
const left = releaseIn('blue-green', 'preparing', { config: QUICK });
const GONE = leaseOf(`${RUN}/dead`, { renewedMsAgo: 60_000 });
type World = Awaited<ReturnType<typeof staged>>['world'];

const recordIn = ({ api }: World, name = APP) => {
  const journal = readJournal(api.found<ConfigMap>(CONFIG_MAP, journalName(name))?.data);
  return typeof journal === 'string' ? undefined : recordOf(journal, RUN);
};
const counts = (summary = ''): Record<string, number> =>
  Object.fromEntries(
    [...summary.matchAll(/([a-z-]+)=(\d+)/g)].map(([, key, count]) => [key, Number(count)]),
  );

/** Another service of the namespace, whose journal says this. */
function beside({ api }: World, data: Record<string, string>): void {
  const { metadata, ...rest } = configMapOf(EMPTY_JOURNAL, data);
  api.put({ ...rest, metadata: { ...metadata, name: journalName('ledger') } });
}

describe('recover ends with 0', () => {
  test('where nothing is left', async () => {
    const { run, world } = await staged(stage);
    const { exitCode, summary } = await run();
    expect(exitCode).toBe(0);
    expect(counts(summary)).toMatchObject({ orphans: 0, recovered: 0 });
    expect(world.api.writes).toEqual([]);
  });

  test.each([
    ['no Lease', undefined],
    ['a Lease that has run out', GONE],
  ])('where it has undone a release whose run is gone, with %s', async (_what, lease) => {
    const { run, world } = await staged(stage, { journal: journalOf(left) });
    if (lease) world.api.put(lease);
    const { exitCode, summary } = await run();
    expect(exitCode).toBe(0);
    expect(counts(summary)).toMatchObject({ orphans: 1, recovered: 1 });
    expect(recordIn(world)).toMatchObject({ outcome: 'rolled-back' });
    expect(world.api.found(LEASE, LEASE_NAME)).toBeUndefined();
    expect(world.serves()).toEqual(['v1']);
  });

  test('where a process is at work on what is left: that is none of its business', async () => {
    const { run, world } = await staged(stage, { journal: journalOf(left) });
    world.api.put(leaseOf(`${RUN}/p0`, { seconds: 60 }));
    const { exitCode, summary } = await run();
    expect(exitCode).toBe(0);
    expect(counts(summary)).toMatchObject({ 'held-count': 1, recovered: 0 });
    expect(world.api.writes).toEqual([]);
  });

  test('where the next stage of its run is about to come', async () => {
    const { run, world } = await staged(stage, { journal: journalOf(left) });
    world.api.put(leaseOf(`${RUN}/`, { seconds: 600 }));
    expect(counts((await run()).summary)).toMatchObject({ 'held-count': 1 });
    expect(world.api.writes).toEqual([]);
  });

  test('where its Lease says that it has run out, and it is renewed all the same: a clock is wrong', async () => {
    const { start, world } = await staged(stage, { journal: journalOf(left) });
    world.api.put(GONE);
    const renewing = setIntervalIn(world, 5, () => world.api.put(GONE));
    const ended = await world.cameOf(start(), 60);
    renewing();
    expect(ended).toMatchObject({ value: { exitCode: 0 } });
    expect(recordIn(world)).toBeUndefined();
  });

  test('where a Lease is left of a process that had begun nothing: it is taken away', async () => {
    const { run, world } = await staged(stage);
    world.api.put(GONE);
    const { exitCode, summary } = await run();
    expect(exitCode).toBe(0);
    expect(counts(summary)).toMatchObject({ recovered: 1 });
    expect(world.api.found<Lease>(LEASE, LEASE_NAME)).toBeUndefined();
  });

  test('where the release was taken up by others before it could be had', async () => {
    const { run, world } = await staged(stage, { journal: journalOf(left) });
    world.api.meanwhile('POST leases', () =>
      world.api.put(configMapOf(journalOf(endedAs('promoted', left)))),
    );
    const { exitCode, summary } = await run();
    expect([exitCode, counts(summary)['taken-up']]).toEqual([0, 1]);
  });
});

describe('old versions that were kept for a fast rollback', () => {
  const kept = (untilSeconds: number) => ({
    ...EMPTY_JOURNAL,
    history: [
      recordFor(RUN, {
        strategy: 'blue-green',
        warm: {
          deployment: `${APP}-green`,
          uid: `uid-${APP}-green`,
          mark: undefined,
          until: instant(AT + untilSeconds * 1000),
        },
      }),
    ],
  });
  const green = { app: APP, version: 'green' };
  const setting = async (untilSeconds: number, serves = false) => {
    const warm = deployment(`${APP}-green`, 'v0', green);
    const made = await staged(stage, { journal: kept(untilSeconds), objects: [warm] });
    if (serves) made.world.api.put(service(green));
    const replicas = () =>
      made.world.api.found<Deployment>(DEPLOYMENT, `${APP}-green`)?.spec.replicas;
    return { ...made, replicas };
  };

  test('are scaled to zero once their time is over, and remembered no more', async () => {
    const { run, world, replicas } = await setting(0);
    expect(counts((await run()).summary)).toMatchObject({ recovered: 1 });
    expect(replicas()).toBe(0);
    expect(recordIn(world)).not.toHaveProperty('warm');
  });

  test('are left alone before', async () => {
    const { run, replicas, world } = await setting(600);
    expect(counts((await run()).summary)).toMatchObject({ orphans: 0 });
    expect(replicas()).toBe(3);
    expect(world.api.writes).toEqual([]);
  });

  test('are left alone where they serve again', async () => {
    const { run, replicas } = await setting(0, true);
    expect((await run()).exitCode).toBe(0);
    expect(replicas()).toBe(3);
  });

  test('wait for the next time where somebody holds the service', async () => {
    const { run, replicas, world } = await setting(0);
    world.api.put(leaseOf('run-2/p0', { seconds: 60 }));
    expect(counts((await run()).summary)).toMatchObject({ orphans: 0 });
    expect(replicas()).toBe(3);
  });
});

describe('recover ends with 1', () => {
  test('where what is left cannot be undone', async () => {
    const { run, world } = await staged(stage, {
      journal: journalOf(releaseIn('blue-green', 'monitoring', { config: QUICK })),
    });
    world.api.drop(DEPLOYMENT, `${APP}-blue`);
    await world.passes(1);
    const { exitCode, summary } = await run();
    expect([exitCode, counts(summary).failed]).toEqual([1, 1]);
  });

  test('where the journal of a release is gone, and its mark is there', async () => {
    const { run, world } = await staged(stage);
    world.api.put(GONE);
    const blue = world.api.found<Deployment>(DEPLOYMENT, `${APP}-blue`);
    if (!blue) throw new Error('it is there');
    const annotations = { [RELEASE_ANNOTATION]: RUN };
    world.api.put({ ...blue, metadata: { ...blue.metadata, annotations } });
    const { exitCode, summary } = await run();
    expect([exitCode, counts(summary).failed]).toEqual([1, 1]);
  });
});

describe('recover ends with 3', () => {
  test('where a journal cannot be read, and recovers the others all the same', async () => {
    const { run, world } = await staged(stage, { journal: journalOf(left) });
    beside(world, { 'journal.json': 'x' });
    const { exitCode, summary } = await run();
    expect(exitCode).toBe(3);
    expect(counts(summary)).toMatchObject({ 'undecided-count': 1, recovered: 1 });
  });

  test('where the API does not let it undo what is left', async () => {
    const { run, world } = await staged(stage, { journal: journalOf(left) });
    world.api.answers('POST leases', { status: 403 }, Number.POSITIVE_INFINITY);
    const { exitCode, summary } = await run();
    expect([exitCode, counts(summary)['undecided-count']]).toEqual([3, 1]);
    expect(recordIn(world)).toBeUndefined();
  });

  test('where it may not look', async () => {
    const { run, world } = await staged(stage);
    world.api.answers('GET leases', { status: 403 });
    expect(await run()).toMatchObject({ exitCode: 3 });
  });
});

test('one that failed is told even where another could not be decided', async () => {
  const { run, world } = await staged(stage, {
    journal: journalOf(releaseIn('blue-green', 'monitoring', { config: QUICK })),
  });
  world.api.drop(DEPLOYMENT, `${APP}-blue`);
  beside(world, { 'journal.json': 'x' });
  await world.passes(1);
  expect(await run()).toMatchObject({ exitCode: 1 });
});

test('a process that is stopped takes up nothing more, and ends with 143', async () => {
  const { start, world } = await staged(stage, { journal: journalOf(left) });
  const stop = new AbortController();
  world.api.meanwhile('POST leases', () => stop.abort());
  const came = await world.cameOf(start({}, { stop: stop.signal }), 60);
  expect(came).toMatchObject({ exitCode: 143 });
});

test('what another release has in hand is not undone under its name', async () => {
  const other = releaseIn('rolling', 'rolling', { release: releaseId('run-2') });
  const { run, world } = await staged(stage, { journal: journalOf(other) });
  world.api.put(leaseOf('run-2/p0', { seconds: 60 }));
  await run();
  expect(world.api.writes).toEqual([]);
});

/** Does something every so many seconds; the answer ends it. */
function setIntervalIn({ virtual }: World, seconds: number, task: () => void): () => void {
  let isOver = false;
  const next = (): void => {
    if (isOver) return;
    task();
    virtual.after(seconds * 1000, next);
  };
  virtual.after(seconds * 1000, next);
  return () => {
    isOver = true;
  };
}
