/**
 * A recorded release again under another policy: what would have been decided, when, and how many
 * requests would have failed until then. It knows no more than was measured: traffic that the other
 * policy would have routed elsewhere was routed as it was.
 */

import { accumulateBefore } from '../analysis/accumulate.ts';
import type { Policy } from '../analysis/analysis-input.ts';
import { type AnalysisState, FRESH } from '../analysis/analysis-state.ts';
import { type AnalysisEvaluation, evaluateAnalysis } from '../analysis/evaluate.ts';
import { type TracePoint, windowOf } from '../analysis/trace.ts';
import { type Instant, instant, type Side } from '../base/vocabulary.ts';
import type { Entry } from '../journal/journal.ts';
import type { Counted, MeasuredWindow } from '../judge/sample.ts';
import { type Measured, unmeasurable } from '../metrics/metric.ts';
import { isCheck, type Values } from '../triggers/facts.ts';

export interface Replayed {
  /** `turned` at this moment, or `lasted` to the end of what was recorded. */
  readonly kind: 'turned' | 'lasted';
  readonly afterMs: number;
  readonly last: Pick<AnalysisEvaluation, 'verdict' | 'why' | 'decision'>;
  readonly warnings: readonly string[];
}

/** Undefined where nothing was recorded. */
export function replay({ state }: Entry, policy: Policy): Replayed | undefined {
  const { trace, life, stableBefore } = state.tally ?? FRESH;
  const [first] = trace.points;
  if (!first) return undefined;
  const began = instant(first.at - first.forMs);
  let tally: AnalysisState = life ? { ...FRESH, life } : FRESH;
  if (stableBefore) tally = accumulateBefore(policy.analysis, tally, before(stableBefore, began));
  let last: AnalysisEvaluation | undefined;
  const warnings: string[] = [];
  for (const point of trace.points) {
    last = evaluateAnalysis(policy, tally, lookOf(point, trace.bounds, began));
    tally = last.tally;
    warnings.push(...last.warnings.map(({ why }) => why));
    if (last.turn !== undefined) {
      return { kind: 'turned', afterMs: point.at - began, last, warnings };
    }
  }
  const end = trace.points.at(-1) ?? first;
  return last && { kind: 'lasted', afterMs: end.at - began, last, warnings };
}

/** What was known of the stable before the first point, as one window: it is kept as a sum. */
function before(stable: Counted, at: Instant): MeasuredWindow {
  return { kind: 'measured', at, forMs: 0, candidate: { requests: 0, errors: 0 }, stable };
}

function lookOf(point: TracePoint, bounds: readonly number[], began: Instant) {
  const [ready = 0, expected = 0, restarts = 0] = point.pods ?? [];
  return {
    at: point.at,
    step: began,
    window: windowOf(point, bounds),
    values: { candidate: valuesOf(point, 'candidate'), stable: valuesOf(point, 'stable') },
    // Which pod it was is not recorded: the restarts are told of all together.
    health: { ready, expected, restarts: { 'all pods': restarts } },
    uncounted: undefined,
  };
}

function valuesOf({ at, values = {} }: TracePoint, side: Side): Values {
  const suffix = `/${side}`;
  const told = Object.entries(values).filter(([key]) => key.endsWith(suffix));
  return Object.fromEntries(
    told.map(([key, value]): [string, Measured] => [
      key.slice(0, -suffix.length),
      // The record keeps a check that failed as zero.
      isCheck(key) && value === 0
        ? unmeasurable(at, 'no-answer', 'it did not answer')
        : { kind: 'value', at, value },
    ]),
  );
}
