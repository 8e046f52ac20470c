/**
 * What others changed of a release's objects while it was under way. What a release writes again it
 * counts: someone who keeps on changing it has a reason, and the release is the one that can go back.
 */

import { isTwoSided } from '../base/vocabulary.ts';
import type { Interference, ReleaseState } from './state.ts';
import { noting } from './transitions.ts';

/** So often what the same hand changed of an object is written again; its next change turns the release back. */
const MOST_REPAIRS = 3;
/** Many hands, or one that goes by many names, are a fight in the end as well. */
const MOST_REPAIRS_IN_ALL = 9;
const WITHIN_MS = 10 * 60_000;

/** What is older than this many is dropped from the record; more than can be repaired of one object. */
const KEPT = 20;

export function interfered<S extends ReleaseState>(state: S, interference: Interference): S {
  const before = state.evidence.interferences ?? [];
  return noting(state, { interferences: [...before, interference].slice(-KEPT) });
}

/** Whether one more write of the object, after this change by others, would make a fight of it. */
export function isFight(
  { evidence }: ReleaseState,
  { object, by, at }: Pick<Interference, 'object' | 'by' | 'at'>,
): boolean {
  const repairs = (evidence.interferences ?? []).filter(
    (each) => each.object === object && each.response === 'repaired' && at - each.at < WITHIN_MS,
  );
  const bySameHand = repairs.filter((each) => each.by === by);
  return bySameHand.length >= MOST_REPAIRS || repairs.length >= MOST_REPAIRS_IN_ALL;
}

/**
 * The state after writes that the API has refused. What was not written is not counted: it would look as
 * if somebody else had written over it again and again.
 */
export function notWritten(before: ReleaseState, after: ReleaseState): ReleaseState {
  if (!isTwoSided(before) || !isTwoSided(after)) return after;
  const { writes, scaling } = after;
  const written = writes?.since === before.writes?.since ? before.writes?.times : 0;
  const scaled = scaling?.id === before.scaling?.id ? before.scaling?.times : 0;
  return {
    ...after,
    ...(writes ? { writes: { ...writes, times: written ?? 0 } } : {}),
    ...(scaling ? { scaling: { ...scaling, times: scaled ?? 0 } } : {}),
  };
}

/** One line for people: `service pay: its selector was changed by kubectl-patch, repaired`. */
export function interferenceText({ object, what, by, response }: Interference): string {
  return `${object}: ${what} was changed by ${by}, ${response}`;
}
