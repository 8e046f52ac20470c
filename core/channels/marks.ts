/**
 * The outbox's marks: what was told to whom, under a key of its own in the journal's ConfigMap. What there is
 * to tell follows from the journal, so it is there as soon as what it tells of; what was told is marked after
 * it was, so a kill in between tells it once more, under the same id, and loses nothing.
 *
 * Anyone who may edit ConfigMaps can write anything there: what is no mark is none.
 */
import { jsonOf } from '../base/json.ts';
import { type Instant, instant } from '../base/vocabulary.ts';

/** told · in-vain: its receiver will never take it. */
export type ToldHow = 'told' | 'in-vain';

export interface Mark {
  /** Of the notification. */
  readonly id: string;
  /** Of the target, as a fingerprint: no URL is kept here. */
  readonly to: string;
  readonly how: ToldHow;
  readonly at: Instant;
}

const TOLD_KEY = 'told.json';
/** Twenty releases, a beginning, an end and a few warnings each, to a few channels. */
const MOST_MARKS = 400;
const MOST_CHARACTERS = 400;

export function readMarks(data: Readonly<Record<string, string>> | undefined): readonly Mark[] {
  const parsed = jsonOf(data?.[TOLD_KEY] ?? '[]');
  return Array.isArray(parsed) ? parsed.slice(-MOST_MARKS).flatMap(mark) : [];
}

/** With more; the oldest make room. */
export function withMarks(marks: readonly Mark[], more: readonly Mark[]): Record<string, string> {
  const kept = marks.filter((each) => !more.some((one) => isSame(each, one)));
  return { [TOLD_KEY]: JSON.stringify([...kept, ...more].slice(-MOST_MARKS)) };
}

export function isMarked(marks: readonly Mark[], id: string, to: string): boolean {
  return marks.some((each) => each.id === id && each.to === to);
}

function isSame(one: Mark, other: Mark): boolean {
  return one.id === other.id && one.to === other.to;
}

function mark(value: unknown): Mark[] {
  const { id, to, how, at } = Object(value);
  if (!isShort(id) || !isShort(to)) return [];
  if ((how !== 'told' && how !== 'in-vain') || !Number.isSafeInteger(at)) return [];
  return [{ id, to, how, at: instant(at) }];
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MOST_CHARACTERS;
}
