import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import type { ArmSample, MeasuredWindow } from '../../../core/judge/sample.ts';
import { unmeasurable } from '../../../core/metrics/metric.ts';
import type { Facts } from '../../../core/triggers/facts.ts';
import { PROFILE_TRIGGERS } from '../../../core/triggers/profiles.ts';
import { resolveTrigger, resolveTriggers } from '../../../core/triggers/settings.ts';
import type { TriggerConfig } from '../../../core/triggers/trigger-config.ts';
import { evaluateTriggers, type TriggerStates } from '../../../core/triggers/trigger-state.ts';

interface Scene {
  readonly candidate?: ArmSample;
  readonly stable?: ArmSample;
  readonly forMs?: number;
  /** By name, of the candidate; a text is why it cannot be measured. */
  readonly values?: Readonly<Record<string, number | string>>;
  readonly stableValues?: Readonly<Record<string, number>>;
  readonly ready?: number;
  readonly restarts?: Readonly<Record<string, number>>;
  readonly usual?: number;
}

const FINE: ArmSample = { requests: 1_000, errors: 0 };

function facts(atMs: number, scene: Scene): Facts {
  const at = instant(atMs);
  const { candidate = FINE, stable = FINE, forMs = 30_000 } = scene;
  const window: MeasuredWindow = { kind: 'measured', at, forMs, candidate, stable };
  const measured = (values: Readonly<Record<string, number | string>> = {}) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'number'
          ? ({ kind: 'value', at, value } as const)
          : unmeasurable(at, 'no-answer', value),
      ]),
    );
  return {
    at,
    over: () => window,
    values: { candidate: measured(scene.values), stable: measured(scene.stableValues) },
    health: { ready: scene.ready ?? 4, expected: 4, restarts: scene.restarts ?? {} },
    usualThroughput: scene.usual,
  };
}

/** One look a second; the first second at which the trigger fires, and why. */
function firesAt(written: TriggerConfig, scenes: readonly Scene[]): [number, string] | undefined {
  const trigger = resolveTrigger(written, 'config');
  let memories: TriggerStates = {};
  for (const [second, scene] of scenes.entries()) {
    const looked = evaluateTriggers([trigger], memories, facts(second * 1000, scene));
    memories = JSON.parse(JSON.stringify(looked.memories));
    const [fired] = looked.fired;
    if (fired) return [second, fired.why];
  }
  return undefined;
}

const lasting = (scene: Scene, seconds = 10): Scene[] =>
  Array.from({ length: seconds }, () => scene);
const slow = (counts: readonly number[]): ArmSample => ({
  requests: counts.reduce((sum, n) => sum + n, 0),
  errors: 0,
  latency: { upperBoundsMs: [100, 200, 500, 1000, 5000, 10_000], counts },
});

describe('what is warned of by default, with nothing written', () => {
  const turnedAway = resolveTriggers({}).find(
    (each) => each.kind === 'metric' && each.metric === 'error_rate_4xx',
  );
  const warned = (clientErrors: number, stable: ArmSample): readonly string[] => {
    if (!turnedAway) throw new Error('nobody looks at it');
    let memories: TriggerStates = {};
    return [0, 1, 2, 3].flatMap((second) => {
      const candidate = { requests: 100, errors: 0, clientErrors };
      const scene = facts(second * 1000, { candidate, stable });
      const looked = evaluateTriggers([turnedAway], memories, scene);
      memories = looked.memories;
      return looked.fired.map(({ why }) => why);
    });
  };

  test.each<[string, number, ArmSample, boolean]>([
    ['a candidate that answers 404 to everybody', 100, { ...FINE, clientErrors: 10 }, true],
    ['the same where no stable runs beside it', 100, { requests: 0, errors: 0 }, true],
    [
      'a service that sends most people away as it always did',
      60,
      { ...FINE, clientErrors: 550 },
      false,
    ],
    ['a few more than before', 8, { ...FINE, clientErrors: 10 }, false],
  ])('%s', (_name, clientErrors, stable, warns) => {
    expect(warned(clientErrors, stable).length > 0).toBe(warns);
  });
});

describe('what each trigger of the config finds', () => {
  test.each<[string, TriggerConfig, Scene, string]>([
    [
      'an error rate',
      { metric: 'error_rate', operator: 'gt', value: 0.1, duration: '3s' },
      { candidate: { requests: 200, errors: 40 } },
      'error_rate 20% above 10% for 3s (40 of 200 requests)',
    ],
    [
      'a candidate that sends everybody away',
      { metric: 'error_rate_4xx', value: '50%', duration: '0' },
      { candidate: { requests: 200, errors: 0, clientErrors: 200 } },
      'error_rate_4xx 100% above 50% (200 of 200 requests)',
    ],
    [
      'a candidate that sends away more than the stable does',
      { metric: 'error_rate_4xx', relativeToStable: '2x', duration: '0' },
      {
        candidate: { requests: 200, errors: 0, clientErrors: 60 },
        stable: { requests: 800, errors: 0, clientErrors: 80 },
      },
      "error_rate_4xx 30% above 20% (2x the stable's 10%) (60 of 200 requests)",
    ],
    [
      'a slow tail',
      { metric: 'latency_p99', value: '1s', duration: '0' },
      { candidate: slow([90, 0, 0, 0, 10, 0, 0]) },
      'latency_p99 4.6s above 1s (over 100 requests)',
    ],
    [
      'p95 above twice that of the stable',
      { metric: 'latency_p95', relativeToStable: '2x', duration: '0' },
      { candidate: slow([0, 0, 100, 0, 0, 0, 0]), stable: slow([100, 0, 0, 0, 0, 0, 0]) },
      "latency_p95 485ms above 190ms (2x the stable's 95ms) (over 100 requests)",
    ],
    [
      'less throughput than there should be',
      { metric: 'throughput', operator: 'lt', value: 500, duration: '0' },
      { candidate: { requests: 3_000, errors: 0 }, stable: { requests: 6_000, errors: 0 } },
      'throughput 300 req/s below 500 req/s (9000 requests)',
    ],
    [
      'less throughput than before',
      { metric: 'throughput', operator: 'lt', relativeToStable: '0.9x', duration: '0' },
      { candidate: FINE, stable: FINE, usual: 100 },
      "throughput 66.7 req/s below 90 req/s (0.9x the stable's 100 req/s) (2000 requests)",
    ],
    [
      'a full database pool',
      { metric: 'db_pool_usage', operator: 'gte', value: '80%', duration: '0' },
      { values: { db_pool_usage: 0.8 } },
      'db_pool_usage 80% at or above 80% (of the candidate)',
    ],
    [
      'memory near its limit',
      { metric: 'memory_usage', value: '85%', duration: '0' },
      { values: { memory_usage: 0.9 } },
      'memory_usage 90% above 85% (of the candidate)',
    ],
    [
      "a metric of the config's own",
      { metric: 'queue', operator: 'eq', value: 7, duration: '0' },
      { values: { queue: 7 } },
      'queue 7 equal to 7 (of the candidate)',
    ],
    [
      'an error spike over a known baseline',
      { errorSpike: { baseline: '2%', increasePercent: 50, minErrors: 10 }, duration: '0' },
      { candidate: { requests: 300, errors: 10 } },
      'error spike: 3.3%, more than 50% above 2% (10 errors in 300 requests)',
    ],
    [
      'an error spike over the stable',
      { errorSpike: {}, duration: '0' },
      { candidate: { requests: 300, errors: 10 }, stable: { requests: 300, errors: 6 } },
      'error spike: 3.3%, more than 50% above 2% (10 errors in 300 requests)',
    ],
    [
      'an open circuit breaker',
      { dependency: { name: 'psp', circuitBreaker: 'externalPsp' }, duration: '0' },
      { values: { 'breaker/externalPsp/open': 1 } },
      'circuit breaker externalPsp is open: dependency psp fails',
    ],
    [
      'a failure rate of calls to a dependency',
      { dependency: { name: 'psp', circuitBreaker: 'x', failureRate: '40%' }, duration: '0' },
      { values: { 'breaker/x/open': 0, 'breaker/x/failure_rate': 0.5 } },
      'dependency psp: failure rate 50% above 40%',
    ],
    [
      'slow calls to a dependency',
      { dependency: { name: 'psp', circuitBreaker: 'x', slowCallRate: 0.3 }, duration: '0' },
      { values: { 'breaker/x/open': 0, 'breaker/x/slow_call_rate': 0.31 } },
      'dependency psp: slow call rate 31% above 30%',
    ],
    [
      'a dependency that does not answer',
      { dependency: { name: 'psp', url: 'http://psp/health' }, duration: '0' },
      { values: { 'dependency/psp': 'ECONNREFUSED' } },
      'dependency psp fails: ECONNREFUSED',
    ],
    [
      'more than half the pods not ready',
      { health: 'readiness', maxUnready: '50%', failureThreshold: 1 },
      { ready: 1 },
      '3 of 4 candidate pods not ready',
    ],
    [
      'a container that is restarted again and again',
      { health: 'restarts', restarts: 3, window: '5m' },
      { restarts: { a: 1, b: 3 } },
      'pod b was restarted 3 times within 5 minutes',
    ],
  ])('%s', (_name, written, scene, why) => {
    expect(firesAt(written, lasting(scene))?.[1]).toBe(why);
    expect(firesAt(written, lasting({ ...scene, ...CALM }))).toBeUndefined();
  });
});

/** The same service when nothing is wrong. */
const CALM: Scene = {
  candidate: slow([990, 10, 0, 0, 0, 0, 0]),
  stable: slow([990, 10, 0, 0, 0, 0, 0]),
  forMs: 2_000,
  values: {
    db_pool_usage: 0.1,
    memory_usage: 0.5,
    queue: 6,
    'breaker/externalPsp/open': 0,
    'breaker/x/open': 0,
    'breaker/x/failure_rate': 0,
    'breaker/x/slow_call_rate': 0,
    'dependency/psp': 1,
  },
  ready: 4,
  restarts: { a: 0, b: 2 },
  usual: 1_000,
};

describe('what must not fire a trigger', () => {
  const rate: TriggerConfig = { metric: 'error_rate', value: '10%', duration: '3s' };
  const bad: Scene = { candidate: { requests: 200, errors: 100 } };

  test('a moment: it must hold for its duration, without a pause', () => {
    expect(firesAt(rate, lasting(bad, 3))).toBeUndefined();
    expect(firesAt(rate, [bad, bad, {}, bad, bad, bad])).toBeUndefined();
    expect(firesAt(rate, lasting(bad, 4))?.[0]).toBe(3);
  });

  test('few requests, however bad', () => {
    expect(firesAt(rate, lasting({ candidate: { requests: 19, errors: 19 } }))).toBeUndefined();
  });

  test('a gap in the data, which neither fires nor forgets', () => {
    const gauge: TriggerConfig = { metric: 'cpu_usage', value: '95%', duration: '3s' };
    const hot: Scene = { values: { cpu_usage: 0.99 } };
    const blind: Scene = { values: { cpu_usage: 'ECONNREFUSED' } };
    expect(firesAt(gauge, [hot, blind, blind, blind, blind])).toBeUndefined();
    expect(firesAt(gauge, [hot, blind, blind, hot])?.[0]).toBe(3);
  });

  test('a stable that has nothing to compare with', () => {
    const twice: TriggerConfig = { metric: 'latency_p95', relativeToStable: 2, duration: '0' };
    const alone = { candidate: slow([0, 0, 0, 0, 9, 9, 9]), stable: { requests: 0, errors: 0 } };
    expect(firesAt(twice, lasting(alone))).toBeUndefined();
  });

  test('one failed readiness check of three', () => {
    const probe: TriggerConfig = { health: 'readiness', failureThreshold: 3, interval: '2s' };
    const [down, up]: Scene[] = [{ ready: 3 }, { ready: 4 }];
    const checks = (...ready: (Scene | undefined)[]): Scene[] =>
      ready.flatMap((scene) => [scene ?? {}, scene ?? {}]);
    expect(firesAt(probe, checks(down, down, up, down, down, up))).toBeUndefined();
    expect(firesAt(probe, checks(up, down, down, down))).toEqual([
      6,
      '1 of 4 candidate pods not ready, 3 checks in a row',
    ]);
  });

  test('restarts that are long ago', () => {
    const twice: TriggerConfig = { health: 'restarts', restarts: 2, window: '5s' };
    const count = (a: number): Scene => ({ restarts: { a } });
    const apart = [count(0), count(1), ...lasting(count(1), 6), count(2)];
    expect(firesAt(twice, apart)).toBeUndefined();
    expect(firesAt(twice, [count(0), count(1), count(1), count(2)])?.[0]).toBe(3);
  });
});

describe('a limit of a metric of the config', () => {
  const limits = (more: object) =>
    resolveTriggers({
      analysis: { metrics: [{ name: 'queue', provider: 'prometheus', query: 'q', ...more }] },
    }).filter((each) => each.kind === 'metric' && each.metric === 'queue');

  test.each([
    ['max', { max: 5 }, 'gt'],
    ['min', { min: 5 }, 'lt'],
    ['relativeToStable', { relativeToStable: '2x' }, 'gt'],
  ])('%s fires at the first look that exceeds it, not seconds later', (_key, limit, operator) => {
    expect(limits(limit)).toMatchObject([{ durationMs: 0, severity: 'critical', operator }]);
  });

  test('has the severity of its metric, and both ends where both are written', () => {
    expect(limits({ max: 5, min: 1, severity: 'warn' })).toMatchObject([
      { severity: 'warn', operator: 'gt', limit: { value: 5 } },
      { severity: 'warn', operator: 'lt', limit: { value: 1 } },
    ]);
  });

  test('is none where none is written', () => expect(limits({})).toEqual([]));
});

test('two triggers that are written alike count on their own', () => {
  const alike = { metric: 'error_rate', value: '5%' };
  const ids = resolveTriggers({ rollback: { triggers: [alike, alike, alike] } })
    .filter((each) => each.kind === 'metric' && each.metric === 'error_rate')
    .map(({ id }) => id);
  const [first] = ids;
  expect(ids).toEqual([first, `${first} #2`, `${first} #3`]);
});

describe('severity, cooldown and blindness', () => {
  const noisy = resolveTrigger(
    { metric: 'error_rate', value: '10%', duration: '0', cooldown: '5s', severity: 'warn' },
    'config',
  );

  test('a warning is told again only after its cooldown', () => {
    let memories: TriggerStates = {};
    const told = Array.from({ length: 12 }, (_, second) => {
      const scene = { candidate: { requests: 100, errors: 50 } };
      const looked = evaluateTriggers([noisy], memories, facts(second * 1000, scene));
      memories = looked.memories;
      return looked.fired.length;
    });
    expect(told).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
  });

  test("what somebody asked for and nobody can measure is told; a profile's is not waited for", () => {
    const written: TriggerConfig = { metric: 'cpu_usage', value: '95%' };
    const looks = (['config', 'profile'] as const).map((origin) =>
      evaluateTriggers(
        [resolveTrigger(written, origin)],
        {},
        facts(0, { values: { cpu_usage: 'no metrics.k8s.io' } }),
      ),
    );
    expect(looks.map(({ unmeasurable }) => unmeasurable.map(({ why }) => why))).toEqual([
      ['cpu_usage: no-answer: no metrics.k8s.io'],
      [],
    ]);
  });
});

describe('the profiles', () => {
  const levels = (profile: 'standard' | 'critical', scene: Scene): string[] => {
    const triggers = PROFILE_TRIGGERS[profile].map((written) => ({
      ...resolveTrigger(written, 'profile'),
      durationMs: 0,
    }));
    const { fired } = evaluateTriggers(triggers, {}, facts(0, scene));
    return fired.map(({ trigger }) => `${trigger.severity} ${trigger.id}`);
  };
  const busy = { forMs: 1_000 };

  test.each<[Scene, string[]]>([
    [{ candidate: { requests: 1000, errors: 110 } }, ['warn error_rate gt 10%']],
    [
      { candidate: { requests: 1000, errors: 210 } },
      ['warn error_rate gt 10%', 'critical error_rate gt 20%'],
    ],
    [{ candidate: slow([9, 0, 0, 0, 0, 91, 0]) }, ['warn latency_p99 gt 5s']],
    [{ values: { cpu_usage: 0.9 } }, ['warn cpu_usage gt 80%']],
    [{ values: { cpu_usage: 0.96 } }, ['warn cpu_usage gt 80%', 'critical cpu_usage gt 95%']],
    [{ values: { memory_usage: 0.86 } }, ['warn memory_usage gt 85%']],
    [{ ready: 1 }, ['critical readiness 0.5']],
  ])('standard: %j', (scene, fired) => {
    expect(levels('standard', { ...scene, ...busy })).toEqual(fired);
  });

  test.each<[Scene, string[]]>([
    [{ candidate: { requests: 1000, errors: 11 } }, ['warn error_rate gt 1%']],
    [
      { candidate: { requests: 1000, errors: 51 } },
      ['warn error_rate gt 1%', 'critical error_rate gt 5%'],
    ],
    [{ values: { db_pool_usage: 0.81 } }, ['warn db_pool_usage gt 80%']],
  ])('critical: %j', (scene, fired) => {
    expect(levels('critical', { ...scene, ...busy })).toEqual(fired);
  });
});

describe('a trigger that is exceeded when the watching ends', () => {
  const written: TriggerConfig = { metric: 'error_rate', value: '5%', duration: '30s' };
  const trigger = resolveTrigger(written, 'config');
  const failing: Scene = { candidate: { requests: 1_000, errors: 200 } };
  const undecidedAt = (scenes: readonly Scene[]): number => {
    let memories: TriggerStates = {};
    let undecided = 0;
    for (const [second, scene] of scenes.entries()) {
      const looked = evaluateTriggers([trigger], memories, facts(second * 1000, scene));
      memories = looked.memories;
      undecided = looked.undecided.length;
    }
    return undecided;
  };

  test('a bad version is not found good because its trigger had not lasted yet', () => {
    expect(undecidedAt(lasting(failing, 10))).toBe(1);
  });

  test('a calm look decides it, and so does its duration', () => {
    expect(undecidedAt([...lasting(failing, 10), {}])).toBe(0);
    expect(undecidedAt(lasting(failing, 31))).toBe(0);
  });
});
