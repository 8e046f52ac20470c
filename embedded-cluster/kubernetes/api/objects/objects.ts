/**
 * What the API does to objects: the verbs, with preconditions, generations, finalizers and graceful
 * deletion. The HTTP front and the controllers both go through here, so that a controller's write
 * means just what a client's write means.
 */

import { collectionOf, type Kind } from '../../definitions/kind.ts';
import type { Predicate } from '../../definitions/selectors.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import type { DeleteOptions } from './deletion.ts';
import {
  create,
  type Finish,
  type ObjectsWorld,
  type Persistence,
  remove,
  stored,
  update,
  updateStatus,
} from './rules.ts';
import { addressesFrom } from './service-addresses.ts';

export type { DeleteOptions, Propagation } from './deletion.ts';
export type { Finish, ObjectsWorld, Persistence } from './rules.ts';

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

const asIs: Finish = (object) => object;

export function createObjects(given: ObjectsWorld): Objects {
  const world = {
    allocateClusterIP: addressesFrom('127.96'),
    rewriteImage: (image: string) => image,
    ...given,
  };
  return {
    get: (kind, namespace, name) => stored(world, kind, namespace, name),
    list: (kind, namespace, matches) => {
      const all = world.store.list(collectionOf(kind), namespace);
      return matches ? all.filter(matches) : all;
    },
    create: (kind, draft, persistence = 'kept', finish = asIs) =>
      create(world, kind, draft, persistence, finish),
    update: (kind, draft, persistence = 'kept', finish = asIs) =>
      update(world, kind, draft, persistence, finish),
    updateStatus: (kind, draft, persistence = 'kept', finish = asIs) =>
      updateStatus(world, kind, draft, persistence, finish),
    delete: (kind, namespace, name, options = {}, persistence = 'kept') =>
      remove(world, kind, stored(world, kind, namespace, name), options, persistence),
  };
}
