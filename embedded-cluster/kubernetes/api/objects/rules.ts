/** What each verb does to an object: the rules that clients' and controllers' writes share. */
import { isDeepStrictEqual } from 'node:util';
import { type Clock, timestamp } from '../../../base/clock.ts';
import { type Random, randomUid } from '../../../base/random.ts';
import { ApiFailure } from '../../definitions/failure.ts';
import { collectionOf, type Kind } from '../../definitions/kind.ts';
import { refuseOverCount } from '../../kinds/limits/quota.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import type { Store } from '../../store/store.ts';
import {
  type DeleteOptions,
  finalizersAfter,
  isGone,
  podGraceSeconds,
  terminating,
} from './deletion.ts';
import {
  generatedName,
  merged,
  typeOf,
  withoutSentStatus,
  withoutServerFields,
} from './identity.ts';
import {
  alreadyExists,
  faultsOf,
  notFound,
  refuseFaults,
  refuseStale,
  requireNamespace,
} from './preconditions.ts';

/** Whether a write is kept, or only answered as if it were. */
export type Persistence = 'kept' | 'dry-run';

/** Has the last word on an object before it is stored; the front notes field owners with it. */
export type Finish = (object: KubeObject, previous: KubeObject | undefined) => KubeObject;

export interface ObjectsWorld {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** Where Services get their addresses from; 127.96.0.1 and up if nobody says. */
  readonly allocateClusterIP?: () => string;
  /** What admission makes of the image that a new pod's container names; itself if nobody says. */
  readonly rewriteImage?: (image: string) => string;
}

/** The same with nothing left out. */
export type Resources = Required<ObjectsWorld>;

export function stored(
  { store }: Resources,
  kind: Kind,
  namespace: string | undefined,
  name: string,
): KubeObject {
  const object = store.get(collectionOf(kind), namespace, name);
  if (!object) throw notFound(kind, name);
  return object;
}

/** The object that a draft means to change, if it still is as the draft has it. */
function current(world: Resources, kind: Kind, { metadata }: DraftObject): KubeObject {
  const object = stored(world, kind, metadata.namespace, metadata.name ?? '');
  refuseStale(kind, object, metadata);
  return object;
}

function keep(
  { store }: Resources,
  kind: Kind,
  object: KubeObject,
  persistence: Persistence,
): KubeObject {
  return persistence === 'kept' ? store.put(collectionOf(kind), object) : object;
}

export function create(
  world: Resources,
  kind: Kind,
  draft: DraftObject,
  persistence: Persistence,
  finish: Finish,
): KubeObject {
  const { store, clock, random } = world;
  if (draft.metadata.resourceVersion) {
    throw new ApiFailure(
      'BadRequest',
      'resourceVersion should not be set on objects to be created',
    );
  }
  requireNamespace(store, kind, draft.metadata.namespace);
  const name = draft.metadata.name || generatedName(kind, draft, store, random);
  const sent = withoutSentStatus(kind, draft);
  const filled = kind.defaults?.(sent) ?? sent;
  const identified: KubeObject = {
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
  const object = kind.admit?.(identified, world) ?? identified;
  refuseFaults(kind, name, faultsOf(kind, object, undefined));
  if (store.get(collectionOf(kind), object.metadata.namespace, name)) {
    throw alreadyExists(kind, name);
  }
  refuseOverCount(store, collectionOf(kind), object);
  return keep(world, kind, finish(object, undefined), persistence);
}

export function update(
  world: Resources,
  kind: Kind,
  draft: DraftObject,
  persistence: Persistence,
  finish: Finish,
): KubeObject {
  const previous = current(world, kind, draft);
  const kept = kind.carryOver?.(draft, previous) ?? draft;
  const filled = kind.defaults?.(kept) ?? kept;
  const object = finish(merged(kind, previous, filled), previous);
  if (isDeepStrictEqual(object, previous)) return previous;
  refuseFaults(kind, previous.metadata.name, faultsOf(kind, object, previous));
  if (!isGone(object)) return keep(world, kind, object, persistence);
  // It was only waiting for its last finalizer.
  return persistence === 'kept' ? world.store.remove(collectionOf(kind), object) : object;
}

export function updateStatus(
  world: Resources,
  kind: Kind,
  draft: DraftObject,
  persistence: Persistence,
  finish: Finish,
): KubeObject {
  const previous = current(world, kind, draft);
  const { annotations } = draft.metadata;
  const metadata =
    annotations && kind.origin !== 'custom'
      ? { ...previous.metadata, annotations }
      : previous.metadata;
  const object = finish({ ...previous, metadata, status: draft.status }, previous);
  return isDeepStrictEqual(object, previous) ? previous : keep(world, kind, object, persistence);
}

export function remove(
  world: Resources,
  kind: Kind,
  object: KubeObject,
  options: DeleteOptions,
  persistence: Persistence,
): KubeObject {
  refuseStale(kind, object, options.preconditions ?? {});
  const finalizers = finalizersAfter(object, options.propagationPolicy);
  const grace = kind.plural === 'pods' ? podGraceSeconds(object, options) : 0;
  const marked = terminating(object, finalizers, grace, world.clock.now());
  if (isGone(marked)) {
    if (persistence === 'dry-run') return object;
    // A pod is seen to be marked even where it goes at once.
    const last = kind.plural === 'pods' ? keep(world, kind, marked, persistence) : object;
    return world.store.remove(collectionOf(kind), last);
  }
  return isDeepStrictEqual(marked, object) ? object : keep(world, kind, marked, persistence);
}
