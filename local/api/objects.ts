/**
 * What the API does to objects: the verbs, with preconditions, generations, finalizers and graceful
 * deletion. The HTTP front and the controllers both go through here, so that a controller's write
 * means just what a client's write means.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Clock, timestamp } from '../clock.ts';
import { type Random, randomSuffix, randomUid } from '../random.ts';
import type { DraftObject, KubeObject, ObjectMeta } from '../store/object.ts';
import type { Store } from '../store/store.ts';
import { ApiFailure, type FailureCause } from './failure.ts';
import { apiVersionOf, collectionOf, type Kind } from './kind.ts';
import type { Predicate } from './selectors.ts';

/** Whether a write is kept, or only answered as if it were. */
export type Persistence = 'kept' | 'dry-run';

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: Propagation;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export interface Objects {
  get(kind: Kind, namespace: string | undefined, name: string): KubeObject;
  list(kind: Kind, namespace?: string, matches?: Predicate): readonly KubeObject[];
  create(kind: Kind, draft: DraftObject, persistence?: Persistence): KubeObject;
  /** Replaces all but the status; a resourceVersion in the draft is a precondition. */
  update(kind: Kind, draft: DraftObject, persistence?: Persistence): KubeObject;
  /** Replaces the status and nothing else. */
  updateStatus(kind: Kind, draft: DraftObject, persistence?: Persistence): KubeObject;
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
}

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

export function createObjects({ store, clock, random }: ObjectsWorld): Objects {
  const get: Objects['get'] = (kind, namespace, name) => {
    const object = store.get(collectionOf(kind), namespace, name);
    if (!object) throw notFound(kind, name);
    return object;
  };

  const keep = (kind: Kind, object: KubeObject, persistence: Persistence): KubeObject =>
    persistence === 'kept' ? store.put(collectionOf(kind), object) : object;

  /** Stores a changed object, or removes it where it was only waiting for its last finalizer. */
  const settle = (kind: Kind, object: KubeObject, persistence: Persistence): KubeObject => {
    const { deletionTimestamp, finalizers = [], deletionGracePeriodSeconds = 0 } = object.metadata;
    const gone = deletionTimestamp && finalizers.length === 0 && deletionGracePeriodSeconds === 0;
    if (!gone) return keep(kind, object, persistence);
    return persistence === 'kept' ? store.remove(collectionOf(kind), object) : object;
  };

  const create: Objects['create'] = (kind, draft, persistence = 'kept') => {
    if (draft.metadata.resourceVersion) {
      throw new ApiFailure(
        'BadRequest',
        'resourceVersion should not be set on objects to be created',
      );
    }
    requireNamespace(store, kind, draft.metadata.namespace);
    const name = draft.metadata.name || generatedName(draft, random);
    const { status: _sent, ...withoutStatus } = draft;
    const filled = withDefaults(
      kind,
      kind.subresources?.includes('status') ? withoutStatus : draft,
    );
    const metadata: ObjectMeta = {
      ...withoutServerFields(filled.metadata),
      name,
      uid: randomUid(random),
      resourceVersion: '',
      creationTimestamp: timestamp(clock.now()),
      ...(kind.generation === 'counted' ? { generation: 1 } : {}),
    };
    const object: KubeObject = { ...filled, ...typeOf(kind), metadata };
    refuseFaults(kind, name, kind.faults?.(object, undefined));
    if (store.get(collectionOf(kind), metadata.namespace, name)) {
      throw new ApiFailure('AlreadyExists', `${qualified(kind)} "${name}" already exists`, {
        name,
        group: kind.group,
        kind: kind.plural,
      });
    }
    return keep(kind, object, persistence);
  };

  const current = (kind: Kind, draft: DraftObject): KubeObject => {
    const stored = get(kind, draft.metadata.namespace, draft.metadata.name ?? '');
    refuseStale(kind, stored, draft.metadata);
    return stored;
  };

  const update: Objects['update'] = (kind, draft, persistence = 'kept') => {
    const previous = current(kind, draft);
    const filled = withDefaults(kind, draft);
    const object = merged(kind, previous, filled);
    if (isDeepStrictEqual(object, previous)) return previous;
    refuseFaults(kind, previous.metadata.name, kind.faults?.(object, previous));
    return settle(kind, object, persistence);
  };

  const updateStatus: Objects['updateStatus'] = (kind, draft, persistence = 'kept') => {
    const previous = current(kind, draft);
    const object = { ...previous, status: draft.status };
    return isDeepStrictEqual(object, previous) ? previous : keep(kind, object, persistence);
  };

  const remove: Objects['delete'] = (kind, namespace, name, options = {}, persistence = 'kept') => {
    const object = get(kind, namespace, name);
    refuseStale(kind, object, options.preconditions ?? {});
    const finalizers = finalizersAfter(object, options.propagationPolicy);
    const grace = kind.plural === 'pods' ? podGraceSeconds(object, options) : 0;
    if (finalizers.length === 0 && grace === 0) {
      return persistence === 'kept' ? store.remove(collectionOf(kind), object) : object;
    }
    const marked = terminating(object, finalizers, grace, clock.now());
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

function typeOf(kind: Kind): { apiVersion: string; kind: string } {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind };
}

function qualified(kind: Kind): string {
  return collectionOf(kind);
}

export function notFound(kind: Kind, name: string): ApiFailure {
  return new ApiFailure('NotFound', `${qualified(kind)} "${name}" not found`, {
    name,
    ...(kind.group ? { group: kind.group } : {}),
    kind: kind.plural,
  });
}

function withDefaults(kind: Kind, draft: DraftObject): DraftObject {
  return kind.defaults ? kind.defaults(draft) : draft;
}

/** What only the server may set is dropped from what a client sent. */
function withoutServerFields(metadata: Partial<ObjectMeta>): Partial<ObjectMeta> {
  const {
    uid: _uid,
    resourceVersion: _resourceVersion,
    generation: _generation,
    creationTimestamp: _creationTimestamp,
    deletionTimestamp: _deletionTimestamp,
    deletionGracePeriodSeconds: _deletionGracePeriodSeconds,
    ...rest
  } = metadata;
  return rest;
}

function generatedName(draft: DraftObject, random: Random): string {
  const prefix = draft.metadata.generateName;
  if (!prefix) {
    throw new ApiFailure('Invalid', 'name or generateName is required', {
      causes: [
        {
          reason: 'FieldValueRequired',
          message: 'Required value: name or generateName is required',
          field: 'metadata.name',
        },
      ],
    });
  }
  return `${prefix.slice(0, 58)}${randomSuffix(random)}`;
}

function requireNamespace(store: Store, kind: Kind, namespace: string | undefined): void {
  if (kind.scope === 'Cluster' || namespace === undefined) return;
  const found = store.get('namespaces', undefined, namespace);
  if (!found) {
    throw new ApiFailure('NotFound', `namespaces "${namespace}" not found`, {
      name: namespace,
      kind: 'namespaces',
    });
  }
  if (found.metadata.deletionTimestamp) {
    throw new ApiFailure(
      'Forbidden',
      `unable to create new content in namespace ${namespace} because it is being terminated`,
    );
  }
}

function refuseFaults(kind: Kind, name: string, faults: FailureCause[] = []): void {
  if (faults.length === 0) return;
  const list = faults.map(({ field, message }) => `${field}: ${message}`);
  const text = list.length === 1 ? list[0] : `[${list.join(', ')}]`;
  throw new ApiFailure('Invalid', `${kind.kind}.${kind.group} "${name}" is invalid: ${text}`, {
    name,
    group: kind.group,
    kind: kind.kind,
    causes: faults,
  });
}

function refuseStale(
  kind: Kind,
  stored: KubeObject,
  wanted: { uid?: string; resourceVersion?: string },
): void {
  const { name, uid, resourceVersion } = stored.metadata;
  const refuse = (why: string): never => {
    throw new ApiFailure(
      'Conflict',
      `Operation cannot be fulfilled on ${qualified(kind)} "${name}": ${why}`,
      { name, group: kind.group, kind: kind.plural },
    );
  };
  if (wanted.uid && wanted.uid !== uid) {
    refuse(`Precondition failed: UID in precondition: ${wanted.uid}, UID in object meta: ${uid}`);
  }
  if (wanted.resourceVersion && wanted.resourceVersion !== resourceVersion) {
    refuse(
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  }
}

/** The new object under the old one's identity, with its generation counted on if the spec changed. */
function merged(kind: Kind, previous: KubeObject, draft: DraftObject): KubeObject {
  const { metadata: old } = previous;
  const hasStatus = kind.subresources?.includes('status');
  const body: KubeObject = {
    ...draft,
    ...typeOf(kind),
    ...(hasStatus && 'status' in previous ? { status: previous.status } : {}),
    metadata: {
      ...withoutServerFields(draft.metadata),
      name: old.name,
      uid: old.uid,
      resourceVersion: old.resourceVersion,
      creationTimestamp: old.creationTimestamp,
      ...(old.generation === undefined ? {} : { generation: old.generation }),
      ...(old.deletionTimestamp ? { deletionTimestamp: old.deletionTimestamp } : {}),
      ...(old.deletionGracePeriodSeconds === undefined
        ? {}
        : { deletionGracePeriodSeconds: old.deletionGracePeriodSeconds }),
    },
  };
  if (hasStatus && !('status' in previous) && 'status' in body) {
    const { status: _sent, ...withoutStatus } = body;
    return countedOn(kind, previous, withoutStatus as KubeObject); // the rest of a KubeObject is one
  }
  return countedOn(kind, previous, body);
}

function countedOn(kind: Kind, previous: KubeObject, next: KubeObject): KubeObject {
  if (kind.generation !== 'counted') return next;
  const { metadata: _a, status: _b, ...before } = previous;
  const { metadata, status: _c, ...after } = next;
  if (isDeepStrictEqual(before, after)) return next;
  return { ...next, metadata: { ...metadata, generation: (metadata.generation ?? 0) + 1 } };
}

function finalizersAfter(object: KubeObject, policy: Propagation | undefined): string[] {
  const kept = (object.metadata.finalizers ?? []).filter(
    (name) => name !== FOREGROUND && name !== ORPHAN,
  );
  switch (policy) {
    case 'Foreground':
      return [...kept, FOREGROUND];
    case 'Orphan':
      return [...kept, ORPHAN];
    case 'Background':
      return kept;
    case undefined:
      return [...(object.metadata.finalizers ?? [])];
  }
}

function podGraceSeconds(pod: KubeObject, options: DeleteOptions): number {
  const spec = (pod.spec ?? {}) as { nodeName?: string; terminationGracePeriodSeconds?: number };
  const phase = ((pod.status ?? {}) as { phase?: string }).phase;
  if (!spec.nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
  const wanted = options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
  const left = pod.metadata.deletionGracePeriodSeconds;
  return left === undefined ? wanted : Math.min(wanted, left);
}

/** A second deletion may shorten the grace of the first, never lengthen it. */
function terminating(
  object: KubeObject,
  finalizers: string[],
  graceSeconds: number,
  nowMs: number,
): KubeObject {
  const { metadata } = object;
  const shortened =
    graceSeconds < (metadata.deletionGracePeriodSeconds ?? Number.POSITIVE_INFINITY);
  const fresh = !metadata.deletionTimestamp;
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(finalizers.length > 0 ? { finalizers } : {}),
      ...(fresh || shortened
        ? {
            deletionTimestamp: timestamp(nowMs + graceSeconds * 1000),
            deletionGracePeriodSeconds: graceSeconds,
          }
        : {}),
      ...(fresh && metadata.generation ? { generation: metadata.generation + 1 } : {}),
    },
  };
}
