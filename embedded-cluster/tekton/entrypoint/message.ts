/** The termination message: how a step hands its results to the controller, 4,096 bytes in all. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Entry {
  readonly key: string;
  readonly value: string;
  readonly type: 1 | 3;
}

const LARGEST_BYTES = 4096;

export class TooLong extends Error {
  constructor() {
    super(
      `Termination message is above max allowed size ${LARGEST_BYTES}, caused by large task result.`,
    );
  }
}

function result(key: string, value: string): Entry {
  return { key, value, type: 1 };
}

/** For the controller alone; nobody else gets to see it. */
export function internal(key: 'StartedAt' | 'ExitCode' | 'Reason', value: string): Entry {
  return { key, value, type: 3 };
}

/** What is in `names` and has been written; a result that has not is no error here. */
export function readResults(folder: string, names: readonly string[]): Entry[] {
  return names.flatMap((name) => {
    const file = join(folder, name);
    return existsSync(file) ? [result(name, readFileSync(file, 'utf8'))] : [];
  });
}

/** Adds to what is there already. What would not fit is refused, and the file stays as it is. */
export function writeMessage(file: string, entries: readonly Entry[]): void {
  if (entries.length === 0) return;
  const earlier = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const all: unknown[] = [...(earlier === '' ? [] : JSON.parse(earlier)), ...entries];
  const text = asGoWritesIt(all);
  if (Buffer.byteLength(text) > LARGEST_BYTES) throw new TooLong();
  writeFileSync(file, text);
}

/** Go escapes what HTML would trip over, which counts: an `&` takes six bytes. */
function asGoWritesIt(value: unknown): string {
  const escaped = (letter: string): string =>
    `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escaped);
}
