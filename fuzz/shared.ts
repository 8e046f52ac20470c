/**
 * What a worker is at, where its watcher can see it although the worker does not answer: how many inputs
 * it has begun and ended, and the one that is under way.
 */
import { MOST_CHARACTERS } from './tries/changes.ts';

const BEGUN = 0;
const ENDED = 1;
const LENGTH = 2;
const HEAD_BYTES = 16;

export function shareable(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEAD_BYTES + 2 * MOST_CHARACTERS);
}

/** For the worker. */
export function noteInput(shared: SharedArrayBuffer, input: string): () => void {
  const head = new Int32Array(shared, 0, 3);
  const text = new Uint16Array(shared, HEAD_BYTES);
  const length = Math.min(input.length, text.length);
  for (let at = 0; at < length; at += 1) text[at] = input.charCodeAt(at);
  Atomics.store(head, LENGTH, length);
  Atomics.add(head, BEGUN, 1);
  return () => Atomics.add(head, ENDED, 1);
}

/** For the watcher. */
export interface Seen {
  readonly begun: number;
  /** Whether one is under way. */
  readonly isBusy: boolean;
  input(): string;
}

export function look(shared: SharedArrayBuffer): Seen {
  const head = new Int32Array(shared, 0, 3);
  const ended = Atomics.load(head, ENDED);
  const begun = Atomics.load(head, BEGUN);
  return {
    begun,
    isBusy: begun > ended,
    input: () => {
      const units = new Uint16Array(shared, HEAD_BYTES, Atomics.load(head, LENGTH));
      return Array.from(units, (unit) => String.fromCharCode(unit)).join('');
    },
  };
}
