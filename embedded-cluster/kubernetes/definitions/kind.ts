/** What the API knows of a kind: its names, its versions, and what it does to objects of it. */
import type { Random } from '../../base/random.ts';
import type { DraftObject, KubeObject } from '../store/object.ts';
import type { Store } from '../store/store.ts';
import type { FailureCause } from './failure.ts';
import type { NameRule } from './names.ts';

export type Subresource =
  | 'status'
  | 'scale'
  | 'log'
  | 'eviction'
  | 'binding'
  | 'token'
  | 'finalize';

/** What the admission of a new object may draw on. */
export interface AdmissionResources {
  readonly store: Store;
  readonly random: Random;
  /** An address that no Service has had. */
  readonly allocateClusterIP: () => string;
  /** What a mutating policy or webhook makes of the image that a new pod's container names. */
  readonly rewriteImage: (image: string) => string;
}

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
  /** Answered, never stored: reviews. */
  readonly storage?: 'none';
  /** Defined by a CustomResourceDefinition, here or in Tekton's installation. */
  readonly origin?: 'custom';
  /** What a field selector may name besides the name and the namespace. */
  readonly selectableFields?: readonly string[];
  /** Counts changes of its spec, and for some of its annotations, in `metadata.generation`. */
  readonly generation?: 'counted' | 'counted-with-annotations';
  /** A Node comes with its status; other kinds with one begin without. */
  readonly statusOnCreate?: 'kept';
  /** Which rule the names of its objects follow; those of a DNS subdomain if left out. */
  readonly names?: NameRule;
  /** What an update that does not speak of it keeps from the object before. */
  readonly carryOver?: (draft: DraftObject, previous: KubeObject) => DraftObject;
  /** Fills in, once and on creation only, what needs the object's own uid, chance or addresses. */
  readonly admit?: (object: KubeObject, resources: AdmissionResources) => KubeObject;
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
