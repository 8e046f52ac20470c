/**
 * Metrics with conditions, counted as Argo Rollouts counts an AnalysisRun: a measurement succeeds,
 * fails or is inconclusive, and each has its limit; errors in a row are the source's fault, not the
 * candidate's. https://argo-rollouts.readthedocs.io/en/stable/features/analysis/
 */

import type { Instant } from '../base/vocabulary.ts';
import type { Metric } from '../metrics/custom-metric.ts';
import type { Measured } from '../metrics/metric.ts';

/** Plain JSON. */
export interface ConditionState {
  readonly lastAt?: Instant;
  readonly taken: number;
  readonly failures: number;
  readonly inconclusive: number;
  readonly errorsInARow: number;
  readonly erringSince?: Instant;
}

export type ConditionStates = Readonly<Record<string, ConditionState>>;

export interface ConditionsEvaluation {
  readonly tallies: ConditionStates;
  readonly failed: string | undefined;
  readonly inconclusive: string | undefined;
  readonly unmeasurable: { readonly why: string; readonly since: Instant } | undefined;
}

const NONE: ConditionState = { taken: 0, failures: 0, inconclusive: 0, errorsInARow: 0 };

export function evaluateConditions(
  metrics: readonly Metric[],
  before: ConditionStates,
  candidate: Readonly<Record<string, Measured>>,
): ConditionsEvaluation {
  const tallies: Record<string, ConditionState> = {};
  let failed: string | undefined;
  let inconclusive: string | undefined;
  let unmeasurable: ConditionsEvaluation['unmeasurable'];
  for (const metric of metrics) {
    if (metric.success === undefined && metric.failure === undefined) continue;
    const measured = candidate[metric.name];
    const tally = counted(metric, before[metric.name] ?? NONE, measured);
    tallies[metric.name] = tally;
    const of = (count: number): string =>
      `${count} of ${tally.taken} measurements of ${metric.name}`;
    if (tally.failures > metric.failureLimit) {
      failed ??= `${of(tally.failures)} failed, the last was ${shown(measured)}`;
    }
    if (tally.inconclusive > metric.inconclusiveLimit) {
      inconclusive ??= `${of(tally.inconclusive)} were inconclusive`;
    }
    if (tally.errorsInARow > metric.consecutiveErrorLimit && tally.erringSince !== undefined) {
      const why = `${metric.name} could not be measured ${tally.errorsInARow} times in a row: ${shown(measured)}`;
      unmeasurable ??= { why, since: tally.erringSince };
    }
  }
  return { tallies, failed, inconclusive, unmeasurable };
}

/** The tally with this measurement, unless it is the one that was counted last. */
function counted(
  metric: Metric,
  tally: ConditionState,
  measured: Measured | undefined,
): ConditionState {
  if (!measured || measured.kind === 'counted' || measured.at === tally.lastAt) return tally;
  if (metric.count !== undefined && tally.taken >= metric.count) return tally;
  const { erringSince = measured.at, ...rest } = tally;
  if (measured.kind === 'unmeasurable') {
    const errorsInARow = tally.errorsInARow + 1;
    return { ...rest, lastAt: measured.at, errorsInARow, erringSince };
  }
  return {
    ...rest,
    lastAt: measured.at,
    taken: tally.taken + 1,
    errorsInARow: 0,
    failures: tally.failures + (measured.met === 'failure' ? 1 : 0),
    inconclusive: tally.inconclusive + (measured.met === 'inconclusive' ? 1 : 0),
  };
}

function shown(measured: Measured | undefined): string {
  if (measured?.kind === 'value') return `${Number(measured.value.toPrecision(4))}`;
  return measured?.kind === 'unmeasurable' ? `${measured.oddity}: ${measured.why}` : 'nothing';
}
