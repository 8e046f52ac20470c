/** What a statement does to a relation while its transaction lasts. */
import type { Schema } from '../schema/schema.ts';
import { nameOfKey } from '../schema/schema.ts';
import { type Name, nameText } from '../tree/names.ts';
import { isStronger, type LockMode } from './modes.ts';

/** `brief`: the catalogue alone is written; `scan`: every row is read; `rewrite`: every row is written anew. */
export type Work = 'brief' | 'scan' | 'rewrite';

export interface Touch {
  /** Undefined where the file does not tell: `the table of the index x`. */
  readonly relation: Name | undefined;
  readonly text: string;
  readonly lock: LockMode;
  readonly work: Work;
  /** False where it is so only in a schema that the files do not tell of. */
  readonly isSure: boolean;
}

export function touch(relation: Name, lock: LockMode, work: Work = 'brief', isSure = true): Touch {
  return { relation, text: nameText(relation), lock, work, isSure };
}

/** Of a relation that the statement does not name. */
export function touchUnnamed(text: string, lock: LockMode, work: Work = 'brief'): Touch {
  return { relation: undefined, text, lock, work, isSure: false };
}

export function touchKeys(
  keys: readonly string[],
  lock: LockMode,
  work: Work = 'brief',
  isSure = true,
): Touch[] {
  return keys.map((key) => touch(nameOfKey(key), lock, work, isSure));
}

const WORKS: readonly Work[] = ['brief', 'scan', 'rewrite'];

export function isMore(one: Work, other: Work): boolean {
  return WORKS.indexOf(one) > WORKS.indexOf(other);
}

/** One for each relation: its strongest lock, the most work. A partitioned table has no rows of its own. */
export function together(schema: Schema, touches: readonly Touch[]): readonly Touch[] {
  const found = new Map<string, Touch>();
  for (const each of touches) {
    const key = each.relation ? schema.keyOf(each.relation) : `?${each.text}`;
    const known = found.get(key);
    const own = schema.tables.get(key)?.kind === 'partitioned' ? { ...each, work: BRIEF } : each;
    found.set(key, known ? stronger(known, own) : own);
  }
  return [...found.values()];
}

const BRIEF: Work = 'brief';

function stronger(one: Touch, other: Touch): Touch {
  const lock = isStronger(other.lock, one.lock) ? other.lock : one.lock;
  const byWork = isMore(other.work, one.work) ? other : one;
  return { ...byWork, lock };
}
