/**
 * What an unknown rate makes of counts at best: universal inference divides by the largest
 * likelihood under the null hypothesis (Wasserman, Ramdas, Balakrishnan 2020, arXiv 1912.11436).
 */
import type { Counted } from '../sample.ts';

/** A Beta distribution, as counts that it is worth. */
export interface Prior {
  readonly errors: number;
  readonly others: number;
}

/**
 * Of a service's error rate: half of it below 0.5%, a twentieth above 4%. It costs a baseline of 1,000
 * requests 1.5 nats at most, where a flat one would cost 4.
 */
export const PRIOR: Prior = { errors: 0.5, others: 50 };

/** ln of the likelihood of so many errors in so many requests, in their order, at a rate of 0 to 1. */
function logLikelihood({ errors, requests }: Counted, rate: number): number {
  const others = requests - errors;
  const byErrors = errors > 0 ? errors * Math.log(rate) : 0;
  return byErrors + (others > 0 ? others * Math.log1p(-rate) : 0);
}

/** The largest over the rates from `least` to `most`. */
export function largestWithin(counted: Counted, least: number, most: number): number {
  return logLikelihood(counted, Math.min(most, Math.max(least, rateOf(counted))));
}

/** ln of the probability of counts, in their order, over the prior of their rate. */
export function logMarginal({ errors, requests }: Counted, prior: Prior = PRIOR): number {
  const { errors: a, others: b } = prior;
  return logBeta(a + errors, b + requests - errors) - logBeta(a, b);
}

/** The rate that was seen, and a service's usual one where nothing was. */
export function expectedRate({ errors, requests }: Counted): number {
  return (errors + PRIOR.errors) / (requests + PRIOR.errors + PRIOR.others);
}

/** The rate above, or below, what was seen at which counts are `by` nats less likely than at best. */
export function unlikely(counted: Counted, by: number, side: 'above' | 'below'): number {
  const best = rateOf(counted);
  const wanted = logLikelihood(counted, best) - by;
  let [near, far] = [best, side === 'above' ? 1 : 0];
  for (let halving = 0; halving < 40; halving++) {
    const middle = (near + far) / 2;
    if (logLikelihood(counted, middle) > wanted) near = middle;
    else far = middle;
  }
  return near;
}

function rateOf({ errors, requests }: Counted): number {
  return requests > 0 ? errors / requests : 0;
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** Stirling's series, after the argument was raised to where five terms are exact to 1e-12. */
function logGamma(argument: number): number {
  let x = argument;
  let below = 0;
  for (; x < 10; x++) below += Math.log(x);
  const square = 1 / (x * x);
  const series =
    (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - below;
}
