import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../../core/base/vocabulary.ts';
import type { Judgement } from '../../../../core/judge/judge.ts';
import {
  type Evaluate,
  type ThresholdEvidence,
  type ThresholdMetric,
  thresholds,
} from '../../../../core/judge/judges/thresholds.ts';
import { SEQUENTIAL_DEFAULTS } from '../../../../core/judge/policy.ts';
import { judgeOf } from '../../../../core/judge/registry.ts';
import type { MeasuredWindow, Window } from '../../../../core/judge/sample.ts';

/** The shape that the tests' conditions have: `errors < 5`, of the candidate, in the interval. */
const evaluate: Evaluate = (condition, { candidate }) => {
  const [, operator, limit] = /^errors ([<>]) (\d+)$/.exec(condition) ?? [];
  if (!operator) return { problem: `no condition: ${condition}` };
  const holds =
    operator === '<' ? candidate.errors < Number(limit) : candidate.errors > Number(limit);
  return holds ? 'holds' : 'fails';
};

const METRIC: ThresholdMetric = {
  name: 'error-rate',
  intervalMs: 60_000,
  initialDelayMs: 0,
  count: 0,
  successCondition: 'errors < 5',
  failureCondition: undefined,
  failureLimit: 3,
  inconclusiveLimit: 0,
  consecutiveErrorLimit: 4,
};

/** Half a minute each. */
function windowAt(index: number, errors: number | 'silent'): Window {
  const stretch = { at: instant((index + 1) * 30_000), forMs: 30_000 };
  if (errors === 'silent') return { kind: 'unmeasured', ...stretch, why: 'no route to host' };
  const candidate = { requests: 100, errors };
  const measured: MeasuredWindow = { kind: 'measured', ...stretch, candidate, stable: candidate };
  return measured;
}

const POLICY = { minRequests: 100, minDurationMs: 60_000 };

const judgeOfMetric = (metric: Partial<ThresholdMetric>): ReturnType<typeof thresholds> =>
  thresholds({ ...POLICY, metrics: [{ ...METRIC, ...metric }] }, evaluate);

function evidenceOf(
  errors: readonly (number | 'silent')[],
  metric: Partial<ThresholdMetric> = {},
): ThresholdEvidence {
  const judge = judgeOfMetric(metric);
  return errors.reduce<ThresholdEvidence>(
    (evidence, each, index) => judge.take(evidence, windowAt(index, each)),
    judge.begin(),
  );
}

const judged = (
  errors: readonly (number | 'silent')[],
  metric: Partial<ThresholdMetric> = {},
): Judgement => judgeOfMetric(metric).verdict(evidenceOf(errors, metric));

/** So many minutes of the same errors in each of their halves. */
const minutes = (count: number, errors: number | 'silent'): (number | 'silent')[] =>
  Array.from({ length: 2 * count }, () => errors);

describe('limits', () => {
  test('an interval is measured as a whole: twice 4 errors are 8', () => {
    expect(judged([4, 4]).numbers).toMatchObject({ 'error-rateFailed': 1 });
    expect(judged([4]).numbers).toMatchObject({ 'error-rateFailed': 0 });
  });

  test('are exceeded by more failures than failureLimit, not by as many', () => {
    expect(judged(minutes(3, 9)).verdict).not.toBe('bad');
    expect(judged(minutes(4, 9))).toMatchObject({
      verdict: 'bad',
      rule: 'error-rate',
      why: 'error-rate failed 4 times (failureLimit 3)',
    });
  });

  test('failures need not be in a row', () => {
    const every = [1, 2, 3, 4].flatMap(() => [...minutes(1, 0), ...minutes(1, 9)]);
    expect(judged(every).verdict).toBe('bad');
  });

  test('nothing is measured during the initial delay', () => {
    const delayed = { initialDelayMs: 120_000, failureLimit: 0 };
    expect(judged([...minutes(2, 90), ...minutes(1, 0)], delayed)).toMatchObject({
      verdict: 'good',
      numbers: { 'error-rateFailed': 0, 'error-rateSuccessful': 1 },
    });
  });

  test('with a count, the metric is done after so many measurements', () => {
    expect(judged(minutes(2, 0), { count: 3 })).toMatchObject({ verdict: 'not-enough-data' });
    expect(judged([...minutes(3, 0), ...minutes(9, 90)], { count: 3 }).verdict).toBe('good');
  });

  test('what meets neither condition is inconclusive, and too much of it holds', () => {
    const both = { successCondition: 'errors < 5', failureCondition: 'errors > 50' };
    const unclear = judged(minutes(1, 9), both);
    expect(unclear).toMatchObject({ verdict: 'not-enough-data' });
    expect(unclear.why).toBe('error-rate was inconclusive 1 times');
    expect(judged(minutes(4, 90), both).verdict).toBe('bad');
  });

  test('without a success condition, what does not fail succeeds', () => {
    const failing = { successCondition: undefined, failureCondition: 'errors > 50' };
    expect(judged(minutes(1, 9), failing).verdict).toBe('good');
  });

  test('a source that is silent is unmeasurable, and never a failure', () => {
    const silent = judged(minutes(9, 'silent'));
    expect(silent).toMatchObject({ verdict: 'unmeasurable', why: 'no route to host' });
    expect(silent.numbers).toMatchObject({ 'error-rateFailed': 0 });
  });

  test('a condition that cannot be evaluated is unmeasurable after consecutiveErrorLimit', () => {
    const wrong = { successCondition: 'nonsense' };
    expect(judged(minutes(4, 0), wrong).verdict).toBe('not-enough-data');
    expect(judged(minutes(5, 0), wrong)).toMatchObject({
      verdict: 'unmeasurable',
      why: 'error-rate: no condition: nonsense, 5 times in a row',
    });
  });

  test('the next step is an analysis of its own', () => {
    const judge = judgeOfMetric({});
    const step = judge.step(evidenceOf(minutes(4, 9)));
    expect(judge.verdict(step)).toMatchObject({ verdict: 'not-enough-data' });
  });

  test('the evidence is plain JSON', () => {
    const evidence = evidenceOf([4, 4, 1]);
    expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
  });
});

describe('a judge by its name', () => {
  const first = judgeOf({ judge: 'sequential', policy: SEQUENTIAL_DEFAULTS });
  const second = judgeOf({
    judge: 'thresholds',
    policy: { ...POLICY, metrics: [{ ...METRIC, failureLimit: 0 }] },
    evaluate,
  });

  test('goes on with its own evidence', () => {
    const before = [4, 4].reduce(
      (evidence, errors, index) => second.take(evidence, windowAt(index, errors)),
      second.begin(),
    );
    expect(second.verdict(before).verdict).toBe('bad');
  });

  test("begins anew on another judge's evidence, rather than misreading it", () => {
    expect(second.verdict(first.begin())).toEqual(second.verdict(second.begin()));
    expect(first.take(second.begin(), windowAt(0, 1)).judge).toBe('sequential');
  });
});
