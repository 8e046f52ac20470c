/** Seeded random numbers, and counts drawn from the distributions that traffic is made of. */

export interface Random {
  /** Uniform in (0, 1). */
  uniform(): number;
  normal(): number;
  poisson(mean: number): number;
  binomial(trials: number, probability: number): number;
  /** With mean 1; `shape` is 1 / variance. */
  gamma(shape: number): number;
}

/** Mulberry32, with a seed that any integer may be. */
export function random(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  };
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const shaped = (shape: number): number => marsagliaTsang(shape, uniform, normal);
  const poisson = (mean: number): number => {
    // A Poisson number is a gamma-distributed stretch of a Poisson process, and what is left of it.
    if (mean < 30) return poissonByInversion(mean, uniform);
    const events = Math.floor(mean * 0.875);
    const reached = shaped(events);
    return reached > mean ? binomial(events - 1, mean / reached) : events + poisson(mean - reached);
  };
  const binomial = (trials: number, probability: number): number => {
    if (probability <= 0 || trials <= 0) return 0;
    if (probability >= 1) return trials;
    if (probability > 0.5) return trials - binomial(trials, 1 - probability);
    if (trials * probability < 30) return byInversion(trials, probability, uniform);
    // The middle one of so many uniform numbers is beta distributed; the rest lie on either side.
    const middle = Math.floor(1 + trials / 2);
    const left = shaped(middle);
    const at = left / (left + shaped(trials + 1 - middle));
    return at <= probability
      ? middle + binomial(trials - middle, (probability - at) / (1 - at))
      : binomial(middle - 1, probability / at);
  };
  return { uniform, normal, poisson, binomial, gamma: (shape) => shaped(shape) / shape };
}

/** Walks the distribution from 0 upwards, as below. */
function poissonByInversion(mean: number, uniform: () => number): number {
  let chance = Math.exp(-mean);
  let left = uniform();
  let count = 0;
  while (left > chance && count < 1000) {
    left -= chance;
    count++;
    chance *= mean / count;
  }
  return count;
}

/** Walks the distribution from 0 upwards. */
function byInversion(trials: number, probability: number, uniform: () => number): number {
  const odds = probability / (1 - probability);
  let chance = Math.exp(trials * Math.log1p(-probability));
  let left = uniform();
  let count = 0;
  while (left > chance && count < trials) {
    left -= chance;
    count++;
    chance *= (odds * (trials - count + 1)) / count;
  }
  return count;
}

/** Marsaglia and Tsang, 2000; a shape below 1 is boosted by a power of a uniform number. */
function marsagliaTsang(shape: number, uniform: () => number, normal: () => number): number {
  if (shape < 1) {
    return marsagliaTsang(shape + 1, uniform, normal) * uniform() ** (1 / shape);
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}
