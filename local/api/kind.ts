/** What the API knows of a kind: its names, its versions, and what it does to objects of it. */
import type { DraftObject, KubeObject } from '../store/object.ts';
import type { FailureCause } from './failure.ts';

export type Subresource = 'status' | 'scale' | 'log' | 'eviction' | 'binding' | 'token';

export interface Kind {
  /** Empty for the core group. */
  readonly group: string;
  /** Served versions, preferred first; objects are stored in the first. */
  readonly versions: readonly [string, ...string[]];
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly Subresource[];
  /** Counts changes of its spec in `metadata.generation`. */
  readonly generation?: 'counted';
  /** Fills in what the user left out, as the real API does on every write. */
  readonly defaults?: (draft: DraftObject) => DraftObject;
  /** What is wrong with the object, or with changing `previous` into it. */
  readonly faults?: (object: KubeObject, previous: KubeObject | undefined) => FailureCause[];
  /** Between served versions; absent where they are the same but for their name. */
  readonly convert?: (object: DraftObject, toVersion: string) => DraftObject;
}

/** `deployments.apps`, `pods`: the name of the collection in the store. */
export function collectionOf(kind: Kind): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}

/** `apps/v1`, `v1`. */
export function apiVersionOf(kind: Kind, version: string = kind.versions[0]): string {
  return kind.group === '' ? version : `${kind.group}/${version}`;
}
