// A limit is held against what both sides did; too little, too young or nothing to compare with is no finding.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../../../core/base/vocabulary.ts';
import type { ArmSample } from '../../../../../core/judge/sample.ts';
import type { Facts } from '../../../../../core/triggers/facts.ts';
import { evaluateMetric } from '../../../../../core/triggers/kinds/metric/compare.ts';
import type {
  MetricTrigger,
  Operator,
} from '../../../../../core/triggers/kinds/metric/metric-trigger.ts';

const NOBODY: ArmSample = { requests: 0, errors: 0 };

function triggerOf(more: Partial<MetricTrigger>): MetricTrigger {
  return {
    id: 'limit',
    origin: 'config',
    severity: 'critical',
    kind: 'metric',
    metric: 'error_rate',
    operator: 'gt',
    limit: { kind: 'value', value: 0.1 },
    durationMs: 0,
    cooldownMs: 0,
    windowMs: 30_000,
    minRequests: 20,
    ...more,
  };
}

interface Scene {
  readonly candidate?: ArmSample;
  readonly stable?: ArmSample;
  readonly forMs?: number;
  readonly usual?: number;
  readonly values?: Partial<Facts['values']>;
}

function factsOf({
  candidate = NOBODY,
  stable = NOBODY,
  forMs = 30_000,
  usual,
  values,
}: Scene): Facts {
  const at = instant(0);
  return {
    at,
    over: () => ({ kind: 'measured', at, forMs, candidate, stable }),
    values: { candidate: {}, stable: {}, ...values },
    health: { ready: 1, expected: 1, restarts: {} },
    usualThroughput: usual,
  };
}

const found = (trigger: Partial<MetricTrigger>, scene: Scene): string =>
  evaluateMetric(triggerOf(trigger), factsOf(scene)).kind;

describe('a rate of errors', () => {
  test.each<[Operator, number, string]>([
    ['gt', 10, 'calm'],
    ['gt', 11, 'exceeded'],
    ['gte', 10, 'exceeded'],
    ['gte', 9, 'calm'],
    ['lt', 10, 'calm'],
    ['lt', 9, 'exceeded'],
    ['lte', 10, 'exceeded'],
    ['lte', 11, 'calm'],
    ['eq', 10, 'exceeded'],
    ['eq', 11, 'calm'],
  ])('%s 10%% of 100 requests with %i errors is %s', (operator, errors, kind) => {
    expect(found({ operator }, { candidate: { requests: 100, errors } })).toBe(kind);
  });

  test.each([
    [19, 'no-data'],
    [20, 'exceeded'],
  ])('of %i requests, where 20 are needed, is %s', (requests, kind) => {
    expect(found({}, { candidate: { requests, errors: requests } })).toBe(kind);
  });

  test('is the candidate’s, whatever the stable does', () => {
    const bad = { requests: 100, errors: 100 };
    expect(found({}, { candidate: { requests: 100, errors: 0 }, stable: bad })).toBe('calm');
  });

  test('of requests that were turned away counts no errors, and the other way round', () => {
    const turnedAway = { requests: 100, errors: 0, clientErrors: 50 };
    expect(found({ metric: 'error_rate_4xx' }, { candidate: turnedAway })).toBe('exceeded');
    expect(found({}, { candidate: turnedAway })).toBe('calm');
    const failed = { requests: 100, errors: 50 };
    expect(found({ metric: 'error_rate_4xx' }, { candidate: failed })).toBe('calm');
  });
});

describe('so many times the stable', () => {
  const RELATIVE = { limit: { kind: 'relative', factor: 2 } } as const;
  const LEAST = { limit: { kind: 'relative', factor: 2, least: 0.25 } } as const;
  const candidate = { requests: 100, errors: 20 };

  test.each<[string, Partial<MetricTrigger>, ArmSample, string]>([
    ['twice as much is not more than twice', RELATIVE, { requests: 100, errors: 10 }, 'calm'],
    ['more than twice is', RELATIVE, { requests: 100, errors: 9 }, 'exceeded'],
    [
      'nothing can be said beside a stable of few',
      RELATIVE,
      { requests: 19, errors: 0 },
      'no-data',
    ],
    [
      'below what is allowed to anybody it is no matter',
      LEAST,
      { requests: 100, errors: 0 },
      'calm',
    ],
    ['nor is it beside a stable of few', LEAST, { requests: 19, errors: 0 }, 'calm'],
  ])('%s', (_what, trigger, stable, kind) => {
    expect(found(trigger, { candidate, stable })).toBe(kind);
  });

  test('what is allowed to anybody is the limit where the stable says nothing', () => {
    const bad = { requests: 100, errors: 26 };
    expect(found(LEAST, { candidate: bad })).toBe('exceeded');
  });
});

describe('the throughput of the whole service', () => {
  const FALLEN = { metric: 'throughput', operator: 'lt' } as const;
  const few = { candidate: { requests: 75, errors: 0 }, stable: { requests: 75, errors: 0 } };

  test.each([
    [14_999, 'no-data'],
    [15_000, 'calm'],
    [15_001, 'exceeded'],
    [30_000, 'exceeded'],
  ])(
    'is not read from a window of 30 s that has only lasted %i ms: it would look like silence',
    (forMs, kind) => {
      const limit = { kind: 'value', value: 10 } as const;
      expect(found({ ...FALLEN, limit }, { ...few, forMs })).toBe(kind);
    },
  );

  test('is held against what it was when the watch began, not against the stable’s part', () => {
    const limit = { kind: 'relative', factor: 0.5 } as const;
    expect(found({ ...FALLEN, limit }, { ...few, usual: 10 })).toBe('calm');
    expect(found({ ...FALLEN, limit }, { ...few, usual: 11 })).toBe('exceeded');
    expect(found({ ...FALLEN, limit }, few)).toBe('no-data');
  });
});

describe('a metric of somebody’s own', () => {
  const OWN = { metric: 'queue', limit: { kind: 'value', value: 5 } } as const;
  const at = instant(0);

  test.each<[string, Facts['values']['candidate'], string]>([
    ['its value', { queue: { kind: 'value', at, value: 6 } }, 'exceeded'],
    ['a value at its limit', { queue: { kind: 'value', at, value: 5 } }, 'calm'],
    ['none yet', {}, 'no-data'],
    [
      'a counter where a number is needed',
      { queue: { kind: 'counted', at, counters: {} } },
      'unmeasurable',
    ],
    [
      'no answer',
      { queue: { kind: 'unmeasurable', at, oddity: 'no-answer', why: '' } },
      'unmeasurable',
    ],
  ])('%s', (_what, candidate, kind) => {
    expect(found(OWN, { values: { candidate } })).toBe(kind);
  });
});
