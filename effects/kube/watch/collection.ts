/**
 * A collection kept up to date by a watch. A watch is only a hint: it may end, fall silent or lag,
 * so everything is listed again from time to time, and decisions that rest on it are written with
 * preconditions.
 */
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import type { Clock } from '../../base/clock.ts';
import { eventIn, type WatchEvent } from '../answers.ts';
import type { Kube } from '../client.ts';
import { collectionPath, type Query } from '../resources.ts';
import { confirmed, type Freshness, failed } from './freshness.ts';

export interface Collection<T> {
  readonly items: ReadonlyMap<string, T>;
  freshness(): Freshness;
  /** Takes in what a write answered, so that the next look sees it without waiting for the watch. */
  learn(object: T): void;
  /** Takes in that a delete was answered. */
  forget(name: string): void;
  /** Resolves once everything was listed anew; may take as long as the API is asked with patience. */
  relist(): Promise<void>;
  stop(): void;
}

/** How old what is known may get where no watch says otherwise. */
const RELIST_MS = 30_000;
const LIST_PATIENCE_MS = 10_000;

/** Resolves once the collection has been listed; calls `changed` after every change from then on. */
export async function watchCollection<T extends KubernetesObject>(
  kube: Kube,
  clock: Clock,
  query: Query,
  changed: () => void,
): Promise<Collection<T>> {
  const items = new Map<string, T>();
  let freshness = confirmed(clock.now());
  const stopped = new AbortController();
  /** What is asked again anyway is given up soon: its caller wants to know what the API says. */
  const briefly = kube.within(LIST_PATIENCE_MS);
  /** The watch under way. */
  let round = new AbortController();
  /** Who waits for the next list. */
  let asking: (() => void)[] = [];

  const relist = async (asked: Kube): Promise<string> => {
    const listed = await asked.list<T>(query);
    items.clear();
    for (const item of listed.items) items.set(item.metadata.name, item);
    freshness = confirmed(clock.now());
    changed();
    return listed.resourceVersion;
  };

  const take = (event: WatchEvent<T>, breakOff: () => void): void => {
    // Nothing else has happened to it before this.
    if (event.type !== 'ERROR') freshness = confirmed(clock.now());
    switch (event.type) {
      case 'ADDED':
      case 'MODIFIED':
        learn(items, event.object);
        changed();
        break;
      case 'DELETED':
        items.delete(event.object.metadata.name);
        changed();
        break;
      case 'BOOKMARK':
        break;
      case 'ERROR':
        breakOff();
    }
  };

  /** One watch, for as long as it lasts, but no longer than what is known may get old. */
  const follow = async (resourceVersion: string): Promise<void> => {
    const own = new AbortController();
    round = own;
    const breakOff = (): void => own.abort();
    stopped.signal.addEventListener('abort', breakOff, { once: true });
    const path = collectionPath(query, {
      watch: 'true',
      resourceVersion,
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(RELIST_MS / 1000),
    });
    const over = clock.sleep(RELIST_MS, own.signal);
    const stream = kube.transport
      .stream(
        path,
        (line) => {
          const event = eventIn<T>(line);
          // What is no event tells nothing: all is listed anew.
          if (event) take(event, breakOff);
          else breakOff();
        },
        own.signal,
      )
      // A watch that breaks is not news: the next list tells what was missed.
      .catch(() => undefined);
    await Promise.race([over, stream]);
    own.abort();
    stopped.signal.removeEventListener('abort', breakOff);
  };

  const keepUp = async (first: string): Promise<void> => {
    let resourceVersion = first;
    let pauseMs = 0;
    while (!stopped.signal.aborted) {
      const began = clock.now();
      // Who asked while a list was under way wants a younger one.
      if (asking.length === 0) await follow(resourceVersion);
      // A watch that ends at once must not become a loop of lists.
      pauseMs = clock.now() - began < 1_000 ? Math.min(pauseMs * 2 + 100, 5_000) : 0;
      await clock.sleep(pauseMs, stopped.signal);
      if (stopped.signal.aborted) return;
      const asked = asking;
      asking = [];
      try {
        resourceVersion = await relist(briefly);
        for (const told of asked) told();
      } catch (thrown) {
        freshness = failed(freshness, thrown, clock.now());
        asking.push(...asked);
      }
    }
  };

  void keepUp(await relist(kube));
  return {
    items,
    freshness: () => freshness,
    learn: (object) => learn(items, object),
    forget: (name) => items.delete(name),
    relist: () =>
      new Promise((resolve) => {
        asking.push(resolve);
        round.abort();
      }),
    stop: () => stopped.abort(),
  };
}

/** What comes late must not undo what is known already. */
function learn<T extends KubernetesObject>(items: Map<string, T>, object: T): void {
  const known = items.get(object.metadata.name);
  if (known && revision(known) > revision(object)) return;
  items.set(object.metadata.name, object);
}

/** Comparable since Kubernetes 1.35 says so, and in practice ever since. */
function revision(object: KubernetesObject): number {
  return Number(object.metadata.resourceVersion ?? 0);
}
