/**
 * Kayenta's judge (NetflixACAJudge): the candidate's points against the stable's, metric by metric,
 * and a score of how many pass. It bounds the rate of false alarms of one look, not of many: the
 * sequential judge is the default for that reason.
 */
import { formatShare } from '../../base/share.ts';
import type { Judge, Judgement } from '../judge.ts';
import { blindness, type Measurability, see, UNSEEN } from '../measurability.ts';
import { type ArmSample, type MeasuredWindow, together, type Window } from '../sample.ts';
import { quantileOf } from '../statistics/latency.ts';
import { ascending, shiftBetween, standardised } from '../statistics/mann-whitney-test.ts';

export interface MannWhitneyPolicy {
  /** Each point is what happened in so long. */
  readonly intervalMs: number;
  /** Normal quantile of the interval: 2.3263 for 98%. */
  readonly quantile: number;
  /** How many times the stable's mean the candidate's must be. */
  readonly allowedIncrease: number;
  /** Metrics that fail all by themselves. */
  readonly critical: readonly MetricName[];
  /** Scores of 0 to 100: at least `pass` is good, below `marginal` is bad. */
  readonly pass: number;
  readonly marginal: number;
  /** What a step needs before the candidate can be called good. */
  readonly minRequests: number;
  readonly minDurationMs: number;
}

export const MANN_WHITNEY_DEFAULTS: MannWhitneyPolicy = {
  intervalMs: 60_000,
  quantile: 2.3263,
  allowedIncrease: 1,
  critical: ['errors'],
  pass: 95,
  marginal: 75,
  minRequests: 100,
  minDurationMs: 600_000,
};

const METRICS = ['errors', 'latency'] as const;
type MetricName = (typeof METRICS)[number];

/** With fewer points the normal approximation is no approximation: 11% false alarms at two. */
const FEWEST_POINTS = 5;

/** Older points than these are forgotten, so that the evidence stays small. */
const MOST_POINTS = 60;

/** How far the interval must be from no shift, as a share of the estimated shift. */
const TOLERANCE = 0.25;

/** Points of both sides, oldest first: error rate, or p99 in milliseconds. */
interface Points {
  readonly candidate: readonly number[];
  readonly stable: readonly number[];
}

/** Plain JSON, bounded. */
export interface MannWhitneyEvidence {
  readonly judge: 'mann-whitney';
  readonly points: Readonly<Record<MetricName, Points>>;
  /** What has been measured of the next point. */
  readonly open: MeasuredWindow | undefined;
  readonly step: { readonly forMs: number; readonly requests: number };
  readonly sight: Measurability;
}

const NO_POINTS: Points = { candidate: [], stable: [] };
const NO_STEP = { forMs: 0, requests: 0 };
const BEGINNING: MannWhitneyEvidence = {
  judge: 'mann-whitney',
  points: { errors: NO_POINTS, latency: NO_POINTS },
  open: undefined,
  step: NO_STEP,
  sight: UNSEEN,
};

export function mannWhitney(policy: MannWhitneyPolicy): Judge<MannWhitneyEvidence> {
  return {
    name: 'mann-whitney',
    begin: () => BEGINNING,
    know: (evidence) => evidence,
    step: (evidence) => ({ ...evidence, step: NO_STEP }),
    take: (evidence, window) => take(policy, evidence, window),
    verdict: (evidence) => verdict(policy, evidence),
  };
}

function take(
  { intervalMs }: MannWhitneyPolicy,
  evidence: MannWhitneyEvidence,
  window: Window,
): MannWhitneyEvidence {
  const sight = see(evidence.sight, window);
  if (window.kind === 'unmeasured' || sight.blind) return { ...evidence, sight };
  const step = {
    forMs: evidence.step.forMs + window.forMs,
    requests: evidence.step.requests + window.candidate.requests,
  };
  const open = evidence.open ? together(evidence.open, window) : window;
  if (open.forMs < intervalMs) return { ...evidence, open, step, sight };
  const { errors, latency } = evidence.points;
  const points = {
    errors: added(errors, open, (arm) => arm.errors / arm.requests),
    latency: added(latency, open, (arm) => arm.latency && quantileOf(arm.latency, 0.99)),
  };
  return { ...evidence, points, open: undefined, step, sight };
}

/** A point without requests is none: NaN is dropped, as Kayenta does. */
function added(
  { candidate, stable }: Points,
  window: MeasuredWindow,
  read: (arm: ArmSample) => number | undefined,
): Points {
  const next = (points: readonly number[], arm: ArmSample): readonly number[] => {
    const value = read(arm) ?? Number.NaN;
    return Number.isFinite(value) ? [...points, value].slice(-MOST_POINTS) : points;
  };
  return { candidate: next(candidate, window.candidate), stable: next(stable, window.stable) };
}

/** `high` where the candidate's values lie clearly above the stable's. */
function classify(
  { quantile, allowedIncrease }: Pick<MannWhitneyPolicy, 'quantile' | 'allowedIncrease'>,
  { candidate, stable }: Points,
): { readonly rating: 'pass' | 'high' | 'no-data'; readonly effect: number } {
  if (candidate.length < FEWEST_POINTS || stable.length < FEWEST_POINTS) {
    return { rating: 'no-data', effect: 1 };
  }
  const effect = mean(stable) > 0 ? mean(candidate) / mean(stable) : mean(candidate) > 0 ? 1e9 : 1;
  // The interval's lower end is above 0 just where this is: no need then to look for it.
  if (standardised(ascending(candidate), ascending(stable), 0) <= quantile) {
    return { rating: 'pass', effect };
  }
  const shift = shiftBetween(candidate, stable, quantile);
  const high = shift !== undefined && shift.lower > TOLERANCE * Math.abs(shift.estimate);
  return { rating: high && effect >= allowedIncrease ? 'high' : 'pass', effect };
}

function verdict(policy: MannWhitneyPolicy, evidence: MannWhitneyEvidence): Judgement {
  const rated = METRICS.map((metric) => ({ metric, ...classify(policy, evidence.points[metric]) }));
  const known = rated.filter(({ rating }) => rating !== 'no-data');
  const failing = known.filter(({ rating }) => rating === 'high');
  const critical = failing.some(({ metric }) => policy.critical.includes(metric));
  const score = critical ? 0 : (100 * (known.length - failing.length)) / known.length;
  const { step } = evidence;
  const points = evidence.points.errors.candidate.length;
  const numbers = {
    points,
    stepRequests: step.requests,
    ...(known.length > 0 ? { score } : {}),
    ...Object.fromEntries(known.map(({ metric, effect }) => [`${metric}Ratio`, effect])),
  };
  const told = known.map(
    ({ metric, effect }) => `${metric} ${formatShare(effect)} of the stable's`,
  );
  const why = `score ${Math.round(score)} over ${points} points: ${told.join(', ')}`;
  if (known.length > 0 && score < policy.marginal) {
    return { verdict: 'bad', rule: failing[0]?.metric ?? 'score', why, numbers };
  }
  const blind = blindness(evidence.sight);
  if (blind) {
    const { why: cause, since } = blind;
    return {
      verdict: 'unmeasurable',
      rule: 'sight',
      why: cause,
      numbers,
      unmeasurableSince: since,
    };
  }
  if (points < FEWEST_POINTS || known.length === 0) {
    const lacking = `${points} of the ${FEWEST_POINTS} points that the test needs`;
    return { verdict: 'not-enough-data', rule: 'points', why: lacking, numbers };
  }
  const served = step.requests >= policy.minRequests && step.forMs >= policy.minDurationMs;
  const enough = served && score >= policy.pass;
  return { verdict: enough ? 'good' : 'not-enough-data', rule: 'score', why, numbers };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
