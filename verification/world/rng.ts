/** Choices by chance, which a seed repeats. */
import { createRandom } from '../../embedded-cluster/base/random.ts';

export interface Rng {
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** True so often. */
  chance(share: number): boolean;
}

export function createRng(seed: number): Rng {
  const random = createRandom(seed);
  const between = (least: number, most: number): number =>
    least + Math.floor(random() * (most - least + 1));
  return {
    between,
    pick: (choices) => choices[between(0, choices.length - 1)] ?? choices[0],
    chance: (share) => random() < share,
  };
}
