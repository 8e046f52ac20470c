/** The shape of what a release has measured, and of what it remembers of its looks. */
import type { AnalysisState, Decision, MetricsGap } from '../../analysis/analysis-state.ts';
import type { ConditionState } from '../../analysis/conditions.ts';
import type { Trace, TracePoint } from '../../analysis/trace.ts';
import {
  anything,
  both,
  each,
  fields,
  type JsonShape,
  maybe,
  number,
  object,
  text,
  values,
} from '../../plan/shape/json.ts';
import type { KindState } from '../../triggers/kinds/registry.ts';
import type { TriggerState } from '../../triggers/trigger-state.ts';
import { counted, evidence, measuredWindow } from './evidence.ts';

export const decision = fields<Decision>({
  at: number,
  verdict: text,
  rule: text,
  why: text,
  candidate: counted,
  stable: counted,
  numbers: values(number),
});

const point = fields<TracePoint>({
  at: number,
  forMs: number,
  candidate: maybe(each(number)),
  stable: maybe(each(number)),
  why: maybe(text),
  weight: maybe(number),
  values: maybe(values(number)),
  pods: maybe(each(number)),
  numbers: maybe(values(number)),
});

/** Of what the kinds of triggers remember, what is walked through: a number that is none only fires later. */
const memory = both(
  fields<Omit<TriggerState, keyof KindState>>({
    exceededSince: maybe(number),
    firedAt: maybe(number),
    unmeasurableSince: maybe(number),
  }),
  fields<Pick<KindState, 'checkedAt' | 'failures' | 'restarts' | 'restartedAt'>>({
    checkedAt: maybe(number),
    failures: maybe(number),
    restarts: maybe(values(number)),
    restartedAt: maybe(values(each(number))),
  }),
);

const condition = fields<ConditionState>({
  lastAt: maybe(number),
  taken: number,
  failures: number,
  inconclusive: number,
  errorsInARow: number,
  erringSince: maybe(number),
});

/** The same of either side. */
export const sides = (check: JsonShape): JsonShape =>
  fields<AnalysisState['totals']>({ stable: check, candidate: check });

export const tally = fields<AnalysisState>({
  last: sides(object),
  cpu: object,
  windowAt: maybe(number),
  // Of one process: the next one counts anew.
  probes: anything,
  owed: anything,
  before: anything,
  life: maybe(counted),
  stableBefore: maybe(counted),
  recent: each(measuredWindow),
  totals: sides(counted),
  evidence: maybe(evidence),
  step: maybe(number),
  memories: values(memory),
  conditions: values(condition),
  blindSince: maybe(number),
  blindWhy: maybe(text),
  unseen: fields<MetricsGap>({ ms: number, since: maybe(number) }),
  usualThroughput: maybe(number),
  trace: fields<Trace>({ bounds: each(number), points: each(point) }),
});
