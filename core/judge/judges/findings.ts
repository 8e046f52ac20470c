/** What the sequential judge's evidence amounts to: each test's logarithm, and their average. */

import type { SequentialEvidence } from '../evidence.ts';
import {
  ALTERNATIVES,
  ERROR_WEIGHTS,
  logNeeded,
  type SequentialPolicy,
  TEST_WEIGHTS,
  TESTS,
  type Test,
} from '../policy.ts';
import { logAverage, logEvidence } from '../statistics/e-process.ts';
import { logsOfLatency } from '../statistics/latency.ts';
import { logAgainstBefore, logAgainstTolerated } from '../unpaired/against-a-rate.ts';
import { UNKNOWN } from '../unpaired/baseline.ts';
import { logReassurance } from '../unpaired/good-enough.ts';
import { QUANTILES_ALONE } from '../unpaired/latency.ts';

/** Evidence as natural logarithms, and what it was gathered from. */
export interface Findings extends Pick<SequentialEvidence, 'counted' | 'step' | 'sight'> {
  readonly alone: SequentialEvidence['alone'] | undefined;
  readonly log: number;
  /** By test, without its weight. */
  readonly tests: Readonly<Record<Test, number>>;
  /** Of latency, by quantile: beside the stable, and against the stable before. */
  readonly byQuantile: readonly number[];
  readonly byQuantileAlone: readonly number[];
  readonly reassurance: number;
  readonly slow: SequentialEvidence['latency']['slow'];
  readonly slowAlone: NonNullable<SequentialEvidence['latencyAlone']>;
  readonly baseline: NonNullable<SequentialEvidence['baseline']>;
  readonly pending: SequentialEvidence['pending'];
}

export function findings(policy: SequentialPolicy, evidence: SequentialEvidence): Findings {
  const { alone, latencyAlone = [], baseline = UNKNOWN } = evidence;
  const byQuantile = logsOfLatency(evidence.latency, ALTERNATIVES.weights);
  const byQuantileAlone = latencyAlone.map((beyond, index) =>
    logAgainstBefore(beyond.alone, beyond.before, priorOf(QUANTILES_ALONE[index] ?? 0.99)),
  );
  const tests = {
    errors: logEvidence(evidence.errors, ERROR_WEIGHTS),
    before: alone ? logAgainstBefore(alone, baseline) : 0,
    tolerated: alone ? logAgainstTolerated(alone) : 0,
    latency: average(byQuantile),
    latencyBefore: average(byQuantileAlone),
  };
  const weights = TEST_WEIGHTS[policy.beside];
  return {
    log: logAverage(
      TESTS.map((name) => tests[name]),
      TESTS.map((name) => weights[name]),
    ),
    tests,
    byQuantile,
    byQuantileAlone,
    reassurance: logReassurance(policy, evidence.reassurance, alone, baseline),
    counted: evidence.counted,
    alone,
    baseline,
    pending: evidence.pending,
    slow: evidence.latency.slow,
    slowAlone: latencyAlone,
    step: evidence.step,
    sight: evidence.sight,
  };
}

function average(logs: readonly number[]): number {
  return logs.length === 0
    ? 0
    : logAverage(
        logs,
        logs.map(() => 1 / logs.length),
      );
}

/** Of what lies above a quantile, so much is known before anything is seen. */
function priorOf(quantile: number): { errors: number; others: number } {
  return { errors: 1, others: quantile / (1 - quantile) };
}

/** The bound is crossed that a candidate as good as the stable hardly ever crosses. */
export function isBad(policy: SequentialPolicy, { log }: Findings): boolean {
  return log >= logNeeded(policy);
}
