import { describe, expect, test } from '@jest/globals';
import { random } from '../../../../benchmarks/world/random.ts';
import { instant } from '../../../../core/base/vocabulary.ts';
import type { ArmSample, MeasuredWindow } from '../../../../core/judge/sample.ts';
import {
  ALIKE,
  type Dispersion,
  observePods,
  temperingOf,
} from '../../../../core/judge/statistics/overdispersion.ts';

const PODS = ['a', 'b', 'c', 'd'];

const windowOf = (candidate: ArmSample, stable: ArmSample): MeasuredWindow => ({
  kind: 'measured',
  at: instant(0),
  forMs: 60_000,
  candidate,
  stable,
});

function armOf(pods: readonly (readonly [requests: number, errors: number])[]): ArmSample {
  const named = pods.map(([requests, errors], index) => [PODS[index], { requests, errors }]);
  const sum = (which: 0 | 1): number => pods.reduce((all, pod) => all + pod[which], 0);
  return { requests: sum(0), errors: sum(1), pods: Object.fromEntries(named) };
}

/** An hour of minutes in which a pod's errors scatter with `noise` as coefficient of variation. */
function hour(noise: number, seed: number): Dispersion {
  const source = random(seed);
  const arm = (): ArmSample =>
    armOf(
      PODS.map(() => {
        const factor = noise > 0 ? source.gamma(1 / noise ** 2) : 1;
        return [1000, source.binomial(1000, 0.01 * factor)] as const;
      }),
    );
  let dispersion = ALIKE;
  for (let minute = 0; minute < 60; minute++)
    dispersion = observePods(dispersion, windowOf(arm(), arm()));
  return dispersion;
}

const USUAL = windowOf(armOf(PODS.map(() => [1000, 10])), armOf(PODS.map(() => [1000, 10])));

describe('pods that are alike', () => {
  test('leave the evidence nearly as it is (seeds 1 to 50)', () => {
    const all = Array.from({ length: 50 }, (_, seed) => temperingOf(hour(0, seed + 1), USUAL));
    const mean = all.reduce((sum, each) => sum + each, 0) / all.length;
    expect(Math.min(...all)).toBeGreaterThanOrEqual(1);
    expect(mean).toBeLessThan(1.5);
  });

  test('that nobody can tell apart are taken to be alike', () => {
    const whole = { requests: 4000, errors: 40 };
    expect(temperingOf(observePods(ALIKE, windowOf(whole, whole)), windowOf(whole, whole))).toBe(1);
  });
});

describe('pods that are noisy each on their own', () => {
  // Variance of the candidate's part: 1 + c^2 (1/4 + 1/4) M/4 with c = 1 and M = 80 errors a minute.
  const WORTH = 1 + 0.5 * 20;

  test('temper the evidence by what their noise is worth (seeds 1 to 50)', () => {
    const all = Array.from({ length: 50 }, (_, seed) => temperingOf(hour(1, seed + 1), USUAL));
    const mean = all.reduce((sum, each) => sum + each, 0) / all.length;
    expect(mean / WORTH).toBeGreaterThan(0.8);
    expect(mean / WORTH).toBeLessThan(1.5);
    expect(Math.min(...all)).toBeGreaterThan(WORTH / 2);
  });

  test('a shared incident is no noise of pods', () => {
    const dispersion = [1, 10, 1].reduce(
      (before, times) =>
        observePods(before, windowOf(armOf([]), armOf(PODS.map(() => [1000, 10 * times])))),
      ALIKE,
    );
    expect(temperingOf(dispersion, USUAL)).toBe(1);
  });
});

describe('what is known of noise', () => {
  const NOISY: Dispersion = {
    ...ALIKE,
    scatter: { excess: 50, weight: 45, degrees: 2 },
  };
  const EVEN = windowOf({ requests: 50, errors: 0 }, { requests: 50, errors: 0 });
  // Above one standard deviation of chance, by weight and what is known beforehand; then the split.
  const PER_ERROR = ((50 - Math.sqrt(2 * 2)) / (45 + 5)) * 0.5 * 0.5 * (1 + 1);

  test.each([
    ['of the minute before where that had more', 100, 30, 100],
    ['of this minute where this has more', 30, 100, 100],
    ['of neither twice', 100, 100, 100],
  ])(
    'counts the errors %s: noise is not forgotten as a minute begins',
    (_which, before, now, most) => {
      const minute = { ...ALIKE.minute, errors: now };
      const known = { ...NOISY, errorsBefore: before, minute };
      expect(temperingOf(known, EVEN)).toBeCloseTo(1 + PER_ERROR * most, 10);
    },
  );

  test('counts those of the window itself too, on both sides', () => {
    const window = windowOf({ requests: 50, errors: 3 }, { requests: 50, errors: 4 });
    expect(temperingOf(NOISY, window)).toBeCloseTo(1 + PER_ERROR * 7, 10);
  });

  const ONE_SIDED = windowOf(
    { requests: 200, errors: 4 },
    armOf([
      [100, 20],
      [100, 0],
    ]),
  );

  test('is kept when a minute is over: its errors, its scatter, and the whole release', () => {
    const first = observePods(ALIKE, ONE_SIDED);
    // X^2 = 10 + 10, of which 1 is expected; (m - 1)(y - 1) / m = 19 / 2.
    expect(first.scatter).toEqual({ excess: 19, weight: 9.5, degrees: 1 });
    expect(first).toMatchObject({ errorsBefore: 24, minute: { forMs: 0, errors: 0 } });
    const second = observePods(first, ONE_SIDED);
    expect(second.scatter).toEqual({ excess: 38, weight: 19, degrees: 2 });
    expect(second.life.errors).toBe(48);
    expect(second.life.pods).toEqual({
      a: { requests: 200, errors: 40 },
      b: { requests: 200, errors: 0 },
    });
  });

  test('says nothing before a minute is over, but for the whole release', () => {
    const begun = observePods(ALIKE, { ...ONE_SIDED, forMs: 59_999 });
    expect(begun).toMatchObject({ scatter: ALIKE.scatter, errorsBefore: 0 });
    expect(begun.minute).toMatchObject({ forMs: 59_999, errors: 24 });
    expect(begun.life.errors).toBe(24);
  });

  test('is nothing where one pod serves, or one request failed', () => {
    for (const pods of [
      [[100, 20]],
      [
        [100, 1],
        [100, 0],
      ],
    ] as const) {
      const { scatter } = observePods(ALIKE, windowOf({ requests: 1, errors: 0 }, armOf(pods)));
      expect(scatter).toEqual({ excess: 0, weight: 0, degrees: 0 });
    }
  });

  test('is known of so many pods at most, whichever came first', () => {
    const many = (from: number): ArmSample => ({
      requests: 40,
      errors: 0,
      pods: Object.fromEntries(
        Array.from({ length: 40 }, (_, at) => [`p${from + at}`, { requests: 1, errors: 0 }]),
      ),
    });
    const first = observePods(ALIKE, windowOf({ requests: 1, errors: 0 }, many(0)));
    expect(Object.keys(first.life.pods)).toHaveLength(32);
    const second = observePods(first, windowOf({ requests: 1, errors: 0 }, many(20)));
    expect(Object.keys(second.life.pods)).toEqual(Object.keys(first.life.pods));
    expect(second.life.pods.p20).toEqual({ requests: 2, errors: 0 });
  });
});
