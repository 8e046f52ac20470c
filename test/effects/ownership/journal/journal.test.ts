// Of two processes that write a service's journal one is refused and knows it; a lost answer, an operator's
// order and a vandal are not taken for another process.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../../core/base/vocabulary.ts';
import {
  EMPTY_JOURNAL,
  JOURNAL_KEY,
  type Journal,
  journalName,
} from '../../../../core/journal/journal.ts';
import { readJournal } from '../../../../core/journal/read-journal.ts';
import type { ConfigMap } from '../../../../core/kubernetes/objects.ts';
import { openJournal, peekJournal } from '../../../../effects/ownership/journal/journal.ts';
import { APP } from '../../../core/support/objects.ts';
import { configMapOf, journalOf, recordFor, releaseIn } from '../../../core/support/releases.ts';
import { type FakeWorld, fakeWorld } from '../../support/world.ts';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
const NAME = journalName(APP);
const RELEASED = releaseIn('rolling', 'monitoring');
const OURS = journalOf(RELEASED);
const THEIRS = journalOf(releaseIn('rolling', 'monitoring', { release: releaseId('run-2') }));
const LATER: Journal = { ...OURS, history: [recordFor('before')] };
const LATEST: Journal = { ...OURS, history: [recordFor('before-that')] };

const text = (journal: Journal): string => configMapOf(journal).data?.[JOURNAL_KEY] ?? '';

function stored({ api }: FakeWorld): ConfigMap | undefined {
  return api.found<ConfigMap>(CONFIG_MAP, NAME);
}

function isStored(world: FakeWorld, journal: Journal): boolean {
  return stored(world)?.data?.[JOURNAL_KEY] === text(journal);
}

/** A process that holds the Lease, or believes it, and has the journal open. */
async function opened(held: 'held' | 'lost' | 'nobody' = 'held') {
  const world = fakeWorld();
  world.api.put(configMapOf(OURS));
  const { kube } = world.process('p1');
  const restored: string[] = [];
  const keeper = {
    patienceMs: 5_000,
    assertHeld: () => (held === 'held' ? Promise.resolve() : Promise.reject(lost)),
    restored: (why: string) => restored.push(why),
  };
  const own = held === 'nobody' ? undefined : keeper;
  const file = await world.done(openJournal(kube, 'default', APP, own));
  return { world, file, restored };
}
const lost = Object.assign(new Error('lost the lease'), { exitCode: 4 });

describe('a journal that is saved', () => {
  test('is written with the version that was read, and the next one with the version of that', async () => {
    const { world, file } = await opened();
    await world.done(file.save(LATER));
    await world.done(file.save(LATEST));
    expect(isStored(world, LATEST)).toBe(true);
    expect(world.api.writes.map(({ call }) => call)).toEqual(
      Array.from({ length: 2 }, () => `PUT configmaps/${NAME}`),
    );
    expect(world.api.asked.filter(({ call }) => call.startsWith('GET'))).toHaveLength(1);
  });

  test('is what the process knows only once it was written', async () => {
    const { world, file } = await opened();
    world.api.answers('PUT configmaps', { status: 403 });
    expect(await world.cameOf(file.save(LATER))).toMatchObject({ exitCode: 3 });
    expect(file.journal()).toEqual(readJournal(configMapOf(OURS).data));
    await world.done(file.save(LATER));
    expect(file.journal()).toBe(LATER);
  });

  test('is made where there was none, with the label by which recover finds it', async () => {
    const world = fakeWorld();
    const { kube } = world.process('p1');
    const file = await world.done(openJournal(kube, 'default', APP));
    expect(file.journal()).toEqual(EMPTY_JOURNAL);
    await world.done(file.save(LATER));
    expect(stored(world)?.metadata.labels).toEqual(configMapOf(LATER).metadata.labels);
    expect(isStored(world, LATER)).toBe(true);
  });

  test('leaves an order beside it, though that came after it was read', async () => {
    const { world, file } = await opened();
    world.api.put(configMapOf(OURS, { 'orders.json': '[1]' }));
    await world.done(file.save(LATER));
    expect(stored(world)?.data).toMatchObject({ 'orders.json': '[1]' });
    expect(isStored(world, LATER)).toBe(true);
  });

  test('is given up soon: a release that waits for one write does not look meanwhile', async () => {
    const { world, file } = await opened();
    world.api.answers('PUT configmaps', 'never', Number.POSITIVE_INFINITY);
    expect(await world.cameOf(file.save(LATER), 16)).toMatchObject({ exitCode: 3 });
  });
});

describe('a journal that another process has written', () => {
  test('is not overwritten: the release is theirs now', async () => {
    const { world, file } = await opened();
    world.api.put(configMapOf(THEIRS));
    expect(await world.cameOf(file.save(LATER))).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('another process drives the release'),
    });
    expect(isStored(world, THEIRS)).toBe(true);
  });

  test('is not overwritten where there was none when it was opened', async () => {
    const world = fakeWorld();
    const { kube } = world.process('p1');
    const file = await world.done(openJournal(kube, 'default', APP));
    world.api.put(configMapOf(THEIRS));
    expect(await world.cameOf(file.save(LATER))).toMatchObject({ exitCode: 4 });
    expect(isStored(world, THEIRS)).toBe(true);
  });

  test('is not overwritten at the second try either, when the API was in trouble at the first', async () => {
    const { world, file } = await opened();
    world.api.answers('PUT configmaps', 'never', Number.POSITIVE_INFINITY);
    await world.cameOf(file.save(LATER), 20);
    world.api.recovers();
    world.api.put(configMapOf(THEIRS));
    expect(await world.cameOf(file.save(LATER))).toMatchObject({ exitCode: 4 });
    expect(isStored(world, THEIRS)).toBe(true);
  });

  test('is not overwritten by a process that has only written the same before', async () => {
    const { world, file } = await opened();
    await world.done(file.save(LATER));
    await world.done(file.save(LATEST));
    world.api.put(configMapOf(LATER));
    expect(await world.cameOf(file.save(OURS))).toMatchObject({ exitCode: 4 });
  });

  test('is known for it after the Lease was away, before anything is done', async () => {
    const { world, file } = await opened();
    await world.done(file.assertUnchanged());
    world.api.put(configMapOf(THEIRS));
    expect(await world.cameOf(file.assertUnchanged())).toMatchObject({ exitCode: 4 });
  });
});

describe('a write whose answer got lost', () => {
  test('was done, and the release goes on', async () => {
    const { world, file } = await opened();
    world.api.answers('PUT configmaps', 'lost');
    await world.done(file.save(LATER));
    expect(world.api.writes).toHaveLength(1);
    await world.done(file.save(LATEST));
    expect(isStored(world, LATEST)).toBe(true);
  });

  test('and that was given up is not taken for another process by the next one', async () => {
    const { world, file } = await opened();
    world.api.answers('PUT configmaps', 'lost', 1);
    world.api.answers('* configmaps', 'refused', Number.POSITIVE_INFINITY);
    expect(await world.cameOf(file.save(LATER), 20)).toMatchObject({ exitCode: 3 });
    world.api.recovers();
    await world.done(file.assertUnchanged());
    await world.done(file.save(LATEST));
    expect(isStored(world, LATEST)).toBe(true);
  });

  test('is not waited for: what is there of it counts, when the next one was not heard of either', async () => {
    const { world, file } = await opened();
    world.api.answers('PUT configmaps', 'lost', 1);
    world.api.answers('* configmaps', 'refused', Number.POSITIVE_INFINITY);
    await world.cameOf(file.save(LATER), 20);
    world.api.recovers();
    // The second one is refused for its version: what is there is the first one's.
    world.api.answers('PUT configmaps', { status: 409 });
    await world.done(file.save(LATEST));
    expect(isStored(world, LATEST)).toBe(true);
  });
});

describe('a journal that somebody has spoilt or deleted', () => {
  const spoilt = configMapOf(OURS, { [JOURNAL_KEY]: '{"version":1,"current":7}' });

  test('is written anew by whoever holds the Lease, who says so', async () => {
    const { world, file, restored } = await opened();
    world.api.put(spoilt);
    await world.done(file.save(LATER));
    expect(isStored(world, LATER)).toBe(true);
    expect(restored).toHaveLength(1);
  });

  test('is left as it is by whoever has lost the Lease', async () => {
    const { world, file } = await opened('lost');
    world.api.put(spoilt);
    expect(await world.cameOf(file.save(LATER))).toMatchObject({ exitCode: 4 });
    expect(stored(world)?.data).toEqual(spoilt.data);
  });

  test('is left as it is by whoever never had one', async () => {
    const { world, file } = await opened('nobody');
    world.api.put(spoilt);
    expect(await world.cameOf(file.save(LATER))).toMatchObject({ exitCode: 4 });
    expect(stored(world)?.data).toEqual(spoilt.data);
  });

  test('is made anew where it is gone', async () => {
    const { world, file } = await opened();
    world.api.drop(CONFIG_MAP, NAME);
    await world.done(file.assertUnchanged());
    await world.done(file.save(LATER));
    expect(isStored(world, LATER)).toBe(true);
  });

  test('is made anew where it is gone after a write that nobody has heard of', async () => {
    const { world, file } = await opened();
    world.api.answers('* configmaps', 'never', Number.POSITIVE_INFINITY);
    expect(await world.cameOf(file.save(LATER), 20)).toMatchObject({ exitCode: 3 });
    world.api.recovers();
    world.api.drop(CONFIG_MAP, NAME);
    await world.done(file.save(LATEST));
    expect(isStored(world, LATEST)).toBe(true);
  });

  test('cannot be opened: nobody begins on top of what he cannot read', async () => {
    const world = fakeWorld();
    world.api.put(spoilt);
    const { kube } = world.process('p1');
    const refused = { exitCode: 3, message: expect.stringContaining('cannot be read') };
    expect(await world.cameOf(openJournal(kube, 'default', APP))).toMatchObject(refused);
    expect(await world.cameOf(peekJournal(kube, 'default', APP))).toMatchObject(refused);
  });

  test('and says that it is another service’s cannot be opened either', async () => {
    const world = fakeWorld();
    const { plan, state } = RELEASED;
    const elsewhere = { plan: { ...plan, namespace: 'kube-system' }, state };
    world.api.put(configMapOf(journalOf(elsewhere)));
    const { kube } = world.process('p1');
    expect(await world.cameOf(peekJournal(kube, 'default', APP))).toMatchObject({ exitCode: 3 });
  });
});
