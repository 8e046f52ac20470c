// What counters have grown by: a restart hides nothing and invents nothing, and two versions are compared by the
// buckets that both have.
import { describe, expect, test } from '@jest/globals';
import type { LatencyHistogram } from '../../../core/judge/sample.ts';
import {
  added,
  bothLatencies,
  grownBy,
  grownSince,
  onBounds,
  quantileMs,
} from '../../../core/metrics/traffic.ts';

const counts = (requests: number, errors = 0) => ({ requests, errors });

describe('a counter', () => {
  test.each([
    ['has grown by the difference', counts(100, 4), counts(130, 5), counts(30, 1)],
    ['has not grown where it stands still', counts(100, 4), counts(100, 4), counts(0, 0)],
    ['was reset where its requests went down', counts(100, 4), counts(7, 6), counts(7, 6)],
    ['was reset where its errors went down', counts(100, 4), counts(120, 1), counts(120, 1)],
  ])('%s', (_what, before, now, grown) => {
    expect(grownBy({ a: before }, { a: now })).toEqual({ a: grown });
  });

  test('that is seen for the first time has grown by nothing: what it counted was not this release’s', () => {
    expect(grownBy({}, { a: counts(1_000, 900) })).toEqual({ a: counts(0, 0) });
  });

  test('tells what of it was the prober’s, all of it where it told nothing before', () => {
    const now = { ...counts(130), shared: counts(20, 2) };
    expect(grownBy({ a: { ...counts(100), shared: counts(15, 1) } }, { a: now })).toEqual({
      a: { ...counts(30), shared: counts(5, 1) },
    });
    expect(grownBy({ a: counts(100) }, { a: now }).a?.shared).toEqual(counts(20, 2));
  });

  test('adds up over the pods that are there now, and each is kept', () => {
    const before = { a: counts(10), b: counts(10, 1), gone: counts(999) };
    const now = { a: counts(15), b: counts(30, 4), late: counts(500) };
    expect(grownSince(before, now)).toEqual({
      ...counts(25, 3),
      pods: { a: counts(5), b: counts(20, 3), late: counts(0) },
    });
  });
});

const FINE: LatencyHistogram = { upperBoundsMs: [10, 50, 100], counts: [1, 2, 4, 8] };
const COARSE: LatencyHistogram = { upperBoundsMs: [50, 200], counts: [16, 32, 64] };

describe('a histogram', () => {
  test('told with fewer bounds has the same requests', () => {
    expect(onBounds(FINE, [50])).toEqual([3, 12]);
    expect(onBounds(FINE, [])).toEqual([15]);
    expect(onBounds(FINE, [10, 50, 100])).toEqual(FINE.counts);
  });

  test('of both is over the bounds that both have', () => {
    expect(bothLatencies(FINE, COARSE)).toEqual({ upperBoundsMs: [50], counts: [3 + 16, 12 + 96] });
  });

  test('of one is that one where the other tells none', () => {
    const told = { ...counts(15), latency: FINE };
    expect(added(told, counts(5, 1))).toEqual({ ...counts(20, 1), latency: FINE });
    expect(added(counts(5), told).latency).toEqual(FINE);
    expect(added(counts(5), counts(6))).toEqual(counts(11));
    expect(added(told, told).latency?.counts).toEqual([2, 4, 8, 16]);
  });
});

describe('the latency that a share stayed below', () => {
  const EVEN: LatencyHistogram = { upperBoundsMs: [100, 200, 400], counts: [10, 0, 10, 0] };

  test.each([
    [0.25, 50],
    [0.5, 100],
    [0.75, 300],
    [1, 400],
  ])('%d lies at %i ms: linear inside a bucket, and in none that is empty', (share, ms) => {
    expect(quantileMs(EVEN, share)).toBe(ms);
  });

  test('is the last finite bound for what lies beyond it', () => {
    expect(quantileMs({ upperBoundsMs: [100], counts: [1, 99] }, 0.99)).toBe(100);
  });

  test('is none without requests', () => {
    expect(quantileMs({ upperBoundsMs: [100], counts: [0, 0] }, 0.5)).toBeUndefined();
  });
});
