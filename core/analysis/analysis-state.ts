/** What a release remembers of what it has measured, and what it has decided by it. */

import type { Instant, Side, Verdict } from '../base/vocabulary.ts';
import type { ProbeCounts } from '../cluster/prober.ts';
import type { Evidence } from '../judge/registry.ts';
import type { Counted, MeasuredWindow } from '../judge/sample.ts';
import type { Owed } from '../metrics/shared.ts';
import type { CountersByKey } from '../metrics/traffic.ts';
import type { TriggerStates } from '../triggers/trigger-state.ts';
import type { ConditionStates } from './conditions.ts';
import { NO_TRACE, type Trace } from './trace.ts';
import type { CpuUsage } from './values.ts';

/** A verdict that ended something, with all that it rests on: a line of the record. */
export interface Decision {
  readonly at: Instant;
  readonly verdict: Verdict;
  /** `trigger error_rate gt 10%`, `judge sequential: errors`, `metric p99`, `metrics unmeasurable`. */
  readonly rule: string;
  readonly why: string;
  /** Requests and errors of either side since the watch began. */
  readonly candidate: Counted;
  readonly stable: Counted;
  /** The rule's own numbers, by name. */
  readonly numbers: Readonly<Record<string, number>>;
}

/** Time that was not watching, since nothing could be said of the candidate. */
export interface MetricsGap {
  /** Of this phase, as far as it is over. */
  readonly ms: number;
  /** Since when again nothing can be said. */
  readonly since: Instant | undefined;
}

export const ALL_SEEN: MetricsGap = { ms: 0, since: undefined };

/** Plain JSON of bounded size. */
export interface AnalysisState {
  /** The last counters of either side, for the difference to the next. */
  readonly last: Readonly<Record<Side, CountersByKey>>;
  readonly cpu: Readonly<Record<string, CpuUsage>>;
  /** When the last window ended. */
  readonly windowAt: Instant | undefined;
  /** What the prober had sent by then, and what of it the pods had not counted yet. */
  readonly probes?: ProbeCounts;
  readonly owed?: Owed;
  /** What the stable's counters had counted before the release looked. Older journals lack it. */
  readonly life?: Counted;
  /** What it counted since, before the candidate had a request. Older journals lack it. */
  readonly stableBefore?: Counted;
  /** Its counters meanwhile, and the prober's, for the difference to the next. */
  readonly before?: {
    readonly at: Instant;
    readonly counters: CountersByKey;
    readonly probes: ProbeCounts;
    readonly owed: Owed;
  };
  /** As far back as any trigger looks. */
  readonly recent: readonly MeasuredWindow[];
  readonly totals: Readonly<Record<Side, Counted>>;
  /** Of the judge's own making; undefined before the first window. */
  readonly evidence: Evidence | undefined;
  /** The step that the evidence is in, by when it began. */
  readonly step: Instant | undefined;
  readonly memories: TriggerStates;
  readonly conditions: ConditionStates;
  /** Since when requests could not be counted, and why not. */
  readonly blindSince: Instant | undefined;
  readonly blindWhy?: string;
  readonly unseen: MetricsGap;
  readonly usualThroughput: number | undefined;
  readonly trace: Trace;
}

const NOTHING: Counted = { requests: 0, errors: 0 };

export const FRESH: AnalysisState = {
  last: { stable: {}, candidate: {} },
  cpu: {},
  windowAt: undefined,
  recent: [],
  totals: { stable: NOTHING, candidate: NOTHING },
  evidence: undefined,
  step: undefined,
  memories: {},
  conditions: {},
  blindSince: undefined,
  unseen: ALL_SEEN,
  usualThroughput: undefined,
  trace: NO_TRACE,
};

/** What the journal keeps: counters are read anew by the next process. */
export function kept(tally: AnalysisState): AnalysisState {
  const { probes: _, owed: __, before: ___, ...rest } = tally;
  return { ...rest, last: FRESH.last, cpu: {}, windowAt: undefined, recent: [] };
}

/** A trigger that warns has fired. */
export interface Warning {
  readonly at: Instant;
  /** Its id. */
  readonly trigger: string;
  readonly why: string;
  /** Whether it had not fired in this release before. */
  readonly isFirst: boolean;
}
