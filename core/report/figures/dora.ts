/**
 * How a service is delivered, by the measures of DORA (https://dora.dev/guides/dora-metrics-four-keys). Of the
 * four it has three: no record knows when a change was committed, and so none its lead time.
 */
import type { Instant } from '../../base/vocabulary.ts';
import type { Released } from './released.ts';

export interface DoraFigures {
  /** Releases that were promoted, each day. */
  readonly perDay: number;
  /** Of all that went out to clients, those that were turned back, or needed a person. Undefined: there were none. */
  readonly changeFailureRatio: number | undefined;
  /** From when it went wrong to when the service was well again, the median. Undefined: nothing was mended. */
  readonly restoreMs: number | undefined;
}

/** What is looked at: from the first instant, up to the second. */
export interface Window {
  readonly from: Instant;
  readonly to: Instant;
}

/** Of one service; what mended a release may have ended after the window. */
export function doraOf(all: readonly Released[], { from, to }: Window): DoraFigures {
  const seen = all.filter(({ ended }) => ended >= from && ended < to);
  const promoted = seen.filter(({ outcome }) => outcome === 'promoted');
  const failed = seen.filter(({ outcome }) => outcome === 'rolled-back' || outcome === 'failed');
  const wentOut = promoted.length + failed.length;
  return {
    perDay: promoted.length / ((to - from) / DAY_MS),
    changeFailureRatio: wentOut === 0 ? undefined : failed.length / wentOut,
    restoreMs: median(failed.flatMap((each) => restoredAfter(each, all) ?? [])),
  };
}

export const DAY_MS = 24 * 3_600_000;

/** What was turned back is well at its end; what needed a person, with the next one that is promoted. */
function restoredAfter(failed: Released, all: readonly Released[]): number | undefined {
  const wrongSince = failed.foundBad ?? failed.began;
  // A log has the end to the second, and so it may be the earlier of the two.
  if (failed.outcome === 'rolled-back') return Math.max(0, failed.ended - wrongSince);
  const mended = all
    .filter(({ outcome, ended }) => outcome === 'promoted' && ended > failed.ended)
    .map(({ ended }) => ended);
  return mended.length === 0 ? undefined : Math.min(...mended) - wrongSince;
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - 1], sorted[middle]];
  if (high === undefined) return undefined;
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2;
}
