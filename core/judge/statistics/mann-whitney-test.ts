/**
 * The Mann-Whitney test as Kayenta's NetflixACAJudge uses it: an interval for the shift between two
 * samples, from the normal approximation of the rank sum with continuity and tie correction (R's
 * `wilcox.test`, from which Kayenta took it).
 */

/** Where x lies above y, by its location shift. */
export interface Shift {
  readonly lower: number;
  readonly upper: number;
  /** Hodges and Lehmann's estimate. */
  readonly estimate: number;
}

/**
 * The shift of x against y with the interval whose normal quantile is `quantile` (2.3263 for 98%).
 * Undefined where every value is the same, so that there is no spread to measure a shift by.
 */
export function shiftBetween(
  x: readonly number[],
  y: readonly number[],
  quantile: number,
): Shift | undefined {
  const sides = { x: ascending(x), y: ascending(y) };
  const from = (sides.x[0] ?? 0) - (sides.y.at(-1) ?? 0);
  const to = (sides.x.at(-1) ?? 0) - (sides.y[0] ?? 0);
  if (from === to) return undefined;
  const crossing = (level: number): number => crossingOf(sides, level, from, to);
  return { lower: crossing(quantile), upper: crossing(-quantile), estimate: crossing(0) };
}

/**
 * How many standard deviations x still lies above y after it is moved down by `shift`; falls as the
 * shift grows. Both samples must be ascending. 0 where all values are tied.
 */
export function standardised(x: readonly number[], y: readonly number[], shift: number): number {
  const all = x.length + y.length;
  let ranks = 0;
  let ties = 0;
  for (let i = 0, j = 0, placed = 0; placed < all; ) {
    const value = Math.min((x[i] ?? Infinity) - shift, y[j] ?? Infinity);
    const before = i;
    while (i < x.length && (x[i] ?? 0) - shift === value) i++;
    while (j < y.length && y[j] === value) j++;
    const tied = i + j - placed;
    ranks += (i - before) * (placed + (tied + 1) / 2); // the midrank of those that are tied
    ties += tied ** 3 - tied;
    placed += tied;
  }
  const excess = ranks - (x.length * (x.length + 1)) / 2 - (x.length * y.length) / 2;
  const variance = ((x.length * y.length) / 12) * (all + 1 - ties / (all * (all - 1)));
  return variance > 0 ? (excess - Math.sign(excess) / 2) / Math.sqrt(variance) : 0;
}

export function ascending(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}

/** The statistic is a staircase: the middle of where it is at `level`, or the step across it. */
function crossingOf(
  { x, y }: { readonly x: readonly number[]; readonly y: readonly number[] },
  level: number,
  from: number,
  to: number,
): number {
  const above = bisect(from, to, (shift) => standardised(x, y, shift) > level);
  const notBelow = bisect(from, to, (shift) => standardised(x, y, shift) >= level);
  return (above + notBelow) / 2;
}

/** Where a condition that holds at first and not at last ceases to hold; `from` if it never did. */
function bisect(from: number, to: number, holds: (at: number) => boolean): number {
  if (!holds(from)) return from;
  if (holds(to)) return to;
  let [low, high] = [from, to];
  const close = (to - from) * 1e-12;
  while (high - low > close) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return high;
}
