import { describe, expect, test } from '@jest/globals';
import { random } from '../../../../benchmarks/world/random.ts';
import { instant } from '../../../../core/base/vocabulary.ts';
import type { Judgement } from '../../../../core/judge/judge.ts';
import { MANN_WHITNEY_DEFAULTS, mannWhitney } from '../../../../core/judge/judges/mann-whitney.ts';
import type { MeasuredWindow } from '../../../../core/judge/sample.ts';
import {
  ascending,
  shiftBetween,
  standardised,
} from '../../../../core/judge/statistics/mann-whitney-test.ts';

/** Permeability of human chorioamnion (Hollander and Wolfe 1973): the example of R's wilcox.test. */
const TERM = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const EARLY = [1.15, 0.88, 0.9, 0.74, 1.21];

/** The same by its definition: pairs are counted, and ties are looked up by value. */
function byPairs(x: readonly number[], y: readonly number[], shift: number): number {
  const moved = x.map((value) => value - shift);
  let above = 0;
  for (const a of moved) for (const b of y) above += a > b ? 1 : a === b ? 0.5 : 0;
  const sizes = new Map<number, number>();
  for (const value of [...moved, ...y]) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  const ties = [...sizes.values()].reduce((sum, size) => sum + size ** 3 - size, 0);
  const all = x.length + y.length;
  const variance = ((x.length * y.length) / 12) * (all + 1 - ties / (all * (all - 1)));
  const excess = above - (x.length * y.length) / 2;
  return variance === 0 ? 0 : (excess - Math.sign(excess) / 2) / Math.sqrt(variance);
}

describe('the rank sum', () => {
  test('of the textbook example: W = 35, so z = (10 - 1/2) / sqrt(50 / 12 * 16)', () => {
    expect(standardised(ascending(TERM), ascending(EARLY), 0)).toBeCloseTo(
      9.5 / Math.sqrt((50 / 12) * 16),
      12,
    );
  });

  test('is what counting pairs gives, with ties and shifts (seeds 1 to 200)', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const source = random(seed);
      const some = (): number[] =>
        Array.from({ length: 5 + source.poisson(5) }, () => source.poisson(3));
      const [x, y, shift] = [some(), some(), source.poisson(1)];
      expect(standardised(ascending(x), ascending(y), shift)).toBeCloseTo(byPairs(x, y, shift), 10);
    }
  });
});

describe('the shift between two samples', () => {
  test('is estimated as Hodges and Lehmann do: the median of all differences', () => {
    const differences = ascending(TERM.flatMap((a) => EARLY.map((b) => a - b)));
    const median = ((differences[24] ?? 0) + (differences[25] ?? 0)) / 2;
    expect(shiftBetween(TERM, EARLY, 1.96)?.estimate).toBeCloseTo(median, 9);
  });

  test('has an interval that ends where the statistic crosses its quantile', () => {
    const { lower = 0, upper = 0 } = shiftBetween(TERM, EARLY, 1.96) ?? {};
    const around = (at: number): readonly number[] =>
      [-1e-6, 1e-6].map((step) => byPairs(TERM, EARLY, at + step));
    expect(around(lower)[0]).toBeGreaterThan(1.96);
    expect(around(lower)[1]).toBeLessThan(1.96);
    expect(around(upper)[0]).toBeGreaterThan(-1.96);
    expect(around(upper)[1]).toBeLessThan(-1.96);
  });

  test('cannot be told where every value is the same', () => {
    expect(shiftBetween([1, 1, 1], [1, 1, 1], 2.33)).toBeUndefined();
  });
});

type Minute = readonly [candidateErrors: number, stableErrors: number, slow?: number];

function judged(minutes: readonly Minute[], policy = MANN_WHITNEY_DEFAULTS): Judgement {
  const judge = mannWhitney(policy);
  const evidence = minutes.reduce((before, [candidate, stable, slow = 10], index) => {
    const side = (errors: number, above: number): MeasuredWindow['stable'] => ({
      requests: 1000,
      errors,
      latency: { upperBoundsMs: [100, 200, 400], counts: [900, 95 - above, above, 5] },
    });
    const window: MeasuredWindow = {
      kind: 'measured',
      at: instant((index + 1) * 60_000),
      forMs: 60_000,
      candidate: side(candidate, slow),
      stable: side(stable, 10),
    };
    return judge.take(before, window);
  }, judge.begin());
  return judge.verdict(evidence);
}

describe("Kayenta's judge", () => {
  const noise = [4, 6, 5, 7, 3, 5, 6, 4, 5, 6];

  test('refuses four points: the normal approximation is none', () => {
    const worst = noise.slice(0, 4).map((errors): Minute => [100, errors]);
    expect(judged(worst)).toMatchObject({ verdict: 'not-enough-data', rule: 'points' });
  });

  test.each([
    ['candidate', 4, 10],
    ['stable', 10, 4],
  ])(
    'calls nothing bad by four points of the %s, however many the other has',
    (_which, own, theirs) => {
      const judge = mannWhitney(MANN_WHITNEY_DEFAULTS);
      const sideAt = (minute: number, minutes: number, errors: number) =>
        minute < minutes
          ? { requests: 100, errors: errors + (minute % 3) }
          : { requests: 0, errors: 0 };
      const evidence = Array.from({ length: 10 }, (_, minute) => minute).reduce(
        (before, minute) =>
          judge.take(before, {
            kind: 'measured',
            at: instant((minute + 1) * 60_000),
            forMs: 60_000,
            candidate: sideAt(minute, own, 50),
            stable: sideAt(minute, theirs, 1),
          }),
        judge.begin(),
      );
      const { errors } = evidence.points;
      expect([errors.candidate.length, errors.stable.length]).toEqual([own, theirs]);
      expect(judge.verdict(evidence).verdict).toBe('not-enough-data');
    },
  );

  test('calls five clearly higher points high, which is critical for errors', () => {
    const bad = noise.slice(0, 5).map((errors, i): Minute => [errors + 20 + i, errors]);
    expect(judged(bad)).toMatchObject({ verdict: 'bad', rule: 'errors', numbers: { score: 0 } });
  });

  test('passes what is alike after ten minutes, and not before', () => {
    const alike = noise.map((errors, i): Minute => [noise[(i + 3) % 10] ?? 0, errors]);
    expect(judged(alike)).toMatchObject({ verdict: 'good', numbers: { score: 100 } });
    expect(judged(alike.slice(0, 9)).verdict).toBe('not-enough-data');
  });

  test('no error on either side passes', () => {
    expect(judged(noise.map((): Minute => [0, 0])).verdict).toBe('good');
  });

  test('one of two metrics that fails is a score of 50, below marginal', () => {
    const slower = noise.map(
      (errors, i): Minute => [noise[(i + 3) % 10] ?? 0, errors, 11 + (i % 5)],
    );
    expect(judged(slower, { ...MANN_WHITNEY_DEFAULTS, critical: [] })).toMatchObject({
      verdict: 'bad',
      rule: 'latency',
      numbers: { score: 50 },
    });
  });

  test('an increase below the allowed one passes', () => {
    const bad = noise.map((errors): Minute => [errors + 10, errors]);
    expect(judged(bad, { ...MANN_WHITNEY_DEFAULTS, allowedIncrease: 5 }).verdict).toBe('good');
  });

  test('keeps an hour of points, however long the release is', () => {
    const judge = mannWhitney(MANN_WHITNEY_DEFAULTS);
    let evidence = judge.begin();
    for (let minute = 1; minute <= 500; minute++) {
      const side = { requests: 100, errors: minute % 3 };
      const at = instant(minute * 60_000);
      const window = {
        kind: 'measured',
        at,
        forMs: 60_000,
        candidate: side,
        stable: side,
      } as const;
      evidence = judge.take(evidence, window);
    }
    expect(evidence.points.errors.candidate).toHaveLength(60);
  });
});
