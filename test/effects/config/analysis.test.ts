// Wrong input under analysis and rollback: everything at once, each with its line, before anything
// is asked. Through the loader, with a file, as a stage reads it.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { BadInput } from '../../../effects/base/failure.ts';
import { loadSettings } from '../../../effects/config/load.ts';
import type { Kube } from '../../../effects/kube/client.ts';

async function faultsOf(yaml: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'release-'));
  const configFile = join(folder, 'release.yaml');
  await writeFile(
    configFile,
    `apiVersion: release.zero-downtime.dev/v1\nkind: ReleaseConfig\n${yaml}`,
  );
  const params = { service: 'pay', namespace: 'default', imageTag: 'v2', imageRepository: '' };
  const nobody = {} as Kube; // a file wins over the ConfigMap: nobody is asked
  const given = {
    ...params,
    strategy: '',
    dryRun: 'false',
    configMap: '',
    configFile,
  };
  return loadSettings(nobody, given).then(
    () => [],
    (thrown: unknown) => {
      if (!(thrown instanceof BadInput)) throw thrown;
      return thrown.faults.map((fault) => fault.replace(/^file \S+ /, ''));
    },
  );
}

const PROMETHEUS = 'providers: {prometheus: {address: "http://p:9090"}}';
const trigger = (text: string): string => `rollback:\n  triggers:\n    - {${text}}\n`;
const metric = (text: string, more = PROMETHEUS): string =>
  `analysis:\n  ${more}\n  metrics:\n    - {name: own, ${text}}\n`;

describe('a config that is right', () => {
  test.each([
    [
      'every kind of trigger',
      trigger(
        'metric: error_rate, operator: gt, value: 0.10, duration: 30s, cooldown: 60s, severity: critical}\n    - {health: readiness, failureThreshold: 3, interval: 5s}\n    - {errorSpike: {baseline: 0.02, increasePercent: 50, window: 60s, minErrors: 10}}\n    - {dependency: {name: psp, circuitBreaker: psp, failureRate: 40%}',
      ),
    ],
    [
      'a metric with conditions',
      metric(
        'provider: prometheus, query: "sum(rate(x{pod=~\\"{{pods}}\\"}[1m]))", successCondition: "result <= stable * 1.1", failureLimit: 3, count: 5, interval: 30s',
      ),
    ],
    [
      'any JSON',
      metric(
        'provider: http-json, url: "http://x/{{side}}", path: "$.data[0].p99", max: 0.5, relativeToStable: 2x',
      ),
    ],
    ['a profile and another judge', 'analysis: {profile: critical, judge: thresholds}\n'],
  ])('%s', async (_name, yaml) => {
    expect(await faultsOf(yaml)).toEqual([]);
  });
});

describe('a config that is wrong', () => {
  test.each<[string, string, string]>([
    [
      'an unknown judge',
      'analysis: {judge: seqential}\n',
      '/analysis/judge must be one of sequential, mann-whitney, thresholds; did you mean sequential?',
    ],
    [
      'an unknown profile',
      'analysis: {profile: strict}\n',
      '/analysis/profile must be one of standard, critical',
    ],
    [
      'an unknown preset',
      'analysis: {traffic: {provider: prometheus, preset: isto}}\n',
      '/analysis/traffic/preset must be one of http, spring, istio, gateway-api; did you mean istio?',
    ],
    [
      'an unknown metric',
      trigger('metric: eror_rate, value: 5%'),
      '/rollback/triggers/0/metric nothing measures it; did you mean error_rate?; analysis.metrics defines others',
    ],
    [
      'a share above the whole',
      trigger('metric: error_rate, value: 150%'),
      '/rollback/triggers/0/value is not a limit for error_rate: write 5% or 0.05',
    ],
    [
      'a limit that nothing exceeds',
      trigger('metric: error_rate, value: 100%'),
      '/rollback/triggers/0/value error_rate is never above 100%: this trigger can never fire',
    ],
    [
      'a limit that everything meets',
      trigger('metric: latency_p99, operator: gte, value: 0'),
      '/rollback/triggers/0/value latency_p99 is always zero or more: this trigger always fires',
    ],
    [
      'a latency that is none',
      trigger('metric: latency_p99, value: slow'),
      '/rollback/triggers/0/value is not a limit for latency_p99: write 500ms or 2s',
    ],
    [
      'a factor that is none',
      trigger('metric: latency_p99, relativeToStable: twice'),
      '/rollback/triggers/0/relativeToStable is not a multiple: write 2x or 0.9x',
    ],
    [
      'both a value and a factor',
      trigger('metric: latency_p99, value: 1s, relativeToStable: 2x'),
      '/rollback/triggers/0 needs exactly one of value and relativeToStable',
    ],
    [
      'an operator that is none',
      trigger('metric: error_rate, operator: ">", value: 5%'),
      '/rollback/triggers/0/operator must be one of gt, gte, lt, lte, eq',
    ],
    [
      'two triggers in one',
      trigger('metric: error_rate, value: 5%, health: readiness'),
      '/rollback/triggers/0 needs exactly one of metric and health and errorSpike and dependency',
    ],
    [
      'a key of another trigger',
      trigger('health: readiness, minRequests: 5'),
      '/rollback/triggers/0/minRequests has no meaning for a trigger on readiness',
    ],
    [
      'a dependency that nobody watches',
      trigger('dependency: {name: psp}'),
      '/rollback/triggers/0/dependency watches nothing: give a circuitBreaker or a url',
    ],
    [
      'rates without a breaker',
      trigger('dependency: {name: psp, url: "http://psp", failureRate: 5%}'),
      '/rollback/triggers/0/dependency its rates are those of a circuitBreaker, and none is named',
    ],
    [
      'a query that is none',
      metric('provider: prometheus, query: "sum(rate(x[5m])", max: 1'),
      '/analysis/metrics/0/query is not valid PromQL: it ends too early',
    ],
    [
      'a placeholder that is none',
      metric('provider: prometheus, query: "x{pod=\'{{pod}}\'}", max: 1'),
      '/analysis/metrics/0/query {{pod}} is not a placeholder',
    ],
    [
      'a query without a Prometheus',
      metric('provider: prometheus, query: x, max: 1', 'judge: sequential'),
      '/analysis/metrics/0/provider needs analysis.providers.prometheus.address',
    ],
    [
      'pods that would be read too rarely to see a bad version in time',
      'analysis: {pods: {interval: 10s}}\n',
      '/analysis/pods/interval must be from 1s to 5s',
    ],
    [
      'a source that lacks what it needs',
      metric('provider: http-json, url: "http://x", max: 1'),
      '/analysis/metrics/0 lacks path, which the provider http-json needs',
    ],
    [
      'a path that is none',
      metric('provider: http-json, url: "http://x", path: "$[", max: 1'),
      '/analysis/metrics/0/path is not a JSONPath',
    ],
    [
      'a condition that is none',
      metric('provider: prometheus, query: x, successCondition: "result >"'),
      '/analysis/metrics/0/successCondition is not a condition: it ends too early',
    ],
    [
      'a condition on nothing',
      metric('provider: prometheus, query: x, failureCondition: "resul > 0.5"'),
      '/analysis/metrics/0/failureCondition is not a condition: wrong at character 1, a variable that is none: there are result and stable',
    ],
    [
      'a condition that is a number',
      metric('provider: prometheus, query: x, successCondition: "result * 2.0"'),
      '/analysis/metrics/0/successCondition answers a double, not true or false',
    ],
    [
      'limits of no condition',
      metric('provider: prometheus, query: x, max: 1, failureLimit: 3'),
      '/analysis/metrics/0/failureLimit limits nothing without a successCondition or a failureCondition',
    ],
    [
      'a comparison of one thing',
      metric('provider: prometheus, query: x, relativeToStable: 2x'),
      '/analysis/metrics/0/relativeToStable the source names no {{pods}}, {{workload}}, {{backend}} or {{side}}: both are the same',
    ],
    [
      'nothing between min and max',
      metric('provider: pods, series: queue, min: 5, max: 4'),
      '/analysis/metrics/0/min is not below max: no value is between 5 and 4',
    ],
    [
      'a name that is taken',
      'analysis:\n  metrics:\n    - {name: error_rate, provider: pods, series: queue, max: 1}\n',
      '/analysis/metrics/0/name is measured already: choose another name',
    ],
  ])('%s', async (_name, yaml, fault) => {
    const [first = '', ...others] = await faultsOf(yaml);
    expect(first).toMatch(/^line \d+: /);
    expect(first.replace(/^line \d+: /, '')).toContain(fault);
    expect(others).toEqual([]);
  });

  test('everything is told at once, each at its line', async () => {
    const yaml = `${metric('provider: prometheus, query: "sum(", successCondition: "x"')}${trigger('metric: cpu, value: 5%')}`;
    const faults = await faultsOf(yaml);
    expect(faults.map((fault) => fault.split(' ').slice(0, 3).join(' '))).toEqual([
      'line 9: /rollback/triggers/0/metric',
      'line 6: /analysis/metrics/0/query',
      'line 6: /analysis/metrics/0/successCondition',
    ]);
  });

  test('one entry that is no trigger at all does not hide what is wrong with the next', async () => {
    const bad = 'metric: latency_p99, value: 1s, operator: above';
    const yaml = `${trigger(`${bad}}\n    - {metric: cpu, value: 5%`)}analysis: {metrics: [{name: 7}, {name: own, provider: pods}]}\n`;
    const faults = await faultsOf(yaml);
    expect(faults.map((fault) => fault.split(' ')[2])).toEqual([
      '/analysis/metrics/0',
      '/analysis/metrics/0/name',
      '/rollback/triggers/0/operator',
      '/analysis/metrics/1',
      '/rollback/triggers/1/metric',
    ]);
  });
});
