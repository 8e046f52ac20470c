/**
 * Deletes what has lost its owners, and holds back owners that are to go after what they own
 * (`foregroundDeletion`) or are to leave it behind (`orphan`).
 */

import type { Propagation } from '../api/objects/objects.ts';
import type { Kind } from '../definitions/kind.ts';
import { kindOf } from '../kinds/registry.ts';
import type { KubeObject, OwnerReference } from '../store/object.ts';
import type { Change } from '../store/store.ts';
import type { Running, World } from '../world.ts';
import { withOwners } from './owners.ts';
import { createWorkQueue } from './work-queue.ts';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

interface Graph {
  readonly objects: Map<string, KubeObject>;
  /** Uids of what each uid owns. */
  readonly dependents: Map<string, Set<string>>;
}

export function startGarbageCollector(world: World, kinds: () => readonly Kind[]): Running {
  const graph: Graph = { objects: new Map(), dependents: new Map() };
  const collector = { world, kinds, graph };
  const queue = createWorkQueue(world.clock, (uid) => collect(collector, uid));

  const follow = ({
    type,
    object,
    previous,
  }: Pick<Change, 'type' | 'object' | 'previous'>): void => {
    const { uid } = object.metadata;
    for (const owner of ownersOf(previous)) graph.dependents.get(owner.uid)?.delete(uid);
    if (type === 'DELETED') graph.objects.delete(uid);
    else {
      graph.objects.set(uid, object);
      for (const owner of ownersOf(object)) dependentsOf(graph, owner.uid).add(uid);
    }
    if (type === 'DELETED') for (const one of dependentsOf(graph, uid)) queue.add(one);
    if (isHeld(object) || ownersOf(object).some((owner) => !isSolid(graph, owner))) queue.add(uid);
    // An owner that waits for what it owns wants to know that this one is no longer in its way.
    for (const owner of ownersOf(previous)) if (isWaiting(graph, owner)) queue.add(owner.uid);
  };

  for (const object of world.store.dump()) follow({ type: 'ADDED', object, previous: undefined });
  const unsubscribe = world.store.subscribe(follow);
  return {
    stop: () => {
      unsubscribe();
      queue.stop();
    },
  };
}

interface Collector {
  readonly world: World;
  readonly kinds: () => readonly Kind[];
  readonly graph: Graph;
}

function collect(collector: Collector, uid: string): void {
  const { graph } = collector;
  const object = graph.objects.get(uid);
  if (!object) return;
  const finalizers = object.metadata.finalizers ?? [];
  if (!object.metadata.deletionTimestamp) {
    collectDependent(collector, object);
  } else if (finalizers.includes(ORPHAN)) {
    for (const one of owned(graph, uid)) releaseFrom(collector, one, (owner) => owner.uid === uid);
    withoutFinalizer(collector, object, ORPHAN);
  } else if (finalizers.includes(FOREGROUND)) {
    for (const one of owned(graph, uid)) collectDependent(collector, one);
    const blocking = owned(graph, uid).filter((one) =>
      ownersOf(one).some((owner) => owner.uid === uid && owner.blockOwnerDeletion),
    );
    if (blocking.length === 0) withoutFinalizer(collector, object, FOREGROUND);
  }
}

/** Deletes an object that none of its owners still wants; forgets those that are gone. */
function collectDependent(collector: Collector, object: KubeObject): void {
  const { graph, world } = collector;
  const owners = ownersOf(object);
  const { namespace, name, uid, deletionTimestamp, finalizers = [] } = object.metadata;
  if (deletionTimestamp || owners.length === 0) return;
  const lost = owners.filter((owner) => !isSolid(graph, owner));
  if (lost.length === 0) return;
  if (lost.length < owners.length) {
    releaseFrom(collector, object, (owner) => lost.includes(owner));
    return;
  }
  const kind = kindOf(collector.kinds(), object);
  if (!kind) return;
  const ownersWait = lost.some((owner) => isWaiting(graph, owner));
  const propagationPolicy: Propagation =
    (ownersWait && dependentsOf(graph, uid).size > 0) || finalizers.includes(FOREGROUND)
      ? 'Foreground'
      : finalizers.includes(ORPHAN)
        ? 'Orphan'
        : 'Background';
  world.objects.delete(kind, namespace, name, { propagationPolicy, preconditions: { uid } });
}

function releaseFrom(
  { world, kinds }: Collector,
  object: KubeObject,
  isLeft: (owner: OwnerReference) => boolean,
): void {
  const kind = kindOf(kinds(), object);
  if (!kind) return;
  world.objects.update(
    kind,
    withOwners(object, (owner) => !isLeft(owner)),
  );
}

function withoutFinalizer({ world, kinds }: Collector, object: KubeObject, name: string): void {
  const kind = kindOf(kinds(), object);
  if (!kind) return;
  const finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== name);
  world.objects.update(kind, { ...object, metadata: { ...object.metadata, finalizers } });
}

function ownersOf(object: KubeObject | undefined): readonly OwnerReference[] {
  return object?.metadata.ownerReferences ?? [];
}

function dependentsOf({ dependents }: Graph, uid: string): Set<string> {
  const known = dependents.get(uid) ?? new Set();
  dependents.set(uid, known);
  return known;
}

function owned(graph: Graph, uid: string): KubeObject[] {
  return [...dependentsOf(graph, uid)].flatMap((one) => graph.objects.get(one) ?? []);
}

/** An owner that is there and means to stay. */
function isSolid(graph: Graph, owner: OwnerReference): boolean {
  return graph.objects.has(owner.uid) && !isWaiting(graph, owner);
}

/** An owner that goes once what it owns has gone. */
function isWaiting({ objects }: Graph, owner: OwnerReference): boolean {
  const metadata = objects.get(owner.uid)?.metadata;
  return metadata?.deletionTimestamp !== undefined && !!metadata.finalizers?.includes(FOREGROUND);
}

/** An object that is to go and that only the garbage collector can let go. */
function isHeld({ metadata }: KubeObject): boolean {
  const { deletionTimestamp, finalizers = [] } = metadata;
  return (
    deletionTimestamp !== undefined &&
    finalizers.some((one) => one === FOREGROUND || one === ORPHAN)
  );
}
