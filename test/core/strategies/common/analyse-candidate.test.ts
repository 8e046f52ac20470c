// A candidate under watch, second by second: what the pods tell, and what comes of it.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../../core/base/vocabulary.ts';
import type { Observation, Reading } from '../../../../core/cluster/observation.ts';
import type { ReleaseConfig } from '../../../../core/config/schema.ts';
import type { Measured } from '../../../../core/metrics/metric.ts';
import { unmeasurable } from '../../../../core/metrics/metric.ts';
import type { Plan } from '../../../../core/plan/plan.ts';
import { durable, type ReleaseState } from '../../../../core/state/state.ts';
import { enter, watchLeftMs } from '../../../../core/state/transitions.ts';
import {
  type Analysed,
  afterStep,
  analyseCandidate,
} from '../../../../core/strategies/common/analyse-candidate.ts';
import { strategyOf } from '../../../../core/strategies/registry.ts';
import { APP, deployment, pod, service } from '../../support/objects.ts';
import { planFor, settingsFor } from '../../support/play.ts';
import { toyCluster } from '../../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const STABLE = [pod('s1', BLUE, 'v1'), pod('s2', BLUE, 'v1')];
const CANDIDATE = [pod('c1', BLUE, 'v2'), pod('c2', BLUE, 'v2')];
const START = instant(Date.UTC(2026, 0, 1));
const NO_REQUESTS: Counts = [0, 0];

/** Requests and errors since the start, or why there are none. */
type Counts = readonly [requests: number, errors: number] | string;
interface Second {
  readonly candidate: Counts;
  readonly stable?: Counts;
  readonly measured?: Readonly<Record<string, Measured>>;
}

function planWith(config: Partial<ReleaseConfig>, metrics: 'pods' | 'none' = 'pods'): Plan {
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE, 2)], service(BLUE));
  return planFor(cluster, settingsFor('blue-green', config), metrics);
}

/** One look a second, and the journal between any two of them where asked for. */
function watch(plan: Plan, seconds: readonly Second[], restartAt = -1): Analysed<ReleaseState> {
  let state: ReleaseState = { ...strategyOf(plan).begin(plan, START), phase: 'monitoring' };
  let watched: Analysed<ReleaseState> | undefined;
  for (const [second, { candidate, stable = NO_REQUESTS, measured = {} }] of seconds.entries()) {
    const at = instant(START + second * 1000);
    const tell = (name: string, counts: Counts): [string, Reading] => {
      if (typeof counts === 'string') return [name, { kind: 'failed', at, why: counts }];
      const [requests, errors] = counts;
      return [name, { kind: 'counted', at, counters: { requests, errors } }];
    };
    const readings = new Map([tell('c1', candidate), tell('s1', stable)]);
    const measurements = new Map(Object.entries(measured));
    const seen = { at, readings, measured: measurements } as unknown as Observation; // nothing else is looked at
    if (second === restartAt) state = JSON.parse(JSON.stringify(durable(state)));
    watched = analyseCandidate(plan, state, seen, { stable: STABLE, candidate: CANDIDATE }, 2);
    if (watched.turn !== undefined) return watched;
    state = watched.state;
  }
  if (!watched) throw new Error('nobody looked');
  return watched;
}

const seconds = (count: number, at: (second: number) => Second): Second[] =>
  Array.from({ length: count }, (_, second) => at(second));

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
    expect(turn).toBe('error_rate 20% above 10% for 3s (40 of 200 requests)');
    expect(state.evidence.decision).toMatchObject({
      verdict: 'bad',
      rule: 'trigger error_rate gt 10%',
      candidate: { requests: 200, errors: 40 },
    });
  });

  test('a late fault is seen as quickly as an early one', () => {
    const calm = seconds(300, (s) => ({ candidate: [s * 50, 0] }));
    const fault = seconds(12, (s) => ({ candidate: [15_000 + s * 50, s * 40] }));
    expect(watch(planWith(byLimits), [...calm, ...fault]).turn).toContain('error_rate');
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
      expect(turn).toMatch(/ against .*; evidence \S+ of 200$/);
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
    expect(watch(planWith({}), [...calm, ...failing], 15).turn).toContain('(4 of 2000) before');
  });
});

describe('metrics that are down are no bad canary', () => {
  const silent = (count: number): Second[] => seconds(count, () => ({ candidate: 'refused' }));

  test('silence is unmeasurable, and only for so long', () => {
    expect(watch(planWith({}), silent(60))).toMatchObject({
      verdict: 'unmeasurable',
      turn: undefined,
    });
    expect(watch(planWith({}), silent(70)).turn).toBe(
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

describe('when a step is over', () => {
  const little = { verdict: 'not-enough-data', judged: '3 requests' } as const;
  const plan = (then: 'promote' | 'rollback') =>
    planWith({ analysis: { insufficientData: { hold: '10m', then } } });

  test('too little is waited for, and then decided as the config says', () => {
    expect(afterStep(plan('rollback'), little, 60_000).kind).toBe('wait');
    expect(afterStep(plan('rollback'), little, 600_000)).toEqual({
      kind: 'turn',
      cause: 'not enough requests to judge by: 3 requests',
    });
    expect(afterStep(plan('promote'), little, 600_000).kind).toBe('go-on');
  });
});

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
    expect(turn).toBe('3 of 3 measurements of success failed, the last was 0.9');
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
    expect(turn).toMatch(/^error_rate 20% above 5% for 20s/);
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
