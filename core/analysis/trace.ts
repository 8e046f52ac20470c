/**
 * What a release was judged by, for the record and for a replay: small enough for a ConfigMap however
 * long the release takes. When it is full, neighbours become one, so that old and new stay equally fine.
 */

import type { Instant } from '../base/vocabulary.ts';
import type { ArmSample, Window } from '../judge/sample.ts';
import { onBounds } from '../metrics/traffic.ts';

/** Requests, errors, and the counts of the latency buckets where there are any. */
type Counts = readonly number[];

export interface TracePoint {
  readonly at: Instant;
  readonly forMs: number;
  /** Undefined where nothing could be measured; then `why` says why. */
  readonly candidate?: Counts;
  readonly stable?: Counts;
  readonly why?: string;
  /** The candidate's share of the traffic, where it is known. */
  readonly weight?: number;
  /** What else was measured: `cpu_usage/candidate`. */
  readonly values?: Readonly<Record<string, number>>;
  /** Pods of the candidate: ready, expected, restarts of all. */
  readonly pods?: readonly [ready: number, expected: number, restarts: number];
  /** The judge's numbers. */
  readonly numbers?: Readonly<Record<string, number>>;
}

export interface Trace {
  /** Of all points' latencies, in milliseconds; empty where none are told. */
  readonly bounds: readonly number[];
  readonly points: readonly TracePoint[];
}

export const NO_TRACE: Trace = { bounds: [], points: [] };

const MOST_POINTS = 240;

export function traced(
  { bounds, points }: Trace,
  window: Window,
  rest: Pick<TracePoint, 'values' | 'pods' | 'numbers'>,
): Trace {
  const own = bounds.length > 0 ? bounds : boundsOf(window);
  const { at, forMs } = window;
  const point: TracePoint =
    window.kind === 'unmeasured'
      ? { at, forMs, why: window.why, ...rest }
      : {
          at,
          forMs,
          candidate: packed(window.candidate, own),
          stable: packed(window.stable, own),
          ...(window.candidateWeight === undefined ? {} : { weight: window.candidateWeight }),
          ...rest,
        };
  const all = [...points, point];
  return { bounds: own, points: all.length > MOST_POINTS ? halved(all) : all };
}

/** The windows again, as they were or as they were joined. */
export function windowOf({ at, forMs, ...point }: TracePoint, bounds: readonly number[]): Window {
  const { candidate, stable, weight } = point;
  if (!candidate || !stable) return { kind: 'unmeasured', at, forMs, why: point.why ?? '' };
  return {
    kind: 'measured',
    at,
    forMs,
    ...(weight === undefined ? {} : { candidateWeight: weight }),
    candidate: unpacked(candidate, bounds),
    stable: unpacked(stable, bounds),
  };
}

function boundsOf(window: Window): readonly number[] {
  if (window.kind === 'unmeasured') return [];
  return window.candidate.latency?.upperBoundsMs ?? window.stable.latency?.upperBoundsMs ?? [];
}

function packed({ requests, errors, latency }: ArmSample, bounds: readonly number[]): Counts {
  return [requests, errors, ...(latency && bounds.length > 0 ? onBounds(latency, bounds) : [])];
}

function unpacked(
  [requests = 0, errors = 0, ...counts]: Counts,
  bounds: readonly number[],
): ArmSample {
  const told = counts.length === bounds.length + 1 && bounds.length > 0;
  return told
    ? { requests, errors, latency: { upperBoundsMs: bounds, counts } }
    : { requests, errors };
}

function halved(points: readonly TracePoint[]): TracePoint[] {
  const pairs = points.filter((_, index) => index % 2 === 0);
  return pairs.map((first, index) => {
    const second = points[index * 2 + 1];
    return second ? both(first, second) : first;
  });
}

/** Two points as one. Where only one was measured its counts stay, and why the other was not. */
function both(first: TracePoint, second: TracePoint): TracePoint {
  return {
    ...first,
    ...second,
    forMs: first.forMs + second.forMs,
    ...sum('candidate', first, second),
    ...sum('stable', first, second),
    values: { ...first.values, ...second.values },
  };
}

function sum(side: 'candidate' | 'stable', first: TracePoint, second: TracePoint) {
  const [a, b] = [first[side], second[side]];
  return a && b ? { [side]: a.map((count, i) => count + (b[i] ?? 0)) } : {};
}
