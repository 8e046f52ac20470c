// What one look means: who has the first word, and how long a step was blind.
import { describe, expect, test } from '@jest/globals';
import type { AnalysisInput, Policy } from '../../../core/analysis/analysis-input.ts';
import { ALL_SEEN, type AnalysisState, FRESH } from '../../../core/analysis/analysis-state.ts';
import { evaluateAnalysis } from '../../../core/analysis/evaluate.ts';
import { instant } from '../../../core/base/vocabulary.ts';
import type { ArmSample, Window } from '../../../core/judge/sample.ts';
import { unmeasurable } from '../../../core/metrics/metric.ts';
import { settingsFor } from '../support/play.ts';

const SECOND = 1_000;

function policyOf(triggers: object[] = []): Policy {
  const settings = settingsFor('blue-green', { rollback: { triggers } as never }); // as written by a user
  return { analysis: settings.analysis, triggers: settings.triggers };
}

function lookAt(second: number, more: Partial<AnalysisInput> = {}): AnalysisInput {
  return {
    at: instant(second * SECOND),
    step: instant(0),
    window: undefined,
    values: { candidate: {}, stable: {} },
    health: { ready: 1, expected: 1, restarts: {} },
    uncounted: undefined,
    ...more,
  };
}

function silent(second: number): Window {
  return { kind: 'unmeasured', at: instant(second * SECOND), forMs: SECOND, why: 'refused' };
}

function told(second: number, candidate: ArmSample, stable: ArmSample, seconds = 1): Window {
  const at = instant(second * SECOND);
  return { kind: 'measured', at, forMs: seconds * SECOND, candidate, stable };
}

const FINE = { requests: 300, errors: 0 };

function judged(
  looks: readonly AnalysisInput[],
  policy = policyOf(),
  begun: AnalysisState = FRESH,
) {
  const [first, ...others] = looks;
  if (!first) throw new Error('nobody looked');
  return others.reduce(
    (before, look) => evaluateAnalysis(policy, before.tally, look),
    evaluateAnalysis(policy, begun, first),
  );
}

describe('a step is not watched while nothing can be said of the candidate', () => {
  test('since that began', () => {
    const { tally } = judged([
      lookAt(5, { window: told(5, FINE, FINE) }),
      lookAt(9, { window: silent(9) }),
    ]);
    expect(tally.unseen).toEqual({ ms: 0, since: 9_000 });
  });

  test('since the step began, where it was so before: a step loses no more than its own time', () => {
    const { tally } = judged([lookAt(5, { window: silent(5) })]);
    // What the step before has lost is forgotten where the next one is entered.
    const entered = { ...tally, unseen: ALL_SEEN };
    const look = lookAt(10, { window: silent(10), step: instant(7_000) });
    expect(judged([look], policyOf(), entered).tally.unseen).toEqual({ ms: 0, since: 7_000 });
  });

  test('since the first of several reasons, where one follows another without a look between', () => {
    const policy = policyOf([{ metric: 'cpu_usage', value: '90%', duration: '0' }]);
    const values = {
      candidate: { cpu_usage: unmeasurable(instant(9_000), 'no-answer', 'refused') },
      stable: {},
    };
    const { tally, verdict } = judged(
      [lookAt(5, { window: silent(5) }), lookAt(9, { window: told(9, FINE, FINE), values })],
      policy,
    );
    expect(verdict).toBe('unmeasurable');
    expect(tally.unseen).toEqual({ ms: 0, since: 5_000 });
  });

  test('until it can be seen again, and all gaps of a step add up', () => {
    const seen = (second: number) => lookAt(second, { window: told(second, FINE, FINE) });
    const blind = (second: number) => lookAt(second, { window: silent(second) });
    const once = judged([seen(1), blind(2), blind(5), seen(7)]);
    expect(once.tally.unseen).toEqual({ ms: 5_000, since: undefined });
    const twice = judged([blind(8), seen(9), seen(12)], policyOf(), once.tally);
    expect(twice.tally.unseen).toEqual({ ms: 6_000, since: undefined });
  });
});

describe('who has the first word', () => {
  const CRITICAL = { metric: 'error_rate', value: '5%', duration: '0' };
  const BAD = { requests: 300, errors: 90 };

  test('a trigger that is critical, before the judge', () => {
    const { verdict, decision, turn } = judged(
      [lookAt(1, { window: told(1, BAD, FINE) })],
      policyOf([CRITICAL]),
    );
    expect({ verdict, rule: decision.rule }).toEqual({
      verdict: 'bad',
      rule: 'trigger error_rate gt 5%',
    });
    expect(turn).toBe(decision.why);
  });

  test('the judge, where a trigger only warns', () => {
    const warning = { ...CRITICAL, severity: 'warn' };
    const looks = [1, 2, 3, 4].map((second) => lookAt(second, { window: told(second, BAD, FINE) }));
    const { verdict, decision } = judged(looks, policyOf([warning]));
    expect(verdict).toBe('bad');
    expect(decision.rule).toBe('judge sequential: errors');
    const { warnings } = judged(looks.slice(0, 1), policyOf([warning]));
    expect(warnings.map(({ trigger }) => trigger)).toEqual(['error_rate gt 5%']);
  });

  test('nobody, where nothing is counted: then it is good by readiness, and says so', () => {
    const { verdict, decision } = judged([lookAt(1, { uncounted: 'nobody asked' })], policyOf([]));
    expect(verdict).toBe('good');
    expect(decision.why).toBe('by readiness only: nobody asked');
  });

  test('what cannot be measured, before what is good: and turns back only after its limit', () => {
    const blind = (second: number) => lookAt(second, { window: silent(second) });
    const early = judged([blind(1), blind(60)]);
    expect([early.verdict, early.turn]).toEqual(['unmeasurable', undefined]);
    expect(judged([blind(1), blind(61)]).turn).toBe('rolled back unseen: refused, for 1m');
  });

  test('a limit that is exceeded and has not lasted yet: that is not good, and not bad either', () => {
    const lasting = { ...CRITICAL, duration: '10s' };
    const exceeded = { requests: 300, errors: 16 };
    const alike = { requests: 30_000, errors: 1_600 };
    const { verdict, undecided, turn } = judged(
      [lookAt(100, { window: told(100, { ...exceeded, requests: 300 }, alike, 100) })],
      policyOf([lasting]),
    );
    expect(verdict).not.toBe('bad');
    expect(turn).toBeUndefined();
    expect(undecided).toContain('not yet for 10s');
  });
});
