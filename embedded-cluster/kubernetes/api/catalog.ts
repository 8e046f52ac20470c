/** Which kinds the API serves: those it was born with, and those that definitions have added. */

import { collectionOf, type Kind } from '../definitions/kind.ts';
import { customKinds } from '../kinds/custom/custom-kinds.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../kinds/custom/definitions.ts';
import type { Store } from '../store/store.ts';

export interface Catalog {
  kinds(): readonly Kind[];
  find(group: string, version: string, plural: string): Kind | undefined;
}

export function createCatalog(store: Store, builtIn: readonly Kind[]): Catalog {
  let known: ReadonlyMap<string, Kind> | undefined;
  let kinds: readonly Kind[] = [];
  store.subscribe(({ type, collection, object }) => {
    if (collection !== collectionOf(CUSTOM_RESOURCE_DEFINITIONS)) return;
    known = undefined;
    if (type === 'DELETED') removeAll(store, object.metadata.name);
  });
  const refreshed = (): ReadonlyMap<string, Kind> => {
    if (known) return known;
    const taken = new Set(builtIn.map(({ group, plural }) => `${plural}.${group}`));
    const added = customKinds(store).filter(
      ({ group, plural }) => !taken.has(`${plural}.${group}`),
    );
    kinds = [...builtIn, ...added];
    known = new Map(kinds.flatMap((kind) => kind.versions.map((v) => [keyOf(kind, v), kind])));
    return known;
  };
  return {
    kinds: () => {
      refreshed();
      return kinds;
    },
    find: (group, version, plural) => refreshed().get(`${group}/${version}/${plural}`),
  };
}

/** The objects of a kind go with its definition, which is named as their collection is. */
function removeAll(store: Store, collection: string): void {
  for (const object of store.list(collection)) store.remove(collection, object);
}

function keyOf(kind: Kind, version: string): string {
  return `${kind.group}/${version}/${kind.plural}`;
}
