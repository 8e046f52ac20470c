import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../../core/base/vocabulary.ts';
import { ALTERNATIVES } from '../../../../core/judge/policy.ts';
import type { LatencyHistogram, MeasuredWindow } from '../../../../core/judge/sample.ts';
import {
  beginLatency,
  boundAt,
  growLatency,
  quantileOf,
} from '../../../../core/judge/statistics/latency.ts';

const USUAL: LatencyHistogram = { upperBoundsMs: [50, 100, 250], counts: [500, 400, 92, 8] };

const windowOf = (candidate: LatencyHistogram, stable: LatencyHistogram): MeasuredWindow => ({
  kind: 'measured',
  at: instant(0),
  forMs: 10_000,
  candidate: { requests: 1000, errors: 0, latency: candidate },
  stable: { requests: 1000, errors: 0, latency: stable },
});

describe('where requests begin to be slow', () => {
  test.each([
    [0.5, 50],
    [0.9, 100],
    [0.99, 250],
    [0.9999, 250],
  ])('for the quantile %d it is %d ms', (quantile, bound) => {
    expect(boundAt(USUAL, quantile)).toBe(bound);
  });

  test('nobody knows before the first request', () => {
    expect(boundAt({ upperBoundsMs: [50], counts: [0, 0] }, 0.5)).toBeUndefined();
  });

  test('it is read from the windows before, never from the one that is judged', () => {
    const slower = { ...USUAL, counts: [0, 0, 500, 500] };
    const ratios = ALTERNATIVES.ratios;
    const first = growLatency(beginLatency(ratios.length), windowOf(USUAL, USUAL), ratios, 0);
    expect(first.slow.map(({ boundMs }) => boundMs)).toEqual([undefined, undefined, undefined]);
    const second = growLatency(first, windowOf(slower, slower), ratios, 0);
    expect(second.slow.map(({ boundMs }) => boundMs)).toEqual([50, 100, 250]);
    expect(second.slow.map(({ counted }) => counted.candidate)).toEqual([1000, 1000, 500]);
  });

  test('it is read from all of what the stable did, not from its last second alone', () => {
    const { ratios } = ALTERNATIVES;
    const busy = { ...USUAL, counts: [600, 350, 45, 5] };
    const idle = { ...USUAL, counts: [0, 0, 0, 1] };
    const windows = [windowOf(busy, busy), windowOf(busy, idle), windowOf(busy, busy)];
    const grown = windows.reduce(
      (evidence, window) => growLatency(evidence, window, ratios, 0),
      beginLatency(ratios.length),
    );
    expect(grown.stable?.counts).toEqual([1200, 700, 90, 11]);
    expect(grown.slow.map(({ boundMs }) => boundMs)).toEqual([50, 100, 250]);
    expect(grown.slow.map(({ counted }) => counted.stable)).toEqual([401, 51, 6]);
  });

  test('a window without a histogram teaches nothing, and forgets nothing', () => {
    const { ratios } = ALTERNATIVES;
    const known = growLatency(beginLatency(ratios.length), windowOf(USUAL, USUAL), ratios, 0);
    const bare = { requests: 5, errors: 0 };
    const untold = { ...windowOf(USUAL, USUAL), stable: bare };
    expect(growLatency(known, untold, ratios, 0)).toEqual(known);
    const alone = { ...windowOf(USUAL, USUAL), candidate: bare };
    expect(growLatency(known, alone, ratios, 0).slow).toEqual(known.slow);
  });

  test('buckets that the candidate does not have are not compared', () => {
    const ratios = ALTERNATIVES.ratios;
    const first = growLatency(beginLatency(ratios.length), windowOf(USUAL, USUAL), ratios, 0);
    const other = { upperBoundsMs: [60, 120], counts: [0, 0, 1000] };
    expect(growLatency(first, windowOf(other, USUAL), ratios, 0).slow).toEqual(first.slow);
  });
});

describe('a quantile in milliseconds', () => {
  test.each([
    [0.25, 25],
    [0.5, 50],
    [0.7, 75],
    [0.999, 250],
  ])('%d lies at %d, as Prometheus interpolates', (quantile, ms) => {
    expect(quantileOf(USUAL, quantile)).toBeCloseTo(ms, 9);
  });
});

test('a pod that is slower than the stable and still quick enough is not called slow', () => {
  const { ratios } = ALTERNATIVES;
  const upperBoundsMs = [5, 50, 100, 500];
  const at = (bucket: number) => ({
    upperBoundsMs,
    counts: upperBoundsMs.map((_, index) => (index === bucket ? 100 : 0)).concat(0),
  });
  const grown = (candidate: number) => {
    const windows = [windowOf(at(0), at(0)), windowOf(at(candidate), at(0))];
    return windows.reduce(
      (evidence, window) => growLatency(evidence, window, ratios, 100),
      beginLatency(ratios.length),
    );
  };
  expect(grown(1).slow.map(({ counted }) => counted.candidate)).toEqual([0, 0, 0]);
  expect(grown(3).slow.map(({ counted }) => counted.candidate)).toEqual([100, 100, 100]);
});
