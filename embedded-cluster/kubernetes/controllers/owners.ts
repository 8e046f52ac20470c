/** Who controls whom, by `metadata.ownerReferences`. */

import type { Collection } from '../collection.ts';
import { matchesSelector } from '../definitions/selectors.ts';
import type { LabelSelector } from '../shapes.ts';
import type { KubeObject, OwnerReference } from '../store/object.ts';

export function controllerRef(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/**
 * The objects that `owner` controls, after it has taken what matches its selector and has no
 * controller, and has let go of what no longer matches.
 */
export function claim<T extends KubeObject>(
  collection: Collection<T>,
  owner: KubeObject,
  selector: LabelSelector,
): T[] {
  const claimed: T[] = [];
  for (const object of collection.list(owner.metadata.namespace)) {
    const controller = controllerOf(object);
    const matches = matchesSelector(selectorOf(selector), object.metadata.labels);
    if (controller?.uid === owner.metadata.uid) {
      if (matches || owner.metadata.deletionTimestamp) claimed.push(object);
      else collection.update(withOwners(object, ({ uid }) => uid !== owner.metadata.uid));
    } else if (!controller && matches && isAlive(object) && isAlive(owner)) {
      claimed.push(collection.update(withOwners(object, () => true, [controllerRef(owner)])));
    }
  }
  return claimed;
}

function isAlive(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp === undefined;
}

export function withOwners<T extends KubeObject>(
  object: T,
  isKept: (owner: OwnerReference) => boolean,
  added: readonly OwnerReference[] = [],
): T {
  const { ownerReferences = [], ...metadata } = object.metadata;
  const owners = [...ownerReferences.filter(isKept), ...added];
  return {
    ...object,
    metadata: { ...metadata, ...(owners.length > 0 ? { ownerReferences: owners } : {}) },
  };
}

type Operator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';

/** The client's model has any text for an operator; the API lets only the four of them in. */
export function selectorOf(selector: LabelSelector): Parameters<typeof matchesSelector>[0] {
  const { matchLabels, matchExpressions } = selector;
  return {
    ...(matchLabels ? { matchLabels } : {}),
    ...(matchExpressions
      ? {
          matchExpressions: matchExpressions.map((e) => ({
            ...e,
            operator: e.operator as Operator,
          })),
        }
      : {}),
  };
}
