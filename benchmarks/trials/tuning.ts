/**
 * What each peer's threshold must be for it to roll back good releases at a given rate: found on
 * releases in which nothing is wrong, from the largest threshold at which each would be rolled back.
 */

import { logEvidenceAgainst, sequential } from '../../core/judge/judges/sequential.ts';
import { logNeeded, SEQUENTIAL_DEFAULTS } from '../../core/judge/policy.ts';
import { type MeasuredWindow, together } from '../../core/judge/sample.ts';
import { shiftBetween, standardised } from '../../core/judge/statistics/mann-whitney-test.ts';
import { random } from '../world/random.ts';
import type { Scenario } from '../world/scenarios.ts';
import { hourOf, lifeOf } from '../world/world.ts';
import { ARGO_FAILURE_LIMIT, FLAGGER_THRESHOLD } from './peers.ts';

export interface Tuned {
  readonly argoErrorRate: number;
  readonly flaggerErrorRate: number;
  /** Of one failing minute, without any patience. */
  readonly onceErrorRate: number;
  readonly kayentaQuantile: number;
  readonly sequentialAlpha: number;
}

export function tune(
  scenario: Scenario,
  rate: number,
  replicates: number,
  seedOf: (replicate: number) => number,
): Tuned {
  const critical = Array.from({ length: replicates }, (_, replicate) =>
    criticalOf(scenario, seedOf(replicate)),
  );
  const at = (read: (one: Critical) => number): number => upperQuantile(critical.map(read), rate);
  return {
    argoErrorRate: at(({ rates }) => rates[ARGO_FAILURE_LIMIT] ?? 0),
    flaggerErrorRate: at(({ rates }) => rates[FLAGGER_THRESHOLD - 1] ?? 0),
    onceErrorRate: at(({ rates }) => rates[0] ?? 0),
    kayentaQuantile: at(({ separation }) => separation),
    sequentialAlpha: Math.exp(logNeeded({ alpha: 1 }) - at(({ evidence }) => evidence)),
  };
}

/** The alpha at which a rate of good releases are rolled back where no stable runs beside the candidate. */
export function tuneAlone(
  scenario: Scenario,
  rate: number,
  replicates: number,
  seedOf: (replicate: number) => number,
): number {
  const policy = { ...SEQUENTIAL_DEFAULTS, beside: 'never', alpha: Number.MIN_VALUE } as const;
  const judge = sequential(policy);
  const highest = Array.from({ length: replicates }, (_, replicate) => {
    const seed = seedOf(replicate);
    let evidence = judge.know(judge.begin(), lifeOf(scenario, random(~seed)));
    let most = 0;
    for (const { window } of hourOf(scenario, random(seed))) {
      evidence = judge.take(evidence, window);
      most = Math.max(most, logEvidenceAgainst(policy, evidence));
    }
    return most;
  });
  return Math.exp(logNeeded({ alpha: 1 }) - upperQuantile(highest, rate));
}

interface Critical {
  /** The candidate's error rates by minute, highest first. */
  readonly rates: readonly number[];
  readonly separation: number;
  readonly evidence: number;
}

function criticalOf(scenario: Scenario, seed: number): Critical {
  const minutes: MeasuredWindow[] = [];
  let open: MeasuredWindow | undefined;
  const policy = { ...SEQUENTIAL_DEFAULTS, toleratedLatencyMs: 0, alpha: Number.MIN_VALUE };
  const judge = sequential(policy);
  let evidence = judge.begin();
  let highest = 0;
  for (const { window } of hourOf(scenario, random(seed))) {
    evidence = judge.take(evidence, window);
    highest = Math.max(highest, logEvidenceAgainst(policy, evidence));
    if (window.kind === 'unmeasured' || window.at <= 0) continue;
    open = open ? together(open, window) : window;
    if (window.at % 60_000 > 0) continue;
    minutes.push(open);
    open = undefined;
  }
  const rates = minutes.map(({ candidate }) => candidate.errors / candidate.requests);
  const stable = minutes.map(({ stable: arm }) => arm.errors / arm.requests);
  return {
    rates: rates.toSorted((a, b) => b - a),
    separation: separationOf(rates, stable),
    evidence: highest,
  };
}

/** The largest quantile at which Kayenta's judge would have called the error rates high, ever. */
function separationOf(candidate: readonly number[], stable: readonly number[]): number {
  let largest = 0;
  for (let points = 5; points <= candidate.length; points++) {
    const x = candidate.slice(0, points).toSorted((a, b) => a - b);
    const y = stable.slice(0, points).toSorted((a, b) => a - b);
    // The statistic falls with the shift: without one it is largest.
    if (standardised(x, y, 0) <= Math.max(largest, 1)) continue;
    const shift = shiftBetween(x, y, 1);
    if (!shift) continue;
    largest = Math.max(largest, standardised(x, y, 0.25 * Math.abs(shift.estimate)));
  }
  return largest;
}

/** The smallest threshold that no more than this share of the values reaches. */
function upperQuantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => b - a);
  const excluded = sorted[Math.floor(share * values.length)] ?? 0;
  return excluded * (1 + 1e-9) + 1e-12;
}
