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
