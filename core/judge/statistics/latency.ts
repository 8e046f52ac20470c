/**
 * Latency as counts: requests slower than the stable's p50, p90 and p99 are contested like errors.
 * Where these lie is read from what the stable did before the window, so that a window never helps
 * to choose the measure that it is judged by.
 */

import {
  countAbove,
  countAll,
  type LatencyHistogram,
  type MeasuredWindow,
  sumOfLatency,
} from '../sample.ts';
import { beginProcess, type EProcess, grow, logEvidence } from './e-process.ts';
import { type Contest, NOTHING, ratioLogs, sum } from './likelihood.ts';

export const QUANTILES = [0.5, 0.9, 0.99] as const;

/** What was counted above one of the stable's quantiles. */
interface Slow {
  readonly process: EProcess;
  /** Where it lay in the last window that was counted. */
  readonly boundMs: number | undefined;
  /** Sums over all windows. */
  readonly counted: Contest;
}

/** Plain JSON. */
export interface LatencyEvidence {
  /** The stable's requests so far, by bucket. */
  readonly stable: LatencyHistogram | undefined;
  /** By quantile, in the order of QUANTILES. */
  readonly slow: readonly Slow[];
}

export function beginLatency(alternatives: number): LatencyEvidence {
  const none = { process: beginProcess(alternatives), boundMs: undefined, counted: NOTHING };
  return { stable: undefined, slow: QUANTILES.map(() => none) };
}

/**
 * One window more; without a histogram of both sides nothing is learnt. `toleratedMs`: what is no
 * slower than this does not count as slow, whatever the stable's quantiles are.
 */
export function growLatency(
  evidence: LatencyEvidence,
  { candidate, stable, forMs }: MeasuredWindow,
  ratios: readonly number[],
  toleratedMs: number,
): LatencyEvidence {
  if (!stable.latency) return evidence;
  const slow = evidence.slow.map((before, index): Slow => {
    const boundMs =
      evidence.stable && boundFor(evidence.stable, QUANTILES[index] ?? 1, toleratedMs);
    const contest = contestAbove(boundMs, candidate.latency, stable.latency);
    if (!contest) return before;
    const process = grow(before.process, ratioLogs(contest, 1, ratios), forMs);
    return { process, boundMs, counted: sum(before.counted, contest) };
  });
  return {
    stable: evidence.stable ? sumOfLatency(evidence.stable, stable.latency) : stable.latency,
    slow,
  };
}

/** ln E by quantile. The average of the e-values is what counts. */
export function logsOfLatency(
  { slow }: LatencyEvidence,
  weights: readonly number[],
): readonly number[] {
  return slow.map(({ process }) => logEvidence(process, weights));
}

function contestAbove(
  boundMs: number | undefined,
  candidate: LatencyHistogram | undefined,
  stable: LatencyHistogram | undefined,
): Contest | undefined {
  if (boundMs === undefined || !candidate || !stable) return undefined;
  const slow = countAbove(candidate, boundMs);
  const slowStable = countAbove(stable, boundMs);
  const candidateRequests = countAll(candidate);
  if (slow === undefined || slowStable === undefined || candidateRequests === 0) return undefined;
  return {
    candidate: slow,
    candidateRequests,
    stable: slowStable,
    stableRequests: countAll(stable),
  };
}

/** Above this bound a request is slow: a bucket's, at the quantile and nowhere below what is tolerated. */
export function boundFor(
  latency: LatencyHistogram,
  quantile: number,
  toleratedMs: number,
): number | undefined {
  const bound = boundAt(latency, quantile);
  if (bound === undefined || bound >= toleratedMs) return bound;
  return latency.upperBoundsMs.find((each) => each >= toleratedMs) ?? bound;
}

/** Upper bound of the bucket that holds the quantile, or the last finite one where none does. */
export function boundAt(latency: LatencyHistogram, quantile: number): number | undefined {
  const all = countAll(latency);
  if (all === 0) return undefined;
  let below = 0;
  for (const [bucket, bound] of latency.upperBoundsMs.entries()) {
    below += latency.counts[bucket] ?? 0;
    if (below >= quantile * all) return bound;
  }
  return latency.upperBoundsMs.at(-1);
}

/** Milliseconds, interpolated within its bucket as Prometheus does. */
export function quantileOf(latency: LatencyHistogram, quantile: number): number | undefined {
  const all = countAll(latency);
  const wanted = quantile * all;
  let below = 0;
  let lower = 0;
  for (const [bucket, upper] of latency.upperBoundsMs.entries()) {
    const count = latency.counts[bucket] ?? 0;
    if (count > 0 && below + count >= wanted) {
      return lower + (upper - lower) * ((wanted - below) / count);
    }
    below += count;
    lower = upper;
  }
  return all > 0 ? latency.upperBoundsMs.at(-1) : undefined;
}
