// A candidate under watch, second by second: what the pods tell, and what comes of it.
import { describe, expect, test } from '@jest/globals';
import { because } from '../../../../core/base/vocabulary.ts';
import type { Plan } from '../../../../core/plan/plan.ts';
import { afterStep } from '../../../../core/strategies/common/after-step.ts';
import { type Counts, planWith, type Second, seconds, watch } from './watching.ts';

describe('the default limit on errors', () => {
  // The judge would be quicker.
  const byLimits = { analysis: { judge: 'thresholds' } } as const;

  test('what a pod counted before it was watched does not count', () => {
    expect(
      watch(
        planWith({}),
        seconds(5, () => ({ candidate: [1_000, 900] })),
      ).turn,
    ).toBeUndefined();
  });

  test('too many errors turn the release back, with the numbers', () => {
    const { turn, state } = watch(
      planWith(byLimits),
      seconds(9, (s) => ({ candidate: [s * 50, s * 10] })),
    );
    expect(turn?.text).toBe('error_rate 20% above 10% for 3s (40 of 200 requests)');
    expect(state.evidence.decision).toMatchObject({
      verdict: 'bad',
      rule: 'trigger error_rate gt 10%',
      candidate: { requests: 200, errors: 40 },
    });
  });

  test('a late fault is seen as quickly as an early one', () => {
    const calm = seconds(300, (s) => ({ candidate: [s * 50, 0] }));
    const fault = seconds(12, (s) => ({ candidate: [15_000 + s * 50, s * 40] }));
    expect(watch(planWith(byLimits), [...calm, ...fault]).turn?.text).toContain('error_rate');
  });

  test('a process that is killed loses no evidence: the journal has it', () => {
    const plan = planWith({});
    const all = seconds(20, (s) => ({ candidate: [s * 50, 0], stable: [s * 50, 0] }));
    const { state } = watch(plan, all, 10);
    expect(state.tally?.totals.candidate.requests).toBeGreaterThan(800);
    expect(state.tally?.trace.points.length).toBeGreaterThan(15);
  });
});

describe('the judge', () => {
  test('finds a candidate that is worse than the stable, below every limit', () => {
    const worse = (s: number): Second => ({ candidate: [s * 100, s * 5], stable: [s * 100, 0] });
    const { state, turn } = watch(planWith({}), seconds(60, worse));
    expect(turn).toBeDefined();
    expect(state.evidence.decision?.rule).toBe('judge sequential: errors');
  });

  test('sees nothing in an incident that both sides share', () => {
    const shared = (s: number): Second => ({
      candidate: [s * 100, s * 9],
      stable: [s * 100, s * 9],
    });
    expect(watch(planWith({}), seconds(60, shared)).turn).toBeUndefined();
  });
});

describe('a candidate beside which no stable runs', () => {
  const before = { stable: [2_000, 4] } as const;

  test.each([
    ['all requests of a service with one every three seconds', 3, 1, 15],
    ['all requests of a service with one every ten seconds', 10, 1, 50],
    ['every other request of ten a second', 0.1, 2, 5],
    ['one request in eleven of ten a second', 0.1, 11, 40],
  ])(
    'that fails %s is turned back, long before its step is over',
    (_, everySeconds, nth, within) => {
      const failing = seconds(within, (s) => {
        const requests = Math.floor(s / everySeconds);
        return { candidate: [requests, Math.floor(requests / nth)], ...before };
      });
      const { turn, state } = watch(planWith({}), failing);
      expect(turn?.text).toMatch(/ against .*; evidence \S+ of 200$/);
      expect(state.evidence.decision?.rule).toMatch(/^judge sequential: errors against/);
    },
  );

  test.each([
    ['has no errors', [180, 0]],
    ['has as many as the stable had', [600, 3]],
    ['has no requests', [0, 0]],
  ] as const)('and %s is not', (_, [requests, errors]) => {
    const calm = seconds(181, (s) => ({
      candidate: [Math.floor((s * requests) / 180), Math.floor((s * errors) / 180)],
      ...before,
    }));
    const watched = watch(planWith({}), calm);
    expect(watched.turn).toBeUndefined();
    expect(afterStep(planWith({}), watched, 0)).toEqual({ kind: 'go-on' });
  });

  test.each([
    ['two of ten', [10, 2]],
    ['two of twenty', [20, 2]],
    ['three of sixty', [60, 3]],
  ] as const)(
    'with %s requests failed is too little to convict and too much to promote',
    (_, counts) => {
      const [requests, errors] = counts;
      const few = seconds(90, (s) => ({
        candidate: s < 20 ? [0, 0] : [requests, errors],
        ...before,
      }));
      const watched = watch(planWith({}), few);
      expect(watched).toMatchObject({ verdict: 'not-enough-data', turn: undefined });
      expect(afterStep(planWith({}), watched, 0)).toMatchObject({
        kind: 'wait',
        why: expect.stringMatching(/^more requests, for 2m more: errors that the stable's rate/),
      });
      expect(afterStep(planWith({}), watched, 120_000)).toMatchObject({ kind: 'turn' });
      const longer = planWith({ analysis: { insufficientData: { unexplained: '5m' } } });
      expect(afterStep(longer, watched, 120_000)).toMatchObject({ kind: 'wait' });
    },
  );

  test('is held against its own limits where the config has them', () => {
    const some = seconds(120, (s) => ({ candidate: [s * 10, Math.floor(s / 1.5)], ...before }));
    expect(watch(planWith({}), some).turn).toBeDefined();
    const lenient = { analysis: { drift: '20x', toleratedErrorRate: '10%' } } as const;
    expect(watch(planWith(lenient), some).turn).toBeUndefined();
  });

  test('goes on from its journal with what was known of the stable before', () => {
    const calm = seconds(20, (s) => ({ candidate: [s * 10, 0], ...before }));
    const failing = seconds(20, (s) => ({ candidate: [200 + s * 10, s], ...before }));
    expect(watch(planWith({}), [...calm, ...failing], 15).turn?.text).toContain(
      '(4 of 2000) before',
    );
  });
});

describe('when a step is over', () => {
  const little = { verdict: 'not-enough-data', judged: '3 requests' } as const;
  const plan = (then: 'promote' | 'rollback') =>
    planWith({ analysis: { insufficientData: { hold: '10m', then } } });

  test('too little is waited for, and then decided as the config says', () => {
    expect(afterStep(plan('rollback'), little, 60_000).kind).toBe('wait');
    expect(afterStep(plan('rollback'), little, 600_000)).toEqual({
      kind: 'turn',
      cause: because('too-few-requests', 'not enough requests to judge by: 3 requests'),
    });
    expect(afterStep(plan('promote'), little, 600_000).kind).toBe('go-on');
  });
});

describe('a limit that is exceeded when its step is over, and not yet for long enough', () => {
  const plan = (hold: string): Plan =>
    planWith({
      analysis: { insufficientData: { hold } },
      rollback: {
        triggers: [{ metric: 'error_rate', value: '5%', window: '5s', duration: '20s' }],
      },
    });
  /** From a second on, every fifth request fails on both sides: the judge has nothing to say. */
  const failing = (from: number, perSecond: number) => (s: number) => {
    const counts: Counts = [s * perSecond, (Math.max(0, s - from) * perSecond) / 5];
    return { candidate: counts, stable: counts };
  };

  test.each([
    ['0s', 'and enough was seen to judge by', 200],
    ['0s', 'and too little was seen to judge by', 25],
    ['5s', 'and is held for less than the trigger takes', 25],
  ])('hold %s: keeps the step, %s', (hold, _and, perSecond) => {
    const watched = watch(plan(hold), seconds(12, failing(0, perSecond)));
    expect(watched.turn).toBeUndefined();
    // Long over its time, and over its hold as well.
    expect(afterStep(plan(hold), watched, 60_000)).toEqual({
      kind: 'wait',
      why: expect.stringMatching(/^error_rate 20% above 5% .*, not yet for 20s$/),
    });
  });

  test('turns the release back once it was for long enough', () => {
    const { turn } = watch(plan('0s'), seconds(40, failing(0, 25)));
    expect(turn?.text).toMatch(/^error_rate 20% above 5% for 20s/);
  });

  test('lets the step end as soon as it is calm again', () => {
    const calm = seconds(50, (s) => ({
      candidate: [200 + s * 25, 40],
      stable: [200 + s * 25, 40],
    }));
    const watched = watch(plan('0s'), [...seconds(8, failing(0, 25)), ...calm]);
    expect(watched.undecided).toBeUndefined();
    expect(afterStep(plan('0s'), watched, 0).kind).toBe('go-on');
  });
});
