/** Plays a scenario: an hour of traffic on two sides of four pods, as a metrics source reports it. */

import { instant } from '../../core/base/vocabulary.ts';
import type { ArmSample, Counted, Window } from '../../core/judge/sample.ts';
import type { Random } from './random.ts';
import type { Scenario } from './scenarios.ts';

/**
 * A release is looked at every second. The benchmark does so for three minutes, in which most of what is
 * bad is found; before and after, it saves time.
 */
export const FINE_MS = 1_000;
const [FINE_UNTIL_MS, COARSE_MS] = [180_000, 15_000];
const HOUR_MS = 3_600_000;

/** The stable is watched for so long while the candidate starts. */
const WARM_UP_MS = 600_000;
const PODS = ['a', 'b', 'c', 'd'] as const;

/** Shapes of the gamma distribution that pods' error rates are drawn from: variance 1 / shape. */
const NOISE_SHAPE = { 'by-minute': 1, 'for-life': 15 } as const;

/** Response times are log-normal around 80 ms. */
const MEDIAN_MS = 80;
const SIGMA = 0.4;
const BOUNDS_MS = [50, 75, 100, 150, 200, 300, 500] as const;
const USUAL = sharesOf(1);
const SLOW = sharesOf(2);

/** What was reported, and what the candidate really did meanwhile. */
export interface Moment {
  readonly window: Window;
  readonly requests: number;
  /** Errors, and requests that were slower than they should be. */
  readonly badRequests: number;
}

export function* hourOf(scenario: Scenario, random: Random): Generator<Moment> {
  const noise = { candidate: noiseOf(scenario, random), stable: noiseOf(scenario, random) };
  let unseen: { candidate: ArmSample; stable: ArmSample; forMs: number } | undefined;
  let windowMs = COARSE_MS;
  for (let startMs = -WARM_UP_MS; startMs < HOUR_MS; startMs += windowMs) {
    windowMs = startMs >= 0 && startMs < FINE_UNTIL_MS ? FINE_MS : COARSE_MS;
    const minute = startMs / 60_000;
    const weight = minute < 0 ? 0 : scenario.weight(minute);
    const requests = (scenario.traffic(minute) * windowMs) / 60_000;
    const rate = { candidate: scenario.candidateRate(minute), stable: scenario.stableRate(minute) };
    const slow = scenario.slowShare(minute);
    const candidate = serve(
      random,
      requests * weight,
      rate.candidate,
      noise.candidate(minute),
      slow,
    );
    const stable = serve(random, requests * (1 - weight), rate.stable, noise.stable(minute), 0);
    const at = instant(startMs + windowMs);
    const seen = {
      candidate: unseen ? sum(unseen.candidate, candidate.sample) : candidate.sample,
      stable: unseen ? sum(unseen.stable, stable.sample) : stable.sample,
      forMs: (unseen?.forMs ?? 0) + windowMs,
    };
    const missed = scenario.gaps > 0 && random.uniform() < scenario.gaps;
    unseen = missed ? seen : undefined;
    const window: Window = missed
      ? { kind: 'unmeasured', at, forMs: windowMs, why: 'timeout' }
      : {
          kind: 'measured',
          at,
          candidateWeight: weight,
          ...seen,
          ...(scenario.reports ? {} : { candidate: { requests: 0, errors: 0 } }),
        };
    yield {
      window,
      requests: candidate.sample.requests,
      badRequests: candidate.sample.errors + candidate.slow,
    };
  }
}

/** What the stable's counters had counted in the day before, at the rates of its first minute. */
export function lifeOf({ hasLife, traffic, stableRate }: Scenario, random: Random): Counted {
  if (!hasLife) return { requests: 0, errors: 0 };
  const requests = random.poisson(traffic(0) * 60 * 24);
  return { requests, errors: random.binomial(requests, stableRate(-WARM_UP_MS / 60_000)) };
}

function serve(
  random: Random,
  mean: number,
  rate: number,
  noise: readonly number[],
  slowShare: number,
): { sample: ArmSample; slow: number } {
  const pods: Record<string, Counted> = {};
  let [requests, errors] = [0, 0];
  PODS.forEach((pod, index) => {
    const served = random.poisson(mean / PODS.length);
    const failed = random.binomial(served, Math.min(1, rate * (noise[index] ?? 1)));
    pods[pod] = { requests: served, errors: failed };
    requests += served;
    errors += failed;
  });
  const slow = random.binomial(requests, slowShare);
  const counts = spread(random, requests - slow, USUAL);
  if (slow > 0) {
    spread(random, slow, SLOW).forEach((count, bucket) => {
      counts[bucket] = (counts[bucket] ?? 0) + count;
    });
  }
  const latency = { upperBoundsMs: BOUNDS_MS, counts };
  return { sample: { requests, errors, latency, pods }, slow };
}

/** Multinomial: each bucket takes its part of what is left. */
function spread(random: Random, requests: number, shares: readonly number[]): number[] {
  let [left, rest] = [requests, 1];
  return shares.map((share) => {
    const count = random.binomial(left, Math.min(1, share / rest));
    left -= count;
    rest -= share;
    return count;
  });
}

function noiseOf({ noise }: Scenario, random: Random): (minute: number) => readonly number[] {
  if (noise === 'alike') return () => [];
  const drawn = (): readonly number[] => PODS.map(() => random.gamma(NOISE_SHAPE[noise]));
  let [current, since] = [drawn(), 0];
  return (minute) => {
    if (noise === 'by-minute' && Math.floor(minute) !== since) {
      [current, since] = [drawn(), Math.floor(minute)];
    }
    return current;
  };
}

function sum(a: ArmSample, b: ArmSample): ArmSample {
  const pods = Object.fromEntries(
    Object.entries(b.pods ?? {}).map(([pod, now]) => {
      const before = a.pods?.[pod] ?? { requests: 0, errors: 0 };
      return [
        pod,
        { requests: before.requests + now.requests, errors: before.errors + now.errors },
      ];
    }),
  );
  const counts = (b.latency?.counts ?? []).map((n, i) => n + (a.latency?.counts[i] ?? 0));
  return {
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    latency: { upperBoundsMs: BOUNDS_MS, counts },
    pods,
  };
}

function sharesOf(factor: number): readonly number[] {
  const below = BOUNDS_MS.map((bound) => normalCdf(Math.log(bound / (MEDIAN_MS * factor)) / SIGMA));
  return [...below, 1].map((share, index) => share - (below[index - 1] ?? 0));
}

/** Abramowitz and Stegun 26.2.17, to 7.5e-8. */
function normalCdf(z: number): number {
  if (z < 0) return 1 - normalCdf(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const tail = series.reduceRight((sum, coefficient) => (sum + coefficient) * t, 0);
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * tail;
}
