/** Randomness that a seed repeats: names, uids and faults of the embedded world come from here. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { mersenne } from 'pure-rand/generator/mersenne';

/** A number in [0, 1). */
export type Random = () => number;

/** The Mersenne twister: of seeds beside each other it makes stories that have nothing in common. */
export function createRandom(seed: number): Random {
  const generator = mersenne(seed);
  return () => uniformFloat64(generator);
}

// The letters Kubernetes uses: no vowels, so that no suffix spells a word.
const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

export function randomSuffix(random: Random, length = 5): string {
  return Array.from(
    { length },
    () => SUFFIX_LETTERS[Math.floor(random() * SUFFIX_LETTERS.length)],
  ).join('');
}

export function randomUid(random: Random): string {
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
}
