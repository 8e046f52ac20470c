/**
 * Limits as Argo Rollouts' AnalysisTemplates have them: each metric is measured at intervals, each
 * measurement succeeds, fails, is inconclusive or goes wrong, and so many of a kind end the matter.
 * It knows no stable beside the candidate unless a condition names it, and bounds no rate of false
 * alarms: its limits are as good as who set them.
 */
import type { Judge, Judgement } from '../judge.ts';
import { blindness, type Measurability, see, UNSEEN } from '../measurability.ts';
import { type MeasuredWindow, together, type Window } from '../sample.ts';

/** What a condition says of a stretch of time, or why it says nothing. */
export type Answer = 'holds' | 'fails' | { readonly problem: string };

/** Evaluates a condition; the language is the caller's. */
export type Evaluate = (condition: string, measured: MeasuredWindow) => Answer;

/** The fields of an AnalysisTemplate's metric, with the same meaning. */
export interface ThresholdMetric {
  readonly name: string;
  readonly intervalMs: number;
  readonly initialDelayMs: number;
  /** Measurements after which the metric is done; 0 goes on for as long as the step does. */
  readonly count: number;
  /** With both, what meets neither is inconclusive. */
  readonly successCondition: string | undefined;
  readonly failureCondition: string | undefined;
  /** More than so many, and the candidate is bad, or nothing can be said. */
  readonly failureLimit: number;
  readonly inconclusiveLimit: number;
  readonly consecutiveErrorLimit: number;
}

export interface ThresholdPolicy {
  readonly metrics: readonly ThresholdMetric[];
  readonly minRequests: number;
  readonly minDurationMs: number;
}

/** What became of a metric's measurements so far. */
interface Progress {
  readonly waitMs: number;
  readonly open: MeasuredWindow | undefined;
  readonly successful: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly consecutiveErrors: number;
  readonly last: string;
}

/** Plain JSON, bounded. */
export interface ThresholdEvidence {
  readonly judge: 'thresholds';
  readonly progress: Readonly<Record<string, Progress>>;
  readonly step: { readonly forMs: number; readonly requests: number };
  readonly sight: Measurability;
}

const NO_STEP = { forMs: 0, requests: 0 };

export function thresholds(policy: ThresholdPolicy, evaluate: Evaluate): Judge<ThresholdEvidence> {
  const begin = (): ThresholdEvidence => ({
    judge: 'thresholds',
    progress: Object.fromEntries(policy.metrics.map((metric) => [metric.name, begun(metric)])),
    step: NO_STEP,
    sight: UNSEEN,
  });
  return {
    name: 'thresholds',
    begin,
    know: (evidence) => evidence,
    // A step is an analysis of its own, as it is for Argo.
    step: (evidence) => ({ ...begin(), sight: evidence.sight }),
    take: (evidence, window) => take(policy, evaluate, evidence, window),
    verdict: (evidence) => verdict(policy, evidence),
  };
}

function begun({ initialDelayMs, intervalMs }: ThresholdMetric): Progress {
  return {
    waitMs: initialDelayMs + intervalMs,
    open: undefined,
    successful: 0,
    failed: 0,
    inconclusive: 0,
    consecutiveErrors: 0,
    last: 'not measured yet',
  };
}

function take(
  policy: ThresholdPolicy,
  evaluate: Evaluate,
  evidence: ThresholdEvidence,
  window: Window,
): ThresholdEvidence {
  const sight = see(evidence.sight, window);
  const measured = window.kind === 'measured' && !sight.blind ? window : undefined;
  const progress = Object.fromEntries(
    policy.metrics.map((metric) => {
      const before = evidence.progress[metric.name] ?? begun(metric);
      return [metric.name, advanced(metric, evaluate, before, measured, window.forMs)];
    }),
  );
  const step = {
    forMs: evidence.step.forMs + (measured ? window.forMs : 0),
    requests: evidence.step.requests + (measured?.candidate.requests ?? 0),
  };
  return { ...evidence, progress, step, sight };
}

function advanced(
  metric: ThresholdMetric,
  evaluate: Evaluate,
  before: Progress,
  measured: MeasuredWindow | undefined,
  forMs: number,
): Progress {
  if (metric.count > 0 && measurements(before) >= metric.count) return before;
  const waitMs = before.waitMs - forMs;
  // What happens during the initial delay is not looked at.
  const delayed = waitMs >= metric.intervalMs;
  const open =
    delayed || !measured ? before.open : before.open ? together(before.open, measured) : measured;
  if (waitMs > 0) return { ...before, waitMs, open };
  const next = { ...before, waitMs: metric.intervalMs, open: undefined };
  const answer = open ? answerOf(metric, evaluate, open) : { problem: 'nothing was measured' };
  if (typeof answer === 'object') {
    return { ...next, consecutiveErrors: before.consecutiveErrors + 1, last: answer.problem };
  }
  return { ...next, [answer]: before[answer] + 1, consecutiveErrors: 0, last: answer };
}

function measurements({ successful, failed, inconclusive }: Progress): number {
  return successful + failed + inconclusive;
}

function answerOf(
  { successCondition, failureCondition }: ThresholdMetric,
  evaluate: Evaluate,
  measured: MeasuredWindow,
): 'successful' | 'failed' | 'inconclusive' | { readonly problem: string } {
  const failure = failureCondition === undefined ? undefined : evaluate(failureCondition, measured);
  const success = successCondition === undefined ? undefined : evaluate(successCondition, measured);
  for (const answer of [failure, success]) if (typeof answer === 'object') return answer;
  if (failure === 'holds') return 'failed';
  if (success === 'holds') return 'successful';
  if (failure === undefined) return success === undefined ? 'successful' : 'failed';
  return success === undefined ? 'successful' : 'inconclusive';
}

function verdict(policy: ThresholdPolicy, { progress, step, sight }: ThresholdEvidence): Judgement {
  const all = policy.metrics.map((metric) => ({
    metric,
    done: progress[metric.name] ?? begun(metric),
  }));
  const numbers = Object.fromEntries([
    ['stepRequests', step.requests],
    ...all.flatMap(({ metric: { name }, done }) => [
      [`${name}Failed`, done.failed],
      [`${name}Successful`, done.successful],
    ]),
  ]);
  const worded = (
    kind: Judgement['verdict'],
    found: (typeof all)[number] | undefined,
    why: string,
  ): Judgement => ({ verdict: kind, rule: found?.metric.name ?? 'sight', why, numbers });

  const failed = all.find(({ metric, done }) => done.failed > metric.failureLimit);
  if (failed) {
    const { done, metric } = failed;
    const limit = `failureLimit ${metric.failureLimit}`;
    return worded('bad', failed, `${metric.name} failed ${done.failed} times (${limit})`);
  }
  const blind = blindness(sight);
  if (blind)
    return { ...worded('unmeasurable', undefined, blind.why), unmeasurableSince: blind.since };
  const erring = all.find(
    ({ metric: m, done }) => done.consecutiveErrors > m.consecutiveErrorLimit,
  );
  if (erring) {
    const times = `${erring.done.consecutiveErrors} times in a row`;
    return worded('unmeasurable', erring, `${erring.metric.name}: ${erring.done.last}, ${times}`);
  }
  const unclear = all.find(({ metric, done }) => done.inconclusive > metric.inconclusiveLimit);
  if (unclear) {
    const times = `${unclear.done.inconclusive} times`;
    return worded('not-enough-data', unclear, `${unclear.metric.name} was inconclusive ${times}`);
  }
  const waiting = all.find(({ metric, done }) => measurements(done) < Math.max(1, metric.count));
  if (waiting) {
    const counted = `${measurements(waiting.done)} of ${Math.max(1, waiting.metric.count)}`;
    return worded('not-enough-data', waiting, `${waiting.metric.name}: ${counted} measurements`);
  }
  const why = all.map(({ metric, done }) => `${metric.name} ${done.last}`).join(', ');
  const enough = step.requests >= policy.minRequests && step.forMs >= policy.minDurationMs;
  return worded(enough ? 'good' : 'not-enough-data', all[0], why);
}
