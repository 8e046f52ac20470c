/**
 * What one look means: the judge, the triggers and the config's own metrics, each with its say. A
 * trigger or a failed metric is bad at once, then comes the judge; what no one can measure is never
 * good. Pure of any cluster, so that a recorded release can be looked at again under another policy.
 */
import { formatDuration } from '../base/duration.ts';
import type { Instant, Verdict } from '../base/vocabulary.ts';
import { judgeFor } from '../judge/choice.ts';
import type { Judgement } from '../judge/judge.ts';
import { isExplained } from '../judge/unpaired/explained.ts';
import { evaluateTriggers, type TriggersEvaluation } from '../triggers/trigger-state.ts';
import { accumulate, curves, factsOf, told } from './accumulate.ts';
import type { AnalysisInput, Policy } from './analysis-input.ts';
import type { AnalysisState, Decision, MetricsGap, Warning } from './analysis-state.ts';
import { evaluateConditions } from './conditions.ts';
import { traced } from './trace.ts';

export interface AnalysisEvaluation {
  readonly tally: AnalysisState;
  readonly verdict: Verdict;
  /** The verdict in words. */
  readonly why: string;
  /** For the record: of a verdict that can end something. */
  readonly decision: Decision;
  /** Why to turn back, if so. */
  readonly turn: string | undefined;
  readonly warnings: readonly Warning[];
  /** What must be waited for, however long a step has lasted: a limit that is exceeded right now. */
  readonly undecided: string | undefined;
  /** Errors that the stable's rate does not explain, where too little was seen to say more. */
  readonly unexplained: string | undefined;
}

export function evaluateAnalysis(
  policy: Policy,
  before: AnalysisState,
  look: AnalysisInput,
): AnalysisEvaluation {
  const { analysis, triggers } = policy;
  const judge = judgeFor(analysis);
  const learnt = accumulate(policy, before, look);
  const looked = evaluateTriggers(triggers, before.memories, factsOf(learnt, look));
  const conditions = evaluateConditions(analysis.metrics, before.conditions, look.values.candidate);
  const said = judge.verdict(learnt.evidence);
  const blind = blindness(learnt, looked, conditions.unmeasurable, said);
  const tally: AnalysisState = {
    ...learnt,
    unseen: unseenBy(look, before.unseen, blind),
    memories: looked.memories,
    conditions: conditions.tallies,
    trace: look.window
      ? traced(learnt.trace, look.window, { ...told(look), ...curves(said) })
      : learnt.trace,
  };
  const warnings = warningsIn(looked, look.at);
  const [exceeded] = looked.undecided;
  const undecided =
    exceeded && `${exceeded.why}, not yet for ${formatDuration(exceeded.trigger.durationMs)}`;
  const end = (verdict: Verdict, rule: string, why: string, numbers = {}): AnalysisEvaluation => {
    const decision: Decision = { at: look.at, verdict, rule, why, numbers, ...tally.totals };
    const turn = verdict === 'bad' ? why : undefined;
    const unexplained =
      verdict === 'not-enough-data' ? unexplainedBy(policy, said, tally) : undefined;
    return { tally, verdict, why, decision, turn, warnings, undecided, unexplained };
  };

  const critical = looked.fired.find(({ trigger }) => trigger.severity === 'critical');
  if (critical) return end('bad', `trigger ${critical.trigger.id}`, critical.why);
  if (conditions.failed !== undefined) return end('bad', 'metric', conditions.failed);
  const judged = `judge ${judge.name}: ${said.rule}`;
  if (look.uncounted === undefined && said.verdict === 'bad') {
    return end('bad', judged, said.why, said.numbers);
  }
  if (blind) {
    const lasted = look.at - blind.since;
    const seen = end(
      'unmeasurable',
      'metrics unmeasurable',
      `${blind.why}, for ${formatDuration(lasted)}`,
    );
    if (lasted < analysis.unmeasurableMs) return seen;
    return { ...seen, turn: `rolled back unseen: ${seen.why}` };
  }
  if (conditions.inconclusive !== undefined) {
    return end('not-enough-data', 'metric', conditions.inconclusive);
  }
  if (exceeded && undecided && (look.uncounted !== undefined || said.verdict === 'good'))
    return end('not-enough-data', `trigger ${exceeded.trigger.id}`, undecided);
  if (look.uncounted !== undefined) {
    return end('good', 'readiness', `by readiness only: ${look.uncounted}`);
  }
  return end(said.verdict, judged, said.why, said.numbers);
}

function warningsIn({ fired }: TriggersEvaluation, at: Instant): Warning[] {
  return fired
    .filter(({ trigger }) => trigger.severity === 'warn')
    .map(({ trigger, why, isFirst }) => ({ at, trigger: trigger.id, why, isFirst }));
}

/** A phase is to be watched for a while, and a while in which nothing was seen does not count. */
function unseenBy(
  { at, step }: AnalysisInput,
  before: MetricsGap,
  blind: Blindness | undefined,
): MetricsGap {
  if (blind) {
    const since = before.since ?? (blind.since > step ? blind.since : step);
    return { ...before, since };
  }
  if (before.since === undefined) return before;
  return { ms: before.ms + at - before.since, since: undefined };
}

/** A judge that knows nothing of it leaves the sums, and what the stable's counters had counted before. */
function unexplainedBy(
  { analysis }: Policy,
  said: Judgement,
  { totals: { candidate, stable }, life }: AnalysisState,
): string | undefined {
  if (analysis.judge === 'sequential') return said.unexplained;
  const requests = stable.requests + (life?.requests ?? 0);
  const errors = stable.errors + (life?.errors ?? 0);
  if (isExplained(candidate, { requests, errors }, analysis.unpaired?.drift ?? 2)) return undefined;
  const told = (part: number, whole: number): string =>
    `${Math.round(part)} of ${Math.round(whole)}`;
  return `${told(candidate.errors, candidate.requests)} against the stable's ${told(errors, requests)}`;
}

type Blindness = { readonly why: string; readonly since: Instant };

/** The first thing that cannot be measured although it must be. */
function blindness(
  { blindSince, blindWhy }: AnalysisState,
  { unmeasurable }: TriggersEvaluation,
  condition: Blindness | undefined,
  { unmeasurableSince: since, why }: Judgement,
): Blindness | undefined {
  if (blindSince !== undefined) return { why: blindWhy ?? '', since: blindSince };
  const [trigger] = unmeasurable;
  return trigger ?? condition ?? (since === undefined ? undefined : { since, why });
}
