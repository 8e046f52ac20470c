/** Which kinds the API serves: those it was born with, and those that definitions have added. */
import type { Store } from '../store/store.ts';
import { customKinds } from './custom-kinds.ts';
import { ApiFailure } from './failure.ts';
import type { Kind } from './kind.ts';

export interface Catalog {
  kinds(): readonly Kind[];
  find(group: string, version: string, plural: string): Kind | undefined;
}

export function createCatalog(store: Store, builtIn: readonly Kind[]): Catalog {
  let known: ReadonlyMap<string, Kind> | undefined;
  let kinds: readonly Kind[] = [];
  store.subscribe(({ collection }) => {
    if (collection === 'customresourcedefinitions.apiextensions.k8s.io') known = undefined;
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

function keyOf(kind: Kind, version: string): string {
  return `${kind.group}/${version}/${kind.plural}`;
}

export function unknownResource(): ApiFailure {
  return new ApiFailure('NotFound', 'the server could not find the requested resource');
}
