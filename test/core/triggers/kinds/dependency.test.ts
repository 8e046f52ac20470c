// A dependency that fails turns a release back; one that nobody can see is neither well nor failing.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../../core/base/vocabulary.ts';
import { rollbackIssues } from '../../../../core/config/sections/rollback.ts';
import { type Measured, unmeasurable } from '../../../../core/metrics/metric.ts';
import { dependencyKey, type Facts } from '../../../../core/triggers/facts.ts';
import { gaugesFor, questionsOf, urlIn } from '../../../../core/triggers/kinds/registry.ts';
import { resolveTrigger } from '../../../../core/triggers/settings.ts';
import { evaluateTriggers } from '../../../../core/triggers/trigger-state.ts';

const AT = instant(0);

function triggerOf(dependency: object) {
  const written = { dependency: { name: 'billing', ...dependency }, duration: '0' };
  return resolveTrigger(written as never, 'config'); // as a user writes it
}

const value = (number: number): Measured => ({ kind: 'value', at: AT, value: number });

function looked(dependency: object, values: Facts['values']['candidate']): string {
  const facts: Facts = {
    at: AT,
    over: () => undefined,
    values: { candidate: values, stable: {} },
    health: { ready: 1, expected: 1, restarts: {} },
    usualThroughput: undefined,
  };
  const { fired, unmeasurable: blind } = evaluateTriggers([triggerOf(dependency)], {}, facts);
  return fired[0]?.why ?? blind[0]?.why ?? 'calm';
}

const URL = { url: 'http://billing/health' };
const CHECK = dependencyKey('billing');

describe('by its url', () => {
  test.each<[string, Facts['values']['candidate'], string]>([
    ['that answers is well', { [CHECK]: value(1) }, 'calm'],
    [
      'that does not answer fails',
      { [CHECK]: unmeasurable(AT, 'no-answer', 'answered 503') },
      'dependency billing fails: answered 503',
    ],
    ['that was not asked yet is not well', {}, 'dependency billing: it was not checked yet'],
  ])('one %s', (_what, values, why) => expect(looked(URL, values)).toBe(why));
});

describe('by a circuit breaker', () => {
  const BREAKER = { circuitBreaker: 'billing' };
  const gauges = gaugesFor(triggerOf(BREAKER) as never);
  const key = (part: string): string => gauges.find((name) => name.endsWith(part)) ?? part;

  test.each<[string, object, Facts['values']['candidate'], string]>([
    ['that is closed is well', {}, { [key('open')]: value(0) }, 'calm'],
    [
      'that is open fails',
      {},
      { [key('open')]: value(1) },
      'circuit breaker billing is open: dependency billing fails',
    ],
    [
      'that fails more often than it may fails',
      { failureRate: '10%' },
      { [key('open')]: value(0), [key('failure_rate')]: value(0.11) },
      'dependency billing: failure rate 11% above 10%',
    ],
    [
      'that fails as often as it may is well',
      { failureRate: '10%' },
      { [key('open')]: value(0), [key('failure_rate')]: value(0.1) },
      'calm',
    ],
    [
      'that is slow more often than it may fails',
      { slowCallRate: '50%' },
      { [key('open')]: value(0), [key('slow_call_rate')]: value(0.6) },
      'dependency billing: slow call rate 60% above 50%',
    ],
  ])('one %s', (_what, more, values, why) =>
    expect(looked({ ...BREAKER, ...more }, values)).toBe(why),
  );

  test('one that nobody tells is not well', () => {
    expect(looked(BREAKER, {})).toContain('is not told');
  });
});

describe('what has to be asked for it', () => {
  test('is its url, or its gauges', () => {
    const asked = triggerOf(URL);
    expect(questionsOf([asked]).map(({ name }) => name)).toEqual([CHECK]);
    expect(urlIn(asked as never)).toEqual({ title: 'dependency billing', url: URL.url });
    expect(gaugesFor(asked as never)).toEqual([]);
    const read = triggerOf({ circuitBreaker: 'billing' });
    expect(questionsOf([read])).toEqual([]);
    expect(urlIn(read as never)).toBeUndefined();
    expect(gaugesFor(read as never).length).toBeGreaterThan(0);
  });

  test('is asked once, however many triggers are on it', () => {
    const [twice, cpu] = [triggerOf(URL), { metric: 'cpu_usage', value: '90%' }];
    const onUsage = resolveTrigger(cpu, 'config');
    const names = questionsOf([twice, triggerOf(URL), onUsage, onUsage]).map(({ name }) => name);
    expect(names).toEqual([CHECK, 'cpu_usage']);
  });

  test('is one URL for one name', () => {
    const at = (url: string) => ({ dependency: { name: 'billing', url } });
    const issues = (...urls: string[]) =>
      rollbackIssues({ triggers: urls.map(at) }, [], () => '').map(({ path }) => path);
    expect(issues('http://a/', 'http://a/')).toEqual([]);
    expect(issues('http://a/', 'http://a/', 'http://b/')).toEqual([
      '/rollback/triggers/2/dependency/url',
    ]);
  });

  test('is nothing for a trigger on requests', () => {
    const limit = resolveTrigger({ metric: 'error_rate', value: '5%' }, 'config');
    expect([questionsOf([limit]), gaugesFor(limit as never), urlIn(limit as never)]).toEqual([
      [],
      [],
      undefined,
    ]);
  });
});
