/**
 * Watches a worker from another thread: an input that takes too long, or too much memory, is found out
 * although the worker cannot tell, and the worker is ended.
 */
import { Worker } from 'node:worker_threads';
import { look, shareable } from './shared.ts';
import type { Fault } from './tries/attempt.ts';
import type { Message, Task } from './worker.ts';

export type Asked = Omit<Task, 'shared'>;

export type Ended =
  | { readonly kind: 'done'; readonly blocks: number; readonly grownBytes: number }
  /** Ended by the watcher, or by itself, with this input. */
  | { readonly kind: 'hung' | 'full'; readonly input: string };

export interface Heard {
  kept(input: string): void;
  found(input: string, fault: Fault): void;
  slowest(ms: number): void;
}

/** An input that takes longer is a hang. */
export const MOST_MS = 1_000;
/** A stage may use as much. */
const MOST_HEAP_MIB = 128;
const LOOK_MS = 25;

/** Resolves with how it ended and how many inputs were begun; rejects where the worker itself is wrong. */
export function watch(
  worker: URL,
  asked: Asked,
  heard: Heard,
  mostMs = MOST_MS,
): Promise<{ readonly end: Ended; readonly tried: number }> {
  const shared = shareable();
  const thread = new Worker(worker, {
    workerData: { ...asked, shared } satisfies Task,
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MIB },
  });
  return new Promise((resolve, reject) => {
    let last = { begun: 0, at: Date.now() };
    const ended = (end: Ended): void => {
      clearInterval(looking);
      void thread.terminate();
      resolve({ end, tried: look(shared).begun });
    };
    const looking = setInterval(() => {
      const { begun, isBusy, input } = look(shared);
      if (begun !== last.begun || !isBusy) last = { begun, at: Date.now() };
      else if (Date.now() - last.at > mostMs) ended({ kind: 'hung', input: input() });
    }, LOOK_MS);
    thread.on('message', (message: Message) => {
      switch (message.kind) {
        case 'kept':
          return heard.kept(message.input);
        case 'found':
          return heard.found(message.input, message.fault);
        case 'slowest':
          return heard.slowest(message.ms);
        case 'done':
          return ended(message);
      }
    });
    thread.on('error', (error: Error & { code?: string }) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
        ended({ kind: 'full', input: look(shared).input() });
      } else {
        clearInterval(looking);
        reject(error);
      }
    });
  });
}
