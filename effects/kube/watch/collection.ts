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
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** Resolves once the collection has been listed; calls `changed` after every change from then on. */
export async function watchCollection<T extends KubernetesObject>(
  kube: Kube,
  clock: Clock,
  query: Query,
  changed: () => void,
): Promise<Collection<T>> {
  const collection = new WatchedCollection<T>(kube, clock, query, changed);
  await collection.start();
  return collection;
}

class WatchedCollection<T extends KubernetesObject> implements Collection<T> {
  readonly items = new Map<string, T>();
  readonly #kube: Kube;
  readonly #clock: Clock;
  readonly #query: Query;
  readonly #changed: () => void;
  readonly #stopped = new AbortController();
  #freshness: Freshness;
  /** The watch under way, or the pause before the next list. */
  #round = new AbortController();
  /** Who waits for the next list. */
  #asking: (() => void)[] = [];

  constructor(kube: Kube, clock: Clock, query: Query, changed: () => void) {
    this.#kube = kube;
    this.#clock = clock;
    this.#query = query;
    this.#changed = changed;
    this.#freshness = confirmed(clock.now());
  }

  async start(): Promise<void> {
    void this.#keepUp(await this.#list(this.#kube));
  }

  freshness(): Freshness {
    return this.#freshness;
  }

  learn(object: T): void {
    learn(this.items, object);
  }

  forget(name: string): void {
    this.items.delete(name);
  }

  relist(): Promise<void> {
    return new Promise((resolve) => {
      this.#asking.push(resolve);
      this.#round.abort();
    });
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #list(asked: Kube): Promise<string> {
    const listed = await asked.list<T>(this.#query);
    this.items.clear();
    for (const item of listed.items) this.items.set(item.metadata.name, item);
    this.#freshness = confirmed(this.#clock.now());
    this.#changed();
    return listed.resourceVersion;
  }

  async #keepUp(first: string): Promise<void> {
    const { signal } = this.#stopped;
    /** What is asked again anyway is given up soon: its caller wants to know what the API says. */
    const briefly = this.#kube.within(LIST_PATIENCE_MS);
    let resourceVersion = first;
    let pauseMs = 0;
    while (!signal.aborted) {
      const began = this.#clock.now();
      // Who asked while a list was under way wants a younger one.
      if (this.#asking.length === 0) await this.#follow(resourceVersion);
      // A watch that ends at once must not become a loop of lists.
      const isShort = this.#clock.now() - began < 1_000;
      pauseMs = isShort ? Math.min(pauseMs * 2 + FIRST_PAUSE_MS, LONGEST_PAUSE_MS) : 0;
      // Who asks does not wait for as long, where lists are answered.
      const isSoon = this.#asking.length > 0 && this.#freshness.why === undefined;
      await this.#pause(isSoon ? Math.min(pauseMs, FIRST_PAUSE_MS) : pauseMs);
      if (signal.aborted) return;
      const asked = this.#asking;
      this.#asking = [];
      try {
        resourceVersion = await this.#list(briefly);
        for (const told of asked) told();
      } catch (thrown) {
        this.#freshness = failed(this.#freshness, thrown, this.#clock.now());
        this.#asking.push(...asked);
      }
    }
  }

  /** Over at once where somebody asks for a list: then the API is known to answer again. */
  async #pause(ms: number): Promise<void> {
    await this.#inRound((signal) => this.#clock.sleep(ms, signal));
  }

  /** What ends when everything does, or when somebody asks for a list. */
  async #inRound(task: (signal: AbortSignal, breakOff: () => void) => Promise<void>) {
    const own = new AbortController();
    this.#round = own;
    const breakOff = (): void => own.abort();
    if (this.#stopped.signal.aborted) breakOff();
    this.#stopped.signal.addEventListener('abort', breakOff, { once: true });
    await task(own.signal, breakOff);
    this.#stopped.signal.removeEventListener('abort', breakOff);
    own.abort();
  }

  /** One watch, for as long as it lasts, but no longer than what is known may get old. */
  #follow(resourceVersion: string): Promise<void> {
    return this.#inRound((signal, breakOff) => this.#watch(resourceVersion, signal, breakOff));
  }

  async #watch(resourceVersion: string, signal: AbortSignal, breakOff: () => void): Promise<void> {
    const path = collectionPath(this.#query, {
      watch: 'true',
      resourceVersion,
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(RELIST_MS / 1000),
    });
    const over = this.#clock.sleep(RELIST_MS, signal);
    const taken = (line: string): void => {
      const event = eventIn<T>(line);
      // What is no event tells nothing: all is listed anew.
      if (event) this.#take(event, breakOff);
      else breakOff();
    };
    // A watch that breaks is not news: the next list tells what was missed.
    const stream = this.#kube.transport.stream(path, taken, signal).catch(() => undefined);
    await Promise.race([over, stream]);
  }

  #take(event: WatchEvent<T>, breakOff: () => void): void {
    // Nothing else has happened to it before this.
    if (event.type !== 'ERROR') this.#freshness = confirmed(this.#clock.now());
    switch (event.type) {
      case 'ADDED':
      case 'MODIFIED':
        learn(this.items, event.object);
        this.#changed();
        break;
      case 'DELETED':
        this.items.delete(event.object.metadata.name);
        this.#changed();
        break;
      case 'BOOKMARK':
        break;
      case 'ERROR':
        breakOff();
    }
  }
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
