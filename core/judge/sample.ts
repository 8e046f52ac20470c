/**
 * What is measured for a judge: what both sides did in the same stretch of time. Whatever a metrics
 * source calls its numbers, they come here as counts of that stretch, never as counters since the
 * start and never as rates.
 */
import type { Instant } from '../base/vocabulary.ts';

/** Requests that were answered, and how many of them with an error of the server. */
export interface Counted {
  readonly requests: number;
  readonly errors: number;
  /** Answers that blame the client (4xx), where they are told and there are any. */
  readonly clientErrors?: number;
}

/** How long requests took. Counts are of each bucket alone, not cumulative as Prometheus has them. */
export interface LatencyHistogram {
  /** Milliseconds, ascending and finite (JSON knows no Infinity): Prometheus' `le` without `+Inf`. */
  readonly upperBoundsMs: readonly number[];
  /** One more than bounds: the last counts what is slower than every bound. */
  readonly counts: readonly number[];
}

/** What one side did in a window. */
export interface ArmSample extends Counted {
  /** Missing where the source has none: latency is then not judged. */
  readonly latency?: LatencyHistogram;
  /** The same counts by pod. Missing where the source cannot tell: pods then count as alike. */
  readonly pods?: Readonly<Record<string, Counted>>;
}

interface Stretch {
  /** When it ended. */
  readonly at: Instant;
  readonly forMs: number;
}

/** A stretch of time in which both sides were measured. */
export interface MeasuredWindow extends Stretch {
  readonly kind: 'measured';
  /** Share of the traffic, 0 to 1, that the router gave the candidate. Missing where it is not known. */
  readonly candidateWeight?: number;
  readonly candidate: ArmSample;
  readonly stable: ArmSample;
}

/** A stretch of time of which nothing is known, because the source could not be asked. */
export interface UnmeasuredWindow extends Stretch {
  readonly kind: 'unmeasured';
  /** What was asked and what came back, in one line. */
  readonly why: string;
}

export type Window = MeasuredWindow | UnmeasuredWindow;

/** A side that did nothing: the stable before there is one, the candidate before it gets traffic. */
export const IDLE: ArmSample = { requests: 0, errors: 0 };

/** Requests slower than `boundMs`, or undefined where the histogram has no such bucket bound. */
export function countAbove(latency: LatencyHistogram, boundMs: number): number | undefined {
  const index = latency.upperBoundsMs.indexOf(boundMs);
  if (index < 0) return undefined;
  let above = 0;
  for (let bucket = index + 1; bucket < latency.counts.length; bucket++) {
    above += latency.counts[bucket] ?? 0;
  }
  return above;
}

export function countAll(latency: LatencyHistogram): number {
  return latency.counts.reduce((sum, count) => sum + count, 0);
}

/** Two windows that follow each other, as one. */
export function together(first: MeasuredWindow, second: MeasuredWindow): MeasuredWindow {
  return {
    ...second,
    forMs: first.forMs + second.forMs,
    candidate: sumOf(first.candidate, second.candidate),
    stable: sumOf(first.stable, second.stable),
  };
}

function sumOf(a: ArmSample, b: ArmSample): ArmSample {
  const latency = a.latency && b.latency ? sumOfLatency(a.latency, b.latency) : b.latency;
  const clientErrors = (a.clientErrors ?? 0) + (b.clientErrors ?? 0);
  return {
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    ...(clientErrors > 0 ? { clientErrors } : {}),
    ...(latency ? { latency } : {}),
  };
}

/** A source that changes its buckets is a new source: counting begins anew. */
export function sumOfLatency(before: LatencyHistogram, now: LatencyHistogram): LatencyHistogram {
  const same =
    before.upperBoundsMs.length === now.upperBoundsMs.length &&
    before.upperBoundsMs.every((bound, index) => bound === now.upperBoundsMs[index]);
  if (!same) return now;
  return {
    upperBoundsMs: now.upperBoundsMs,
    counts: now.counts.map((count, bucket) => count + (before.counts[bucket] ?? 0)),
  };
}
