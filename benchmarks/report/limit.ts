/**
 * How far from what is possible: Wald's bound on the requests that a test with at most `alpha` false
 * rollbacks needs on average, ln(1/alpha) / g, where g is the growth of the best evidence a request.
 */
import type { Scenario } from '../world/scenarios.ts';
import { FINE_MS } from '../world/world.ts';

/** Bad requests that a test must let pass on average; undefined where rates move. */
export interface Limit {
  /** Against a stable whose rate has to be learnt beside it, or is known from before. */
  readonly badRequests: number;
  /** The same where the stable's rate may have drifted, which is another question. */
  readonly withDrift: number | undefined;
}

export function limitOf(
  { constant, traffic, weight }: Scenario,
  alpha: number,
  drift: number,
): Limit | undefined {
  if (!constant || constant.stable === 0) return undefined;
  const { stable, candidate } = constant;
  // Nobody stops before the first bad request, nor before the first reading has come.
  const ofReading = (candidate * traffic(0) * weight(0) * FINE_MS) / 60_000;
  const bad = (growth: number): number =>
    Math.max(1, ofReading, (candidate * -Math.log(alpha)) / growth);
  if (weight(0) < 1) {
    const mean = (stable + candidate) / 2;
    const growth = divergence(candidate, mean) + divergence(stable, mean);
    return { badRequests: bad(growth), withDrift: undefined };
  }
  const allowed = drift * stable;
  return {
    badRequests: bad(divergence(candidate, stable)),
    withDrift: candidate > allowed ? bad(divergence(candidate, allowed)) : undefined,
  };
}

/** Kullback and Leibler's, of two coins, in nats. */
function divergence(p: number, q: number): number {
  const part = (a: number, b: number): number => (a === 0 ? 0 : a * Math.log(a / b));
  return part(p, q) + part(1 - p, 1 - q);
}
