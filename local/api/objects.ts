/**
 * What the API does to objects: the verbs, with preconditions, generations, finalizers and graceful
 * deletion. The HTTP front and the controllers both go through here, so that a controller's write
 * means just what a client's write means.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Clock, timestamp } from '../clock.ts';
import { type Random, randomUid } from '../random.ts';
import type { DraftObject, KubeObject } from '../store/object.ts';
import type { Store } from '../store/store.ts';
import {
  type DeleteOptions,
  finalizersAfter,
  isGone,
  podGraceSeconds,
  terminating,
} from './deletion.ts';
import { ApiFailure } from './failure.ts';
import { generatedName, merged, typeOf, withoutServerFields } from './identity.ts';
import { collectionOf, type Kind } from './kind.ts';
import {
  alreadyExists,
  faultsOf,
  notFound,
  refuseFaults,
  refuseStale,
  requireNamespace,
} from './preconditions.ts';
import type { Predicate } from './selectors.ts';

export type { DeleteOptions, Propagation } from './deletion.ts';

/** Whether a write is kept, or only answered as if it were. */
export type Persistence = 'kept' | 'dry-run';

/** Has the last word on an object before it is stored; the front notes field owners with it. */
export type Finish = (object: KubeObject, previous: KubeObject | undefined) => KubeObject;

export interface Objects {
  get(kind: Kind, namespace: string | undefined, name: string): KubeObject;
  list(kind: Kind, namespace?: string, matches?: Predicate): readonly KubeObject[];
  create(kind: Kind, draft: DraftObject, persistence?: Persistence, finish?: Finish): KubeObject;
  /** Replaces all but the status; a resourceVersion in the draft is a precondition. */
  update(kind: Kind, draft: DraftObject, persistence?: Persistence, finish?: Finish): KubeObject;
  /**
   * Replaces the status, and for kinds that are not custom the annotations if the draft has any:
   * that is how the Deployment controller writes its revision.
   */
  updateStatus(
    kind: Kind,
    draft: DraftObject,
    persistence?: Persistence,
    finish?: Finish,
  ): KubeObject;
  /** Returns what is left of the object: itself, marked as terminating, or as it was last. */
  delete(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    options?: DeleteOptions,
    persistence?: Persistence,
  ): KubeObject;
}

export interface ObjectsWorld {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** Where Services get their addresses from; 127.96.0.1 and up if nobody says. */
  readonly allocateClusterIP?: () => string;
}

const asIs: Finish = (object) => object;

export function createObjects(world: ObjectsWorld): Objects {
  const { store, clock, random, allocateClusterIP = addressesFrom('127.96') } = world;

  const get: Objects['get'] = (kind, namespace, name) => {
    const object = store.get(collectionOf(kind), namespace, name);
    if (!object) throw notFound(kind, name);
    return object;
  };

  const keep = (kind: Kind, object: KubeObject, persistence: Persistence): KubeObject =>
    persistence === 'kept' ? store.put(collectionOf(kind), object) : object;

  /** Stores a changed object, or removes it where it was only waiting for its last finalizer. */
  const settle = (kind: Kind, object: KubeObject, persistence: Persistence): KubeObject => {
    if (!isGone(object)) return keep(kind, object, persistence);
    return persistence === 'kept' ? store.remove(collectionOf(kind), object) : object;
  };

  const create: Objects['create'] = (kind, draft, persistence = 'kept', finish = asIs) => {
    if (draft.metadata.resourceVersion) {
      throw new ApiFailure(
        'BadRequest',
        'resourceVersion should not be set on objects to be created',
      );
    }
    requireNamespace(store, kind, draft.metadata.namespace);
    const name = draft.metadata.name || generatedName(kind, draft, store, random);
    const filled = withDefaults(kind, withoutSentStatus(kind, draft));
    const given: KubeObject = {
      ...filled,
      ...typeOf(kind),
      metadata: {
        ...withoutServerFields(filled.metadata),
        name,
        uid: randomUid(random),
        resourceVersion: '',
        creationTimestamp: timestamp(clock.now()),
        ...(kind.generation ? { generation: 1 } : {}),
      },
    };
    const object = kind.admit?.(given, { store, random, allocateClusterIP }) ?? given;
    refuseFaults(kind, name, faultsOf(kind, object, undefined));
    if (store.get(collectionOf(kind), object.metadata.namespace, name)) {
      throw alreadyExists(kind, name);
    }
    return keep(kind, finish(object, undefined), persistence);
  };

  const current = (kind: Kind, draft: DraftObject): KubeObject => {
    const stored = get(kind, draft.metadata.namespace, draft.metadata.name ?? '');
    refuseStale(kind, stored, draft.metadata);
    return stored;
  };

  const update: Objects['update'] = (kind, draft, persistence = 'kept', finish = asIs) => {
    const previous = current(kind, draft);
    const kept = kind.carryOver?.(draft, previous) ?? draft;
    const object = finish(merged(kind, previous, withDefaults(kind, kept)), previous);
    if (isDeepStrictEqual(object, previous)) return previous;
    refuseFaults(kind, previous.metadata.name, faultsOf(kind, object, previous));
    return settle(kind, object, persistence);
  };

  const updateStatus: Objects['updateStatus'] = (
    kind,
    draft,
    persistence = 'kept',
    finish = asIs,
  ) => {
    const previous = current(kind, draft);
    const { annotations } = draft.metadata;
    const metadata =
      annotations && kind.origin !== 'custom'
        ? { ...previous.metadata, annotations }
        : previous.metadata;
    const object = finish({ ...previous, metadata, status: draft.status }, previous);
    return isDeepStrictEqual(object, previous) ? previous : keep(kind, object, persistence);
  };

  const remove: Objects['delete'] = (kind, namespace, name, options = {}, persistence = 'kept') => {
    const object = get(kind, namespace, name);
    refuseStale(kind, object, options.preconditions ?? {});
    const finalizers = finalizersAfter(object, options.propagationPolicy);
    const grace = kind.plural === 'pods' ? podGraceSeconds(object, options) : 0;
    const marked = terminating(object, finalizers, grace, clock.now());
    if (isGone(marked)) {
      if (persistence === 'dry-run') return object;
      // A pod is seen to be marked even where it goes at once.
      const last = kind.plural === 'pods' ? store.put(collectionOf(kind), marked) : object;
      return store.remove(collectionOf(kind), last);
    }
    return isDeepStrictEqual(marked, object) ? object : keep(kind, marked, persistence);
  };

  return {
    get,
    list: (kind, namespace, matches) => {
      const all = store.list(collectionOf(kind), namespace);
      return matches ? all.filter(matches) : all;
    },
    create,
    update,
    updateStatus,
    delete: remove,
  };
}

function withDefaults(kind: Kind, draft: DraftObject): DraftObject {
  return kind.defaults ? kind.defaults(draft) : draft;
}

/** A new object's status is for its controller to write, where the two are written apart. */
function withoutSentStatus(kind: Kind, draft: DraftObject): DraftObject {
  if (!kind.subresources?.includes('status') || kind.statusOnCreate === 'kept') return draft;
  const { status: _sent, ...rest } = draft;
  // Without its status a draft still is one.
  return rest as DraftObject;
}

function addressesFrom(prefix: string): () => string {
  let given = 0;
  return () => {
    given += 1;
    return `${prefix}.${given >> 8}.${given & 255}`;
  };
}
