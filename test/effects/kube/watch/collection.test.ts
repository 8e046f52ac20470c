// A watch is a hint: what it does not tell is found out all the same, what it tells late undoes nothing, and
// a watch that breaks is no load. The same over a real socket: watch-over-sockets.test.ts.
import { describe, expect, test } from '@jest/globals';
import type { ConfigMap } from '../../../../core/kubernetes/objects.ts';
import { watchCollection } from '../../../../effects/kube/watch/collection.ts';
import { fakeWorld } from '../../support/world.ts';

const TYPE = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
const FOR_EVER = Number.POSITIVE_INFINITY;

const object = (name: string, value = '', labels = { app: 'pay' }): ConfigMap => ({
  ...TYPE,
  metadata: { name, namespace: 'default', labels },
  data: { value },
});

async function watching(...there: readonly string[]) {
  const world = fakeWorld();
  for (const name of there) world.api.put(object(name));
  const { kube, clock } = world.process('deploy');
  let news = 0;
  const query = { kind: 'v1/ConfigMap', namespace: 'default', labelSelector: 'app=pay' } as const;
  const collection = await world.done(
    watchCollection<ConfigMap>(kube, clock, query, () => (news += 1)),
  );
  const names = () => [...collection.items.keys()].toSorted();
  const lists = () => world.api.asked.filter(({ call }) => call === 'GET configmaps').length;
  return { world, collection, names, lists, news: () => news };
}

describe('what is watched', () => {
  test('is known from the beginning, and as it changes', async () => {
    const { world, collection, names, news } = await watching('a');
    expect(names()).toEqual(['a']);
    const before = news();
    world.api.put(object('b'));
    await world.passes(0.1);
    world.api.put(object('b', 'changed'));
    world.api.drop(TYPE, 'a');
    await world.passes(0.1);
    expect(names()).toEqual(['b']);
    expect(collection.items.get('b')?.data).toEqual({ value: 'changed' });
    expect(news()).toBe(before + 3);
  });

  test('is what was asked for, and nothing else that changes beside it', async () => {
    const { world, names } = await watching('a');
    world.api.put(object('other', '', { app: 'ledger' }));
    await world.passes(0.1);
    expect(names()).toEqual(['a']);
    world.api.put(object('a', '', { app: 'ledger' }));
    await world.passes(0.1);
    expect(names()).toEqual([]);
  });

  test('and changes between the list and its watch is not missed', async () => {
    const world = fakeWorld();
    const { kube, clock } = world.process('deploy');
    const query = { kind: 'v1/ConfigMap', namespace: 'default' } as const;
    world.api.answers('GET configmaps', { lateMs: 500 });
    const watched = watchCollection<ConfigMap>(kube, clock, query, () => undefined);
    await world.passes(0.4);
    world.api.put(object('late'));
    const collection = await world.done(watched);
    await world.passes(0.2);
    expect([...collection.items.keys()]).toEqual(['late']);
  });

  test('cannot be begun with where it may not be listed', async () => {
    const world = fakeWorld();
    world.api.answers('GET configmaps', { status: 403 });
    const { kube, clock } = world.process('deploy');
    const watched = watchCollection(kube, clock, { kind: 'v1/ConfigMap' }, () => undefined);
    expect(await world.cameOf(watched)).toMatchObject({ exitCode: 3 });
  });
});

describe('a watch', () => {
  test('that falls silent keeps nothing to itself for longer than half a minute', async () => {
    const { world, names } = await watching('a');
    world.api.silence();
    world.api.put(object('b'));
    world.api.drop(TYPE, 'a');
    await world.passes(29);
    expect(names()).toEqual(['a']);
    await world.passes(2);
    expect(names()).toEqual(['b']);
  });

  test('that breaks misses nothing of what came meanwhile', async () => {
    const { world, names } = await watching('a');
    world.api.cut();
    world.api.put(object('b'));
    await world.passes(1);
    expect(names()).toEqual(['a', 'b']);
  });

  test('that cannot be opened at all is no loop of lists', async () => {
    const { world, lists } = await watching('a');
    world.api.answers('WATCH configmaps', { status: 500 }, FOR_EVER);
    world.api.cut();
    await world.passes(120);
    expect(lists()).toBeGreaterThan(10);
    expect(lists()).toBeLessThan(40);
  });

  test('that was broken for a while is soon well again when it can be opened', async () => {
    const { world, names } = await watching('a');
    world.api.answers('WATCH configmaps', 'refused', 10);
    world.api.cut();
    await world.passes(60);
    world.api.put(object('b'));
    await world.passes(0.1);
    expect(names()).toEqual(['a', 'b']);
    // What was long ago is no reason to wait now.
    world.api.cut();
    world.api.put(object('c'));
    await world.passes(0.5);
    expect(names()).toEqual(['a', 'b', 'c']);
  });
});

describe('what a write has answered', () => {
  test('is known at once, and what the watch tells of before does not undo it', async () => {
    const { world, collection } = await watching('a');
    world.api.put(object('a', 'before'));
    const now = world.api.put(object('a', 'now'));
    collection.learn(now);
    await world.passes(0.1);
    expect(collection.items.get('a')?.data).toEqual({ value: 'now' });
  });

  test('is undone by what comes after it', async () => {
    const { world, collection } = await watching('a');
    collection.learn(world.api.put(object('a', 'now')));
    world.api.put(object('a', 'after'));
    await world.passes(0.1);
    expect(collection.items.get('a')?.data).toEqual({ value: 'after' });
  });

  test('as a delete is known at once', async () => {
    const { collection, names } = await watching('a');
    collection.forget('a');
    expect(names()).toEqual([]);
  });

  test('by number and not by letter: version 10 comes after version 9', async () => {
    const { collection } = await watching();
    const version = (resourceVersion: string): ConfigMap => ({
      ...object('x', resourceVersion),
      metadata: { ...object('x').metadata, resourceVersion },
    });
    collection.learn(version('10'));
    collection.learn(version('9'));
    expect(collection.items.get('x')?.data).toEqual({ value: '10' });
  });
});

describe('how old what is known is', () => {
  test('is told by lists and by watches, and grows where both are silent', async () => {
    const { world, collection } = await watching('a');
    const listedAt = collection.freshness().seenAt;
    await world.passes(10);
    expect(collection.freshness().seenAt).toBe(listedAt);
    world.api.put(object('b'));
    await world.passes(0.1);
    expect(collection.freshness().seenAt).toBeGreaterThan(listedAt + 9_000);
  });

  test('is not mended by an API that does not answer, nor by one that refuses; the one is away, the other there', async () => {
    const { world, collection } = await watching('a');
    const { seenAt } = collection.freshness();
    world.api.answers('GET configmaps', 'refused', FOR_EVER);
    await world.passes(60);
    const away = collection.freshness();
    expect(away).toMatchObject({ seenAt, contactAt: seenAt, why: expect.any(String) });
    world.api.recovers();
    world.api.answers('GET configmaps', { status: 403 }, FOR_EVER);
    await world.passes(60);
    const refused = collection.freshness();
    expect(refused.seenAt).toBe(seenAt);
    expect(refused.contactAt).toBeGreaterThan(seenAt + 60_000);
    world.api.recovers();
    await world.passes(15);
    expect(collection.freshness()).toMatchObject({ why: undefined });
  });
});

describe('a list that somebody asks for', () => {
  test('is younger than the question', async () => {
    const { world, collection, names } = await watching('a');
    world.api.silence();
    world.api.put(object('b'));
    await world.done(collection.relist());
    expect(names()).toEqual(['a', 'b']);
  });

  test('is not one that was under way when it was asked for', async () => {
    const { world, collection, names } = await watching('a');
    world.api.silence();
    world.api.answers('GET configmaps', { lateMs: 2_000 });
    const first = collection.relist();
    await world.passes(1);
    world.api.put(object('b'));
    const second = collection.relist();
    await world.done(first);
    expect(names()).toEqual(['a']);
    await world.done(second, 5);
    expect(names()).toEqual(['a', 'b']);
  });

  test('is not put off because watches that broke have made it slow', async () => {
    const { world, collection } = await watching('a');
    world.api.answers('WATCH configmaps', { status: 500 }, FOR_EVER);
    world.api.cut();
    await world.passes(60);
    for (const _ of [1, 2, 3]) {
      expect(await world.cameOf(collection.relist(), 0.2)).toHaveProperty('value');
      await world.passes(2);
    }
  });

  test('is not put off because the watch has only just been opened again', async () => {
    const { world, collection } = await watching('a');
    world.api.answers('GET configmaps', 'refused', FOR_EVER);
    world.api.cut();
    await world.passes(60);
    world.api.recovers();
    while (collection.freshness().why !== undefined) await world.passes(0.01);
    expect(await world.cameOf(collection.relist(), 0.2)).toHaveProperty('value');
  });

  test('is no loop of lists where somebody asks for the next as soon as there is one', async () => {
    const { world, collection, lists } = await watching('a');
    const before = lists();
    const asks = async (): Promise<void> => {
      await collection.relist();
      await asks();
    };
    void asks();
    await world.passes(10);
    expect(lists() - before).toBeLessThanOrEqual(100);
  });

  test('is waited for until the API answers: nobody goes on with what is old', async () => {
    const { world, collection } = await watching('a');
    world.api.answers('GET configmaps', { status: 500 }, FOR_EVER);
    const asked = collection.relist();
    expect(await world.cameOf(asked, 120)).toBe('waits');
    world.api.recovers();
    expect(await world.cameOf(asked, 20)).toHaveProperty('value');
  });
});

test('once it has stopped nothing is asked for and nobody is told', async () => {
  const { world, collection, news } = await watching('a');
  collection.stop();
  await world.passes(0.1);
  const [asked, told] = [world.api.asked.length, news()];
  world.api.put(object('b'));
  await world.passes(300);
  expect([world.api.asked.length, news()]).toEqual([asked, told]);
});
