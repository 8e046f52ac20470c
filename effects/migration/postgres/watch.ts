/**
 * While a statement is under way, a second session looks who keeps it waiting, and tells. It also cancels
 * the statement when the process is to stop and the statement does not end by itself.
 */

import { formatDuration } from '../../../core/base/duration.ts';
import type { Instant } from '../../../core/base/vocabulary.ts';
import { type Blocker, blockersText } from '../../../core/migration/wait/blockers.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../context/log.ts';
import { blockersOf } from './lock.ts';
import type { Session } from './session.ts';

/** A statement with a short lock_timeout does not wait for long, and the session that kept it waiting is to be named. */
const FIRST_LOOK_MS = 50;
const LOOK_AGAIN_MS = 1_000;
const TELL_AGAIN_MS = 10_000;
/** Tekton kills what does not end within 30 s of SIGTERM. */
const UNTIL_CANCELLED_MS = 10_000;

export interface Watching {
  readonly clock: Clock;
  readonly log: Log;
  readonly stop: AbortSignal;
  /** Another session of the same account. */
  open(): Promise<Session>;
}

export interface Watched<T> {
  readonly result: PromiseSettledResult<T>;
  /** Those who were seen last to keep it waiting. */
  readonly blockers: readonly Blocker[];
}

export class Watcher {
  readonly #watching: Watching;
  #session: Promise<Session> | undefined;

  constructor(watching: Watching) {
    this.#watching = watching;
  }

  /** What came of the work of that session; never rejects. */
  async during<T>(pid: number, what: string, work: () => Promise<T>): Promise<Watched<T>> {
    const over = new AbortController();
    const looking = this.#look(pid, what, over.signal);
    const [result] = await Promise.allSettled([work()]);
    over.abort();
    return { result, blockers: await looking };
  }

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    await session?.close();
  }

  async #look(pid: number, what: string, over: AbortSignal): Promise<readonly Blocker[]> {
    const { clock, stop } = this.#watching;
    const began = clock.now();
    let blockers: readonly Blocker[] = [];
    let told: Instant | undefined;
    let stopping: Instant | undefined;
    await clock.sleep(FIRST_LOOK_MS, over);
    while (!over.aborted) {
      const seen = await this.#blockers(pid);
      if (over.aborted) break;
      if (seen.length > 0) blockers = seen;
      const now = clock.now();
      if (told === undefined ? seen.length > 0 : now - told >= TELL_AGAIN_MS) {
        this.#tell(what, now - began, seen);
        told = now;
      }
      if (stop.aborted) stopping ??= now;
      if (stopping !== undefined && now - stopping >= UNTIL_CANCELLED_MS) await this.#cancel(pid);
      await clock.sleep(LOOK_AGAIN_MS, over);
    }
    return blockers;
  }

  #tell(what: string, forMs: number, blockers: readonly Blocker[]): void {
    const waiting = blockers.length > 0 ? blockersText(blockers) : 'nothing: it is at work';
    this.#watching.log.event({
      event: 'schema-waits',
      file: what,
      for: formatDuration(forMs),
      'waiting-for': waiting,
    });
  }

  async #blockers(pid: number): Promise<readonly Blocker[]> {
    // Without a second session nothing is seen, and all goes on.
    return this.#ask((session) => blockersOf(session, pid), []);
  }

  async #cancel(pid: number): Promise<void> {
    await this.#ask((session) => session.query('SELECT pg_cancel_backend($1)', [pid]), undefined);
  }

  async #ask<T>(question: (session: Session) => Promise<T>, otherwise: T): Promise<T> {
    try {
      this.#session ??= this.#watching.open();
      return await question(await this.#session);
    } catch {
      this.#session = undefined;
      return otherwise;
    }
  }
}
