/** What the sequential judge is told to hold to, and what it holds to unless told. */

/** always: as in a canary · at first: until the last old pod is gone, as in rolling · never: instant blue-green. */
export type Beside = 'always' | 'at first' | 'never';

export interface SequentialPolicy {
  /** Bound on the probability that a candidate no worse than the stable is ever called bad. */
  readonly alpha: number;
  /** Bound on the probability that a candidate at least `worseThan` times as bad is called good. */
  readonly promotionAlpha: number;
  /** A candidate is good enough where it is shown to make fewer than so many times the errors... */
  readonly worseThan: number;
  /** ...or where its error rate is shown to be below this, whatever the stable's. */
  readonly harmlessErrorRate: number;
  /** Where no stable runs beside it, an error rate above this is bad, whatever was before. */
  readonly toleratedErrorRate: number;
  /** So many times the stable's rate before the release may be the time's doing, not the candidate's. */
  readonly drift: number;
  /** Where the plan leads one to expect a stable beside the candidate. */
  readonly beside: Beside;
  /** A request that takes less than this is no harm: a cold cache, a pod that has just started. */
  readonly toleratedLatencyMs: number;
  /** What a step needs before the candidate can be called good. */
  readonly minRequests: number;
  readonly minDurationMs: number;
}

export const SEQUENTIAL_DEFAULTS: SequentialPolicy = {
  alpha: 0.01,
  promotionAlpha: 0.05,
  worseThan: 2,
  harmlessErrorRate: 0.005,
  toleratedErrorRate: 0.05,
  drift: 2,
  beside: 'always',
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
 * Candidates that fail so often that their answers without an error count too: with little traffic
 * these are found several requests earlier than by how errors fall on the sides. Rates of 0 to 1.
 */
export const OUTRIGHT = [
  { candidate: 0.3, stable: 0.01 },
  { candidate: 0.85, stable: 0.01 },
] as const;

/** Of the ratios together, then of each of OUTRIGHT. */
export const ERROR_WEIGHTS: readonly number[] = [
  ...ALTERNATIVES.weights.map((weight) => 0.94 * weight),
  0.015,
  0.045,
];

/**
 * The part of alpha that the tests spend. The rest is kept for what they assume and no cluster quite
 * grants: that requests fail independently, and that pods' noise is known rather than estimated.
 */
const SPENT = 0.5;

/** ln of the evidence that is enough to call a candidate bad. */
export function logNeeded({ alpha }: Pick<SequentialPolicy, 'alpha'>): number {
  return -Math.log(SPENT * alpha);
}

/** What a candidate is called bad by. */
export const TESTS = ['errors', 'before', 'tolerated', 'latency', 'latencyBefore'] as const;
export type Test = (typeof TESTS)[number];

/**
 * How alpha is split: an average of e-values never decides later than alpha's parts would. The split
 * is fixed by the plan, before anything is measured. errors, latency: against the stable beside it ·
 * before, latencyBefore: against the stable before the release · tolerated: against what is tolerated
 * at all.
 */
export const TEST_WEIGHTS: Readonly<Record<Beside, Readonly<Record<Test, number>>>> = {
  always: { errors: 0.82, before: 0.03, tolerated: 0.03, latency: 0.11, latencyBefore: 0.01 },
  'at first': { errors: 0.4, before: 0.3, tolerated: 0.14, latency: 0.09, latencyBefore: 0.07 },
  never: { errors: 0.06, before: 0.56, tolerated: 0.22, latency: 0.02, latencyBefore: 0.14 },
};
