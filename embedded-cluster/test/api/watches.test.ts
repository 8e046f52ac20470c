// Watches: where they begin, what they tell, and how they end.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createTestApi, type Loose, type TestApi, type WatchedEvents } from './support.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const told = ({ events }: WatchedEvents): string[] =>
  events.map(({ type, object }: Loose) => `${type} ${object.metadata.name ?? ''}`.trim());

describe('a watch', () => {
  let api: TestApi;
  beforeEach(() => {
    api = createTestApi();
    api.delete(`${MAPS}/kube-root-ca.crt`);
    api.post(MAPS, { metadata: { name: 'old', labels: { app: 'shop' } } });
  });
  const label = (name: string, app: string | null): void => {
    api.patch(`${MAPS}/${name}`, 'application/merge-patch+json', { metadata: { labels: { app } } });
  };

  test('without a revision begins with what is there', () => {
    const watch = api.watch(`${MAPS}?watch=true`);
    api.post(MAPS, { metadata: { name: 'new' } });
    expect(told(watch)).toEqual(['ADDED old', 'ADDED new']);
  });

  test('from a revision tells what came after it, once', () => {
    const { resourceVersion } = api.get(MAPS).body.metadata;
    api.post(MAPS, { metadata: { name: 'between' } });
    const watch = api.watch(`${MAPS}?watch=true&resourceVersion=${resourceVersion}`);
    label('between', 'shop');
    api.delete(`${MAPS}/between`);
    expect(told(watch)).toEqual(['ADDED between', 'MODIFIED between', 'DELETED between']);
    const versions = watch.events.map(({ object }: Loose) =>
      Number(object.metadata.resourceVersion),
    );
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
  });

  test('tells nothing of other kinds, other namespaces and other names', () => {
    api.post('/api/v1/namespaces', { metadata: { name: 'shop' } });
    const watch = api.watch(`${MAPS}?watch=true&fieldSelector=metadata.name%3Dmine`);
    api.post('/api/v1/namespaces/default/secrets', { metadata: { name: 'mine' } });
    api.post('/api/v1/namespaces/shop/configmaps', { metadata: { name: 'mine' } });
    api.post(MAPS, { metadata: { name: 'yours' } });
    api.post(MAPS, { metadata: { name: 'mine' } });
    expect(told(watch)).toEqual(['ADDED mine']);
  });

  test('with a selector tells an object that ceases to match as gone, and one that begins as new', () => {
    const watch = api.watch(`${MAPS}?watch=true&labelSelector=app%3Dshop`);
    label('old', 'bank');
    label('old', 'shop');
    expect(told(watch)).toEqual(['ADDED old', 'DELETED old', 'ADDED old']);
    expect(watch.events[1].object.metadata.labels).toEqual({ app: 'shop' });
  });

  test('that streams the list marks its end', () => {
    const query =
      'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = api.watch(`${MAPS}?${query}`);
    expect(told(watch)).toEqual(['ADDED old', 'BOOKMARK']);
    expect(watch.events[1].object).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        resourceVersion: String(api.world.store.revision()),
        annotations: { 'k8s.io/initial-events-end': 'true' },
      },
    });
  });

  test('that streams the list must say how old it may be', () => {
    expect(api.get(`${MAPS}?watch=true&sendInitialEvents=true`).status).toBe(422);
  });

  test('from a revision that is forgotten is told so in the stream, and ends', () => {
    const { resourceVersion } = api.get(MAPS).body.metadata;
    api.post(MAPS, { metadata: { name: 'later' } });
    api.world.store.compact();
    const watch = api.watch(`${MAPS}?watch=true&resourceVersion=${resourceVersion}`);
    expect(watch.events).toEqual([
      {
        type: 'ERROR',
        object: expect.objectContaining({ kind: 'Status', code: 410, reason: 'Expired' }),
      },
    ]);
    expect(watch.ended()).toBe(true);
  });

  test('gets bookmarks by the minute, and one before its time is up', async () => {
    const watch = api.watch(`${MAPS}?watch=true&allowWatchBookmarks=true&timeoutSeconds=150`);
    await api.clock.advanceTo(api.clock.now() + 149_000);
    expect(told(watch)).toEqual(['ADDED old', 'BOOKMARK', 'BOOKMARK']);
    expect(watch.ended()).toBe(false);
    await api.clock.advanceTo(api.clock.now() + 1_000);
    expect(told(watch)).toEqual(['ADDED old', 'BOOKMARK', 'BOOKMARK', 'BOOKMARK']);
    expect(watch.ended()).toBe(true);
    api.post(MAPS, { metadata: { name: 'after' } });
    expect(told(watch)).toHaveLength(4);
  });

  test('that is stopped hears no more and leaves no timer behind', async () => {
    const watch = api.watch(`${MAPS}?watch=true&allowWatchBookmarks=true`);
    watch.stop();
    api.post(MAPS, { metadata: { name: 'after' } });
    await api.clock.advanceTo(api.clock.now() + 7_200_000);
    expect(told(watch)).toEqual(['ADDED old']);
    expect(api.clock.nextDueMs()).toBeUndefined();
  });

  test('of a table names its columns once', () => {
    const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
    const watch = api.watch(`${MAPS}?watch=true`, { headers });
    api.post(MAPS, { metadata: { name: 'new' }, data: { a: '1' } });
    const tables = watch.events.map(({ object }: Loose) => object);
    expect(tables[0].columnDefinitions.map(({ name }: Loose) => name)).toEqual([
      'Name',
      'Data',
      'Age',
    ]);
    expect(tables[1].columnDefinitions).toBeNull();
    expect(tables[1].rows[0].cells).toEqual(['new', 1, '0s']);
  });
});
