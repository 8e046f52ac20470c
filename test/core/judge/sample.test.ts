import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import { countAbove, countAll, IDLE, type MeasuredWindow } from '../../../core/judge/sample.ts';

const LATENCY = { upperBoundsMs: [50, 100, 250], counts: [900, 80, 15, 5] };

describe('a latency histogram', () => {
  test.each([
    [50, 100],
    [100, 20],
    [250, 5],
  ])('above %d ms are %d requests', (boundMs, above) => {
    expect(countAbove(LATENCY, boundMs)).toBe(above);
  });

  test('a bound that no bucket has is not guessed', () => {
    expect(countAbove(LATENCY, 75)).toBeUndefined();
  });

  test('all buckets together are all requests', () => {
    expect(countAll(LATENCY)).toBe(1000);
  });
});

test('a window survives the journal', () => {
  const window: MeasuredWindow = {
    kind: 'measured',
    at: instant(60_000),
    forMs: 10_000,
    candidateWeight: 0.1,
    candidate: IDLE,
    stable: {
      requests: 900,
      errors: 9,
      latency: LATENCY,
      pods: { a: { requests: 900, errors: 9 } },
    },
  };
  expect(JSON.parse(JSON.stringify(window))).toEqual(window);
});
