/** Watches: what changes in a collection, told as it happens. */

import { ApiFailure } from '../../definitions/failure.ts';
import { apiVersionOf, collectionOf, type Kind } from '../../definitions/kind.ts';
import type { Predicate } from '../../definitions/selectors.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Change, Store } from '../../store/store.ts';
import type { Running, World } from '../../world.ts';
import type { EventType, Representation } from '../representation/representation.ts';
import { type ResponseStream, statusOf } from '../request/http.ts';
import { isTrue, type ResourceTarget } from '../request/target.ts';
import { predicateOf, revisionFrom } from './list.ts';

const BOOKMARK_PERIOD_MS = 60_000;
// A real server ends a watch that names no time-out after half an hour to an hour.
const SHORTEST_WATCH_MS = 1_800_000;

export interface WatchRequest {
  readonly kind: Kind;
  readonly target: ResourceTarget;
  readonly representation: Representation;
}

/** Where a watch starts: with all there is, or after a revision that the client has seen. */
type Start =
  | { readonly with: 'everything' | 'everything, then a bookmark' }
  | { readonly with: 'changes'; readonly after: readonly Change[] }
  | { readonly with: 'refusal'; readonly failure: ApiFailure };

/** Opening the stream tells at once what is already known, then what changes. */
export function watchStream(world: World, request: WatchRequest): ResponseStream {
  const { kind, target, representation } = request;
  const { store, clock } = world;
  const matches = matcherOf(request);
  const bookmarks = isTrue(target.query.get('allowWatchBookmarks') ?? 'false');
  const timeoutMs = timeoutOf(world, target.query);
  requireSensibleStart(target.query);

  const open: ResponseStream['open'] = (onChunk, onEnd) => {
    const send = (type: EventType, object: KubeObject): void =>
      onChunk(representation.event(type, object));
    const bookmark = (annotations?: Record<string, string>): void => {
      if (!bookmarks) return;
      send('BOOKMARK', bookmarkOf(kind, target.version, store.revision(), annotations));
    };
    const tell = (change: Change): void => {
      if (change.collection !== collectionOf(kind)) return;
      const seen = asSeen(change, matches);
      if (seen) send(seen.type, seen.object);
    };

    const start = startOf(store, target.query);
    switch (start.with) {
      case 'refusal':
        onChunk(`${JSON.stringify({ type: 'ERROR', object: statusOf(start.failure) })}\n`);
        onEnd();
        return { stop: () => undefined };
      case 'everything':
      case 'everything, then a bookmark':
        for (const object of store.list(collectionOf(kind), target.namespace)) {
          if (matches(object)) send('ADDED', object);
        }
        if (start.with !== 'everything') bookmark({ 'k8s.io/initial-events-end': 'true' });
        break;
      case 'changes':
        for (const change of start.after) tell(change);
        break;
    }

    // Opened by a listener of the store, it may yet be told of what it has just listed.
    const listed = store.revision();
    const unsubscribe = store.subscribe((change) => {
      if (change.revision > listed) tell(change);
    });
    const running = repeated(world, BOOKMARK_PERIOD_MS, bookmark);
    const stop = (): void => {
      unsubscribe();
      running.stop();
      timeout.cancel();
    };
    const timeout = clock.after(timeoutMs, () => {
      bookmark();
      stop();
      onEnd();
    });
    return { stop };
  };
  return { open };
}

function matcherOf({ kind, target }: WatchRequest): Predicate {
  const selected = predicateOf(kind, target.query) ?? (() => true);
  const namespace = kind.scope === 'Namespaced' ? target.namespace : undefined;
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (target.name === undefined || object.metadata.name === target.name) &&
    selected(object);
}

/** An object that begins to match is new to the client; one that ceases to is gone for it. */
function asSeen(
  { type, object, previous }: Change,
  matches: Predicate,
): { type: EventType; object: KubeObject } | undefined {
  const is = type !== 'DELETED' && matches(object);
  const was = previous !== undefined && matches(previous);
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object };
  if (!was) return undefined;
  const { resourceVersion } = object.metadata;
  return {
    type: 'DELETED',
    object: { ...previous, metadata: { ...previous.metadata, resourceVersion } },
  };
}

function startOf(store: Store, query: URLSearchParams): Start {
  const initialEvents = query.get('sendInitialEvents');
  if (isTrue(initialEvents ?? 'false')) return { with: 'everything, then a bookmark' };
  const version = query.get('resourceVersion') ?? '';
  if (version === '' || version === '0') {
    return initialEvents === 'false' ? { with: 'changes', after: [] } : { with: 'everything' };
  }
  const after = store.changesSince(revisionFrom(version));
  if (after) return { with: 'changes', after };
  const message = `too old resource version: ${version} (${store.revision()})`;
  return { with: 'refusal', failure: new ApiFailure('Expired', message) };
}

function requireSensibleStart(query: URLSearchParams): void {
  const version = query.get('resourceVersion');
  if (version) revisionFrom(version);
  if (query.has('sendInitialEvents') && query.get('resourceVersionMatch') !== 'NotOlderThan') {
    throw new ApiFailure(
      'Invalid',
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    );
  }
}

function timeoutOf({ random }: World, query: URLSearchParams): number {
  const seconds = Number(query.get('timeoutSeconds') ?? 0);
  return seconds > 0 ? seconds * 1000 : SHORTEST_WATCH_MS * (1 + random());
}

function repeated({ clock }: World, periodMs: number, task: () => void): Running {
  let timer = clock.after(periodMs, again);
  function again(): void {
    task();
    timer = clock.after(periodMs, again);
  }
  return { stop: () => timer.cancel() };
}

function bookmarkOf(
  kind: Kind,
  version: string,
  revision: number,
  annotations: Record<string, string> | undefined,
): KubeObject {
  const metadata = { resourceVersion: String(revision), ...(annotations ? { annotations } : {}) };
  return {
    apiVersion: apiVersionOf(kind, version),
    kind: kind.kind,
    // A bookmark is an object of which only the revision is known.
    metadata: metadata as KubeObject['metadata'],
  };
}
