/** GET of one object or of a collection, whole or in pages that fit together. */
import { Buffer } from 'node:buffer';
import { ApiFailure } from '../../definitions/failure.ts';
import { collectionOf, type Kind } from '../../definitions/kind.ts';
import {
  type Predicate,
  parseFieldSelector,
  parseLabelSelector,
} from '../../definitions/selectors.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Store } from '../../store/store.ts';
import type { ListMeta } from '../representation/representation.ts';

export interface Page {
  readonly objects: readonly KubeObject[];
  readonly meta: ListMeta;
}

/** Where the next page starts, and as of which revision. */
interface Continue {
  readonly revision: number;
  /** `<namespace>/<name>` of the last object of the page before. */
  readonly after: string;
}

export function listPage(
  store: Store,
  kind: Kind,
  namespace: string | undefined,
  query: URLSearchParams,
): Page {
  const token = query.get('continue');
  const from = token ? readToken(token) : undefined;
  const revision = from?.revision ?? exactRevision(query) ?? store.revision();
  refuseFuture(store, kind, query);
  const matches = predicateOf(kind, query);
  const all = listAt(store, collectionOf(kind), namespace, revision).filter(
    matches ?? (() => true),
  );
  const rest = from ? all.filter((object) => keyOf(object) > from.after) : all;
  const limit = Number(query.get('limit') ?? 0);
  const objects = limit > 0 ? rest.slice(0, limit) : rest;
  const last = objects.at(-1);
  const remaining = rest.length - objects.length;
  const resourceVersion = String(revision);
  if (remaining === 0 || !last) return { objects, meta: { resourceVersion } };
  return {
    objects,
    meta: {
      resourceVersion,
      continue: writeToken({ revision, after: keyOf(last) }),
      // With a selector the real API does not count what it has not looked at.
      ...(matches ? {} : { remainingItemCount: remaining }),
    },
  };
}

export function predicateOf(kind: Kind, query: URLSearchParams): Predicate | undefined {
  const labels = query.get('labelSelector');
  const fields = query.get('fieldSelector');
  const byLabels = labels ? parseLabelSelector(labels) : undefined;
  const selectable = ['metadata.name', 'metadata.namespace', ...(kind.selectableFields ?? [])];
  const byFields = fields ? parseFieldSelector(fields, selectable) : undefined;
  if (byLabels && byFields) return (object) => byLabels(object) && byFields(object);
  return byLabels ?? byFields;
}

/** The collection as it was: the changes since are undone on a copy. */
function listAt(
  store: Store,
  collection: string,
  namespace: string | undefined,
  revision: number,
): readonly KubeObject[] {
  const now = store.list(collection, namespace);
  if (revision === store.revision()) return now;
  const changes = store.changesSince(revision);
  if (!changes) {
    throw new ApiFailure(
      'Expired',
      'The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.',
    );
  }
  const then = new Map(now.map((object) => [keyOf(object), object]));
  for (const change of [...changes].reverse()) {
    const { object, previous } = change;
    if (change.collection !== collection) continue;
    if (namespace !== undefined && object.metadata.namespace !== namespace) continue;
    if (previous) then.set(keyOf(object), previous);
    else then.delete(keyOf(object));
  }
  return [...then].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}

function keyOf({ metadata: { namespace = '', name } }: KubeObject): string {
  return `${namespace}/${name}`;
}

function exactRevision(query: URLSearchParams): number | undefined {
  if (query.get('resourceVersionMatch') !== 'Exact') return undefined;
  return revisionFrom(query.get('resourceVersion') ?? '');
}

export function revisionFrom(text: string): number {
  if (!/^\d+$/.test(text)) {
    throw new ApiFailure(
      'Invalid',
      `resourceVersion: Invalid value: "${text}": must be a number in decimal`,
    );
  }
  return Number(text);
}

/** A revision that has not been yet comes from another cluster, or from this one's future. */
function refuseFuture(store: Store, kind: Kind, query: URLSearchParams): void {
  const wanted = query.get('resourceVersion');
  if (!wanted || revisionFrom(wanted) <= store.revision()) return;
  throw new ApiFailure(
    'Timeout',
    `Too large resource version: ${wanted}, current: ${store.revision()}`,
    {
      kind: kind.plural,
      retryAfterSeconds: 1,
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    },
  );
}

function writeToken({ revision, after }: Continue): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: after })).toString(
    'base64url',
  );
}

function readToken(token: string): Continue {
  try {
    // Ours if it can be read at all; what is not a revision is refused with the rest.
    const read = JSON.parse(Buffer.from(token, 'base64url').toString()) as {
      rv: number;
      start: string;
    };
    return { revision: revisionFrom(String(read.rv)), after: read.start };
  } catch {
    throw new ApiFailure('BadRequest', 'continue key is not valid');
  }
}
