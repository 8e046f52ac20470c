// Metrics that are down say nothing of the candidate, neither good nor bad, and only for so long.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../../core/base/vocabulary.ts';
import type { Measured } from '../../../../core/metrics/metric.ts';
import { unmeasurable } from '../../../../core/metrics/metric.ts';
import { enter, watchLeftMs } from '../../../../core/state/transitions.ts';
import { afterStep } from '../../../../core/strategies/common/after-step.ts';
import { planWith, type Second, START, seconds, watch } from './watching.ts';

describe('metrics that are down are no bad canary', () => {
  const silent = (count: number): Second[] => seconds(count, () => ({ candidate: 'refused' }));

  test('silence is unmeasurable, and only for so long', () => {
    expect(watch(planWith({}), silent(60))).toMatchObject({
      verdict: 'unmeasurable',
      turn: undefined,
    });
    expect(watch(planWith({}), silent(70)).turn?.text).toBe(
      'rolled back unseen: no candidate pod tells its metrics: refused, for 1m',
    );
    const patient = planWith({ analysis: { unmeasurableLimit: '2m' } });
    expect(watch(patient, silent(70)).turn).toBeUndefined();
  });

  test('an answer after a gap is an answer', () => {
    const gap = [...silent(50), ...seconds(2, (s) => ({ candidate: [s, 0] })), ...silent(50)];
    expect(watch(planWith({}), gap).turn).toBeUndefined();
  });

  test('a while in which nothing was seen is no watching: the step lasts longer by it', () => {
    const spoken = seconds(2, (s) => ({ candidate: [s, 0] }));
    const { state } = watch(planWith({}), [...spoken, ...silent(30), ...spoken]);
    expect(watchLeftMs(state, 40_000, instant(START + 33_000))).toBe(37_000);
    const silentStill = watch(planWith({}), [...spoken, ...silent(30)]);
    expect(watchLeftMs(silentStill.state, 40_000, instant(START + 31_000))).toBe(38_000);
    expect(enter(state, 'monitoring', instant(START + 33_000)).tally?.unseen.ms).toBe(0);
  });

  test('a silence is never good, however long the step', () => {
    const { verdict, judged } = watch(planWith({}), silent(5));
    expect(afterStep(planWith({}), { verdict, judged }, 3_600_000).kind).toBe('wait');
  });

  test('a candidate that Prometheus does not know is not good while the stable is known', () => {
    const plan = planWith({
      analysis: {
        traffic: { provider: 'prometheus' },
        providers: { prometheus: { address: 'http://prometheus' } },
      },
    });
    const at = (s: number) => instant(START + s * 1000);
    const empty = (s: number) => unmeasurable(at(s), 'empty', 'no series');
    const stable = (s: number): Measured => ({
      kind: 'counted',
      at: at(s),
      counters: { s1: { requests: s * 10, errors: 0 } },
    });
    const known = (s: number): Second => ({
      candidate: [0, 0],
      measured: {
        'traffic/stable': stable(s),
        'traffic/candidate':
          s < 2
            ? { kind: 'counted', at: at(s), counters: { c1: { requests: s, errors: 0 } } }
            : empty(s),
      },
    });
    expect(watch(plan, seconds(30, known)).verdict).toBe('unmeasurable');
    const unknown = (s: number): Second => ({
      candidate: [0, 0],
      measured: { 'traffic/stable': empty(s), 'traffic/candidate': empty(s) },
    });
    expect(watch(plan, seconds(30, unknown)).verdict).toBe('not-enough-data');
  });
});
