// What the config measures by itself, and what it only warns of.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../../core/base/vocabulary.ts';
import { unmeasurable } from '../../../../core/metrics/metric.ts';
import { planWith, type Second, START, seconds, watch } from './watching.ts';

describe("the config's own metrics", () => {
  const metric = {
    name: 'success',
    provider: 'prometheus',
    query: 'x',
    successCondition: 'result >= 0.95',
    failureLimit: 2,
  } as const;
  const told = (s: number, met: 'success' | 'failure' | 'inconclusive'): Second => ({
    candidate: [s, 0],
    measured: {
      'success/candidate': { kind: 'value', at: instant(START + s * 1000), value: 0.9, met },
    },
  });
  const plan = planWith({ analysis: { metrics: [metric] } });

  test('turn back when more measurements fail than may', () => {
    expect(
      watch(
        plan,
        seconds(2, (s) => told(s, 'failure')),
      ).turn,
    ).toBeUndefined();
    const { turn } = watch(
      plan,
      seconds(3, (s) => told(s, 'failure')),
    );
    expect(turn?.text).toBe('3 of 3 measurements of success failed, the last was 0.9');
  });

  test('wait when more are inconclusive than may', () => {
    expect(
      watch(
        plan,
        seconds(3, (s) => told(s, 'inconclusive')),
      ).verdict,
    ).toBe('not-enough-data');
  });

  test('a measurement counts once, however often it is looked at', () => {
    const once = { ...told(0, 'failure') };
    expect(
      watch(
        plan,
        seconds(9, () => once),
      ).turn,
    ).toBeUndefined();
  });

  test('errors in a row are the source’s, and not the candidate’s', () => {
    const odd = (s: number): Second => ({
      candidate: [s, 0],
      measured: {
        'success/candidate': unmeasurable(instant(START + s * 1000), 'no-answer', 'down'),
      },
    });
    expect(watch(plan, seconds(4, odd)).verdict).not.toBe('unmeasurable');
    expect(watch(plan, seconds(6, odd)).verdict).toBe('unmeasurable');
  });
});

describe('warnings', () => {
  test('are told once, are kept, and turn nothing back', () => {
    const plan = planWith({
      rollback: { triggers: [{ metric: 'error_rate', value: '5%', severity: 'warn' }] },
    });
    const shared = (s: number): Second => ({ candidate: [s * 20, s * 2], stable: [s * 20, s * 2] });
    const { turn, state } = watch(plan, seconds(30, shared));
    expect(turn).toBeUndefined();
    const why = 'error_rate 10% above 5% for 3s (8 of 80 requests)';
    expect(state.evidence.warnings).toMatchObject([{ why, isFirst: true }]);
  });

  test('come again after the cooldown, and say that they are not the first', () => {
    const warn = { metric: 'error_rate', value: '5%', severity: 'warn', cooldown: '10s' } as const;
    const plan = planWith({ rollback: { triggers: [warn] } });
    const shared = (s: number): Second => ({ candidate: [s * 20, s * 2], stable: [s * 20, s * 2] });
    const { warnings = [] } = watch(plan, seconds(30, shared)).state.evidence;
    expect(warnings.map(({ isFirst }) => isFirst)).toEqual([true, false, false]);
    expect(new Set(warnings.map(({ trigger }) => trigger)).size).toBe(1);
  });
});
