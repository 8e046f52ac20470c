// A candidate that must have had requests and reports none is blind, not good; one that may have had none is not.
import { describe, expect, test } from '@jest/globals';
import { type Instant, instant } from '../../../core/base/vocabulary.ts';
import { blindness, type Measurability, see, UNSEEN } from '../../../core/judge/measurability.ts';
import type { ArmSample, MeasuredWindow, Window } from '../../../core/judge/sample.ts';

const SECOND_MS = 1_000;

function windowAt(
  second: number,
  candidate: number,
  stable: number,
  weight?: number,
): MeasuredWindow {
  return {
    kind: 'measured',
    at: instant(second * SECOND_MS),
    forMs: SECOND_MS,
    candidate: { requests: candidate, errors: 0 },
    stable: { requests: stable, errors: 0 },
    ...(weight === undefined ? {} : { candidateWeight: weight }),
  };
}

function since(windows: readonly Window[]): Instant | undefined {
  return blindness(windows.reduce<Measurability>(see, UNSEEN))?.since;
}

describe('a candidate that reports nothing', () => {
  test.each([
    ['half of the weight, 19 beside it', [windowAt(5, 0, 19, 0.5)], undefined],
    ['half of the weight, 20 beside it', [windowAt(5, 0, 20, 0.5)], 4_000],
    ['a tenth of the weight, 179 beside it', [windowAt(5, 0, 179, 0.1)], undefined],
    ['a tenth of the weight, 180 beside it', [windowAt(5, 0, 180, 0.1)], 4_000],
    ['no weight that is known', [windowAt(5, 0, 9_999)], undefined],
    ['all of the weight, and nothing to tell by', [windowAt(5, 0, 9_999, 1)], undefined],
  ])('must have had 20 requests before that is no chance: %s', (_what, windows, from) => {
    expect(since(windows)).toBe(from);
  });

  test('adds up over windows, and is blind since the first of them', () => {
    const few = [1, 2, 3, 4].map((second) => windowAt(second, 0, 5, 0.5));
    expect(since(few.slice(0, 3))).toBeUndefined();
    expect(since(few)).toBe(0);
    expect(blindness(few.reduce<Measurability>(see, UNSEEN))?.why).toBe(
      'the candidate must have had about 20 requests and reports none',
    );
  });

  test('is seen again with its first request, and owes nothing for the time before', () => {
    const few = [windowAt(1, 0, 19, 0.5), windowAt(2, 1, 19, 0.5), windowAt(3, 0, 19, 0.5)];
    expect(since(few)).toBeUndefined();
  });
});

describe('a source that does not answer', () => {
  const silent = (second: number): Window => ({
    kind: 'unmeasured',
    at: instant(second * SECOND_MS),
    forMs: SECOND_MS,
    why: 'refused',
  });

  test('is blind since it first did not, until it does', () => {
    expect(since([silent(1), silent(2)])).toBe(0);
    expect(since([silent(1), windowAt(2, 1, 1, 0.5), silent(3)])).toBe(2_000);
  });
});

describe('numbers that cannot be counts', () => {
  test.each<[string, Partial<ArmSample>]>([
    ['a negative number of requests', { requests: -1 }],
    ['errors that are no number', { errors: Number.NaN }],
    ['endlessly many', { requests: Number.POSITIVE_INFINITY }],
    ['a pod with fewer than none', { pods: { a: { requests: 5, errors: -1 } } }],
    ['a pod that is no number', { pods: { a: { requests: Number.NaN, errors: 0 } } }],
    ['a bucket with fewer than none', { latency: { upperBoundsMs: [1], counts: [1, -1] } }],
  ])('are seen on either side, and judged by nobody: %s', (_what, wrong) => {
    for (const side of ['candidate', 'stable'] as const) {
      const window = windowAt(1, 10, 10, 0.5);
      const seen = see(UNSEEN, { ...window, [side]: { ...window[side], ...wrong } });
      expect(blindness(seen)?.why).toContain(`the ${side}'s numbers cannot be counts`);
    }
  });

  test('none at all is a count', () => expect(since([windowAt(1, 0, 0, 0.5)])).toBeUndefined());
});
