// What the judges are tried on must be what it says: counts with the right mean and variance.
import { describe, expect, test } from '@jest/globals';
import { random } from '../../benchmarks/world/random.ts';

const DRAWS = 4_000;

/** Mean and variance of many draws from one seed, each in standard errors from what they should be. */
function deviations(draw: () => number, mean: number, variance: number, kurtosis = 3): number[] {
  const values = Array.from({ length: DRAWS }, draw);
  const seen = values.reduce((sum, value) => sum + value, 0) / DRAWS;
  const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / DRAWS;
  const errorOfSpread = variance * Math.sqrt((kurtosis - 1) / DRAWS);
  return [(seen - mean) / Math.sqrt(variance / DRAWS), (spread - variance) / errorOfSpread];
}

const within = (all: readonly number[]): boolean => all.every((each) => Math.abs(each) < 4.5);

describe('random counts (seed 11)', () => {
  test.each([0.3, 5, 25, 31, 600, 1e6])('Poisson with mean %d', (mean) => {
    const { poisson } = random(11);
    expect(within(deviations(() => poisson(mean), mean, mean, 3 + 1 / mean))).toBe(true);
  });

  test.each([
    [10, 0.5],
    [100, 0.005],
    [600, 0.3],
    [600, 0.93],
    [1_000_000, 0.02],
  ])('binomial of %d with %d', (trials, p) => {
    const { binomial } = random(11);
    const variance = trials * p * (1 - p);
    const kurtosis = 3 + (1 - 6 * p * (1 - p)) / variance;
    expect(within(deviations(() => binomial(trials, p), trials * p, variance, kurtosis))).toBe(
      true,
    );
  });

  test.each([0.5, 1, 15])('gamma of mean 1 with shape %d', (shape) => {
    const { gamma } = random(11);
    expect(within(deviations(() => gamma(shape), 1, 1 / shape, 3 + 6 / shape))).toBe(true);
  });

  test('the same seed tells the same story, another one another', () => {
    const story = (seed: number): number[] => {
      const { poisson } = random(seed);
      return Array.from({ length: 20 }, () => poisson(100));
    };
    expect(story(3)).toEqual(story(3));
    expect(story(3)).not.toEqual(story(4));
  });
});
