/** What the sequential judge is told to hold to, and what it holds to unless told. */

export interface SequentialPolicy {
  /** Bound on the probability that a candidate no worse than the stable is ever called bad. */
  readonly alpha: number;
  /** Bound on the probability that a candidate at least `worseThan` times as bad is called good. */
  readonly promotionAlpha: number;
  /** A candidate is good enough where it is shown to make fewer than so many times the errors... */
  readonly worseThan: number;
  /** ...or where its error rate is shown to be below this, whatever the stable's. */
  readonly toleratedErrorRate: number;
  /** Nobody minds a request that takes less than this: a cold cache, a pod that has just started. */
  readonly toleratedLatencyMs: number;
  /** What a step needs before the candidate can be called good. */
  readonly minRequests: number;
  readonly minDurationMs: number;
}

export const SEQUENTIAL_DEFAULTS: SequentialPolicy = {
  alpha: 0.01,
  promotionAlpha: 0.05,
  worseThan: 2,
  toleratedErrorRate: 0.005,
  toleratedLatencyMs: 100,
  minRequests: 100,
  minDurationMs: 60_000,
};

/** How many times as bad a bad candidate may be, and how much is staked on each. */
export const ALTERNATIVES = {
  ratios: [1.1, 1.25, 1.5, 2, 3, 5, 10, 30],
  weights: [0.03, 0.05, 0.1, 0.2, 0.27, 0.2, 0.1, 0.05],
} as const;

/**
 * The part of alpha that the tests spend. The rest is kept for what they assume and no cluster quite
 * grants: that requests fail independently, and that pods' noise is known rather than estimated.
 */
const SPENT = 0.5;

/** ln of the evidence that is enough to call a candidate bad. */
export function logNeeded({ alpha }: Pick<SequentialPolicy, 'alpha'>): number {
  return -Math.log(SPENT * alpha);
}

/** How alpha is split: an average of e-values never decides later than alpha's parts would. */
export const METRIC_WEIGHTS = { errors: 0.85, latency: 0.15 } as const;
