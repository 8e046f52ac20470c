// The store: order, revisions, what is remembered, and who hears of it.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KubeObject } from '../../kubernetes/store/object.ts';
import { createStore } from '../../kubernetes/store/store.ts';

function object(namespace: string | undefined, name: string): KubeObject {
  const metadata = {
    name,
    ...(namespace ? { namespace } : {}),
    uid: name,
    resourceVersion: '',
    creationTimestamp: '2026-11-21T06:00:00Z',
  };
  return { apiVersion: 'v1', kind: 'Thing', metadata };
}
const nameOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

describe('a store', () => {
  test('lists in the order of namespace and name, whatever was written and removed before', () => {
    const names = fc.constantFrom('a', 'ab', 'b', 'b-1', 'c');
    const writes = fc.array(fc.tuple(fc.boolean(), names, names), { maxLength: 30 });
    fc.assert(
      fc.property(writes, (steps) => {
        const store = createStore();
        const expected = new Map<string, true>();
        for (const [put, namespace, name] of steps) {
          const known = store.get('things', namespace, name);
          if (put) store.put('things', object(namespace, name));
          else if (known) store.remove('things', known);
          if (put) expected.set(`${namespace}/${name}`, true);
          else expected.delete(`${namespace}/${name}`);
        }
        const all = [...expected.keys()].sort();
        expect(store.list('things').map(nameOf)).toEqual(all);
        expect(store.list('things', 'b').map(nameOf)).toEqual(
          all.filter((id) => id.startsWith('b/')),
        );
      }),
    );
  });

  test('numbers every change, and tells what came after any of them', () => {
    const store = createStore();
    const start = store.revision();
    const first = store.put('things', object('a', 'x'));
    const second = store.put('things', object('a', 'y'));
    store.remove('things', first);
    const after = store.changesSince(Number(second.metadata.resourceVersion));
    expect(after?.map(({ type, object }) => `${type} ${nameOf(object)}`)).toEqual(['DELETED a/x']);
    expect(store.changesSince(start)).toHaveLength(3);
    expect(store.changesSince(store.revision())).toEqual([]);
  });

  test('does not know what it has forgotten', () => {
    const store = createStore();
    const before = store.revision();
    store.put('things', object('a', 'x'));
    store.compact();
    expect(store.changesSince(before)).toBeUndefined();
    expect(store.changesSince(store.revision())).toEqual([]);
  });

  test('forgets the oldest changes when they become many', () => {
    const store = createStore();
    for (let at = 0; at < 25_000; at += 1) store.put('things', object('a', 'x'));
    expect(store.changesSince(2)).toBeUndefined();
    const recent = store.changesSince(store.revision() - 5_000);
    expect(recent).toHaveLength(5_000);
    expect(recent?.[0]?.revision).toBe(store.revision() - 4_999);
  });

  test('tells every listener of all changes in their order, though one of them changes more', () => {
    const store = createStore();
    const heard: string[][] = [[], []];
    store.subscribe(({ object }) => {
      heard[0]?.push(object.metadata.name);
      if (object.metadata.name === 'x') store.put('things', object2);
    });
    store.subscribe(({ object }) => heard[1]?.push(object.metadata.name));
    const object2 = object('a', 'y');
    store.put('things', object('a', 'x'));
    expect(heard).toEqual([
      ['x', 'y'],
      ['x', 'y'],
    ]);
  });
});
