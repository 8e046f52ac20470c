/**
 * Objects with revisions: what etcd is to Kubernetes. One counter numbers all changes, every change
 * is told to whoever listens, and the last changes are kept so that a watch can start in the past.
 */
import type { KubeObject } from './object.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

export interface Change {
  readonly type: ChangeType;
  /** Which collection: `<plural>.<group>`, as in `deployments.apps`. */
  readonly collection: string;
  readonly object: KubeObject;
  /** What was stored before, unless it was added. */
  readonly previous: KubeObject | undefined;
  readonly revision: number;
}

export interface Store {
  /** The number of the last change. */
  revision(): number;
  get(collection: string, namespace: string | undefined, name: string): KubeObject | undefined;
  /** Ordered by namespace and name, as etcd orders its keys. */
  list(collection: string, namespace?: string): readonly KubeObject[];
  /** Stores the object under the next revision, which it gets as its resourceVersion. */
  put(collection: string, object: KubeObject): KubeObject;
  remove(collection: string, object: KubeObject): KubeObject;
  /** What changed after `revision`; undefined when that is no longer known (HTTP 410). */
  changesSince(revision: number): readonly Change[] | undefined;
  /** Tells `listener` of every change from now on, in order. Returns how to stop. */
  subscribe(listener: (change: Change) => void): () => void;
  /** Forgets the changes up to now, so that older watches must start anew. */
  compact(): void;
  /** Every object of every collection, for comparing a whole world before and after. */
  dump(): readonly KubeObject[];
}

export function createStore(): Store {
  let revision = 1;
  const history = createHistory(revision);
  const teller = createTeller();
  const collections = new Map<string, Collection>();

  const collectionOf = (name: string): Collection => {
    const known = collections.get(name);
    if (known) return known;
    const created = createCollection();
    collections.set(name, created);
    return created;
  };

  const record = (change: Change): void => {
    history.add(change);
    teller.tell(change);
  };

  const numbered = (object: KubeObject): KubeObject => {
    revision += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
  };

  return {
    revision: () => revision,
    get: (collection, namespace, name) => collections.get(collection)?.get(key(namespace, name)),
    list: (collection, namespace) =>
      collections.get(collection)?.startingWith(namespace === undefined ? '' : `${namespace}/`) ??
      [],
    put: (collection, object) => {
      const objects = collectionOf(collection);
      const id = key(object.metadata.namespace, object.metadata.name);
      const previous = objects.get(id);
      const stored = numbered(object);
      objects.set(id, stored);
      const type = previous ? 'MODIFIED' : 'ADDED';
      record({ type, collection, object: stored, previous, revision });
      return stored;
    },
    remove: (collection, object) => {
      collectionOf(collection).delete(key(object.metadata.namespace, object.metadata.name));
      const removed = numbered(object);
      record({ type: 'DELETED', collection, object: removed, previous: object, revision });
      return removed;
    },
    changesSince: history.since,
    subscribe: teller.subscribe,
    compact: () => history.forget(revision),
    dump: () => [...collections.values()].flatMap((objects) => objects.startingWith('')),
  };
}

const KEPT_CHANGES = 10_000;

interface History {
  add(change: Change): void;
  since(revision: number): readonly Change[] | undefined;
  forget(upTo: number): void;
}

function createHistory(start: number): History {
  // One for each revision after the oldest known, so that a revision tells where its change stands.
  let changes: Change[] = [];
  let oldestKnown = start;
  return {
    add: (change) => {
      changes.push(change);
      if (changes.length <= 2 * KEPT_CHANGES) return;
      changes = changes.slice(-KEPT_CHANGES);
      oldestKnown = change.revision - KEPT_CHANGES;
    },
    since: (revision) =>
      revision < oldestKnown ? undefined : changes.slice(revision - oldestKnown),
    forget: (upTo) => {
      changes = [];
      oldestKnown = upTo;
    },
  };
}

interface Teller {
  tell(change: Change): void;
  subscribe(listener: (change: Change) => void): () => void;
}

/** A listener may change the store itself; everybody still hears of all changes in their order. */
function createTeller(): Teller {
  const listeners = new Set<(change: Change) => void>();
  const untold: Change[] = [];
  let telling = false;
  return {
    tell: (latest) => {
      untold.push(latest);
      if (telling) return;
      telling = true;
      try {
        for (let change = untold.shift(); change !== undefined; change = untold.shift()) {
          for (const listener of [...listeners]) listener(change);
        }
      } finally {
        telling = false;
      }
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Objects by key, kept in the order of their keys. */
interface Collection {
  get(id: string): KubeObject | undefined;
  set(id: string, object: KubeObject): void;
  delete(id: string): void;
  startingWith(prefix: string): KubeObject[];
}

function createCollection(): Collection {
  const objects = new Map<string, KubeObject>();
  const ids: string[] = [];
  /** Where `id` stands, or would stand. */
  const placeOf = (id: string): number => {
    let from = 0;
    let to = ids.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((ids[middle] ?? '') < id) from = middle + 1;
      else to = middle;
    }
    return from;
  };
  return {
    get: (id) => objects.get(id),
    set: (id, object) => {
      if (!objects.has(id)) ids.splice(placeOf(id), 0, id);
      objects.set(id, object);
    },
    delete: (id) => {
      if (objects.delete(id)) ids.splice(placeOf(id), 1);
    },
    startingWith: (prefix) => {
      const found: KubeObject[] = [];
      for (let at = placeOf(prefix); at < ids.length; at += 1) {
        const id = ids[at] ?? '';
        const object = objects.get(id);
        if (!id.startsWith(prefix)) break;
        if (object) found.push(object);
      }
      return found;
    },
  };
}

function key(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
