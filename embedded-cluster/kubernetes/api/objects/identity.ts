/** The part of an object that is the server's to write: its identity and its generation. */
import { isDeepStrictEqual } from 'node:util';
import { type Random, randomSuffix } from '../../../base/random.ts';
import { ApiFailure } from '../../definitions/failure.ts';
import { apiVersionOf, collectionOf, type Kind } from '../../definitions/kind.ts';
import type { DraftObject, KubeObject, ObjectMeta } from '../../store/object.ts';
import type { Store } from '../../store/store.ts';

export function typeOf(kind: Kind): { apiVersion: string; kind: string } {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind };
}

/** What only the server may set is dropped from what a client sent. */
export function withoutServerFields(metadata: Partial<ObjectMeta>): Partial<ObjectMeta> {
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

/** A new object's status is for its controller to write, where the two are written apart. */
export function withoutSentStatus(kind: Kind, draft: DraftObject): DraftObject {
  if (!kind.subresources?.includes('status') || kind.statusOnCreate === 'kept') return draft;
  const { status: _sent, ...rest } = draft;
  // Without its status a draft still is one.
  return rest as DraftObject;
}

export function generatedName(
  kind: Kind,
  draft: DraftObject,
  store: Store,
  random: Random,
): string {
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
  const taken = (name: string): boolean =>
    store.get(collectionOf(kind), draft.metadata.namespace, name) !== undefined;
  let name: string;
  do name = `${prefix.slice(0, 58)}${randomSuffix(random)}`;
  while (taken(name));
  return name;
}

/** The new object under the old one's identity, with its generation counted on if the spec changed. */
export function merged(kind: Kind, previous: KubeObject, draft: DraftObject): KubeObject {
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
  if (!kind.generation) return next;
  const { metadata: old, status: _b, ...before } = previous;
  const { metadata, status: _c, ...after } = next;
  const sameAnnotations =
    kind.generation === 'counted' || isDeepStrictEqual(old.annotations, metadata.annotations);
  if (sameAnnotations && isDeepStrictEqual(before, after)) return next;
  return { ...next, metadata: { ...metadata, generation: (metadata.generation ?? 0) + 1 } };
}
