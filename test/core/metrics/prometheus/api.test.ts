import { describe, expect, test } from '@jest/globals';
import { instant, type Side } from '../../../../core/base/vocabulary.ts';
import { readUsage } from '../../../../core/metrics/kubernetes.ts';
import type { MetricResponse } from '../../../../core/metrics/metric.ts';
import { filledIn, unknownPlaceholders } from '../../../../core/metrics/placeholders.ts';
import { instantQuery, readNumber } from '../../../../core/metrics/prometheus/api.ts';
import { PRESET_QUERIES } from '../../../../core/metrics/prometheus/presets.ts';
import { readTraffic } from '../../../../core/metrics/prometheus/traffic.ts';
import { readJson } from '../../../../core/metrics/providers/http-json.ts';
import { pod } from '../../support/objects.ts';

const NOW = instant(Date.UTC(2026, 0, 1));
const S = NOW / 1000;

const answered = (body: unknown, status = 200): MetricResponse => ({
  kind: 'answered',
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const answer = (resultType: string, result: unknown): MetricResponse =>
  answered({ status: 'success', data: { resultType, result } });
const series = (value: unknown, at = S) => ({ metric: {}, value: [at, value] });
const range = (values: unknown[]) => ({ metric: {}, values });

test.each(['http://prometheus:9090', 'http://prometheus:9090/', 'http://prometheus:9090//'])(
  'a query is asked at %s, however it ends',
  (address) => {
    expect(instantQuery(address, 'up == 1')).toEqual({
      to: 'http',
      url: 'http://prometheus:9090/api/v1/query?query=up%20%3D%3D%201',
    });
  },
);

describe('a query that must answer one number', () => {
  test.each([
    ['a value that is no point', { metric: {}, value: ['now', '1'] }],
    ['a value of three parts', { metric: {}, value: [S, '1', '2'] }],
    ['labels that are no texts', { metric: { pod: 7 }, value: [S, '1'] }],
    ['no labels', { value: [S, '1'] }],
    ['values that are no points', { metric: {}, values: [[S, '1'], 'x'] }],
  ])('is not believed with %s', (_what, wrong) => {
    expect(readNumber(answer('vector', [wrong]), NOW)).toMatchObject({
      kind: 'unmeasurable',
      oddity: 'malformed',
    });
  });

  test.each([
    ['a vector of one', answer('vector', [series('0.25')]), 0.25],
    ['a scalar', answer('scalar', [S, '3']), 3],
    [
      'the mean of a range',
      answer('matrix', [
        range([
          [S - 10, '1'],
          [S, '3'],
        ]),
      ]),
      2,
    ],
  ])('%s', (_name, reply, value) => {
    expect(readNumber(reply, NOW)).toMatchObject({ kind: 'value', value });
  });

  test.each([
    ['no answer', { kind: 'failed', why: 'ECONNREFUSED' }, 'no-answer'],
    ['a server error', answered('', 503), 'no-answer'],
    ['a wrong token', answered('', 401), 'refused'],
    ['what is no PromQL', answered('{"error":"parse error"}', 400), 'bad-query'],
    ['what is not valid JSON', answered('<html>'), 'malformed'],
    ["what is somebody else's JSON", answered({ value: 1 }), 'malformed'],
    ['an empty vector', answer('vector', []), 'empty'],
    ['several series', answer('vector', [series('1'), series('2')]), 'several-series'],
    ['NaN', answer('vector', [series('NaN')]), 'nan'],
    ['infinity', answer('vector', [series('+Inf')]), 'nan'],
    ['a string', answer('string', [S, 'good']), 'string'],
    ['a value that is no number', answer('vector', [series('good')]), 'string'],
    ['a clock that is ahead', answer('vector', [series('1', S + 60)]), 'clock-skew'],
    ['a clock that is behind', answer('vector', [series('1', S - 60)]), 'clock-skew'],
    ['a range that ended long ago', answer('matrix', [range([[S - 600, '1']])]), 'stale'],
    [
      'a range with a NaN in it',
      answer('matrix', [
        range([
          [S, 'NaN'],
          [S, '1'],
        ]),
      ]),
      'nan',
    ],
  ] as [string, MetricResponse, string][])(
    '%s is unmeasurable, never good',
    (_name, reply, oddity) => {
      expect(readNumber(reply, NOW)).toMatchObject({ kind: 'unmeasurable', oddity });
    },
  );
});

describe('the counters of a preset', () => {
  const by = { by: 'pod', unitsPerSecond: 1 } as const;
  const count = (side: string, podName: string, measure: string, value: string, le?: string) => ({
    metric: { side, pod: podName, measure, ...(le ? { le } : {}) },
    value: [S, value],
  });
  const fresh = (side: string, podName: string) => count(side, podName, 'sampled', `${S - 10}`);

  test('are of both sides and by pod; a side without errors has none', () => {
    const reply = answer('vector', [
      count('stable', 's1', 'requests', '100'),
      count('candidate', 'c1', 'requests', '10'),
      count('candidate', 'c1', 'errors', '2'),
      count('candidate', 'c1', 'latency', '9', '0.5'),
      count('candidate', 'c1', 'latency', '10', '+Inf'),
      fresh('stable', 's1'),
      fresh('candidate', 'c1'),
    ]);
    expect(readTraffic(reply, by, NOW)).toMatchObject({
      stable: { counters: { s1: { requests: 100, errors: 0 } } },
      candidate: {
        counters: {
          c1: { requests: 10, errors: 2, latency: { upperBoundsMs: [500], counts: [9, 1] } },
        },
      },
    });
  });

  test.each([
    ['that nobody scrapes any more', [count('candidate', 'c1', 'sampled', `${S - 300}`)], 'stale'],
    ['that nobody has', [], 'empty'],
    ['that are NaN', [count('candidate', 'c1', 'requests', 'NaN')], 'nan'],
  ])('%s are unmeasurable', (_name, result, oddity) => {
    const { candidate } = readTraffic(answer('vector', result), by, NOW);
    expect(candidate).toMatchObject({ kind: 'unmeasurable', oddity });
  });
});

describe('a number out of any JSON', () => {
  const select = (path: string, document: unknown): unknown[] => {
    const value = (document as Record<string, unknown>)[path.slice(2)]; // one level is enough here
    return value === undefined ? [] : [value].flat();
  };

  test.each([
    ['a number', { rate: 0.5 }, { kind: 'value', value: 0.5 }],
    ['a number in a text', { rate: '0.5' }, { kind: 'value', value: 0.5 }],
    ['nothing there', {}, { kind: 'unmeasurable', oddity: 'empty' }],
    ['null', { rate: null }, { kind: 'unmeasurable', oddity: 'string' }],
    ['several', { rate: [1, 2] }, { kind: 'unmeasurable', oddity: 'several-series' }],
    ['a text', { rate: 'fine' }, { kind: 'unmeasurable', oddity: 'string' }],
    ['no JSON', 'fine', { kind: 'unmeasurable', oddity: 'malformed' }],
  ])('%s', (_name, body, expected) => {
    expect(readJson(answered(body), '$.rate', select, NOW)).toMatchObject(expected);
  });
});

describe('usage against limits', () => {
  const limited = pod('c1', {}, 'r/a:v2');
  const container = { name: 'app', resources: { limits: { cpu: '500m', memory: '128Mi' } } };
  const withLimits = { ...limited, spec: { ...limited.spec, containers: [container] } };
  const usage = (cpu: string, memory: string, timestamp = '2026-01-01T00:00:00Z'): MetricResponse =>
    answered({
      items: [
        {
          metadata: { name: 'c1' },
          timestamp,
          containers: [{ name: 'app', usage: { cpu, memory } }],
        },
      ],
    });

  test('is the share of the limit that the fullest pod uses', () => {
    const reply = usage('400000000n', '96Mi');
    expect(readUsage(reply, 'cpu', [withLimits], NOW)).toMatchObject({ value: 0.8 });
    expect(readUsage(reply, 'memory', [withLimits], NOW)).toMatchObject({ value: 0.75 });
  });

  test.each([
    ['no limit', usage('1', '1'), [limited], 'empty'],
    ['no metrics-server', answered('', 404), [withLimits], 'no-answer'],
    ['no right to look', answered('', 403), [withLimits], 'refused'],
    ['one that stopped', usage('1', '1', '2025-12-31T00:00:00Z'), [withLimits], 'stale'],
  ])('%s is unmeasurable', (_name, reply, pods, oddity) => {
    expect(readUsage(reply, 'cpu', pods, NOW)).toMatchObject({ kind: 'unmeasurable', oddity });
  });
});

describe('placeholders', () => {
  test('are filled in by side; a side without pods matches nothing', () => {
    const own = pod('pay-green-6f7-abc', {}, 'r/a:v2');
    const owner = { kind: 'ReplicaSet', name: 'pay-green-6f7', uid: '1', controller: true };
    const pods = [{ ...own, metadata: { ...own.metadata, ownerReferences: [owner] } }];
    const named = { namespace: 'shop', service: 'pay', backend: 'pay-preview' };
    const subject = { ...named, side: 'candidate', pods } as const;
    const text = '{{namespace}} {{service}} {{ side }} {{pods}} {{workload}} {{backend}}';
    expect(filledIn(text, subject)).toBe(
      'shop pay candidate pay-green-6f7-abc pay-green pay-preview',
    );
    expect(filledIn('pod=~"{{pods}}"', { ...subject, pods: [] })).toBe('pod=~"-"');
    expect(unknownPlaceholders('{{pods}} {{pod}} {{a b}}')).toEqual(['pod', 'a b']);
  });
});

describe('the clusters of a gateway', () => {
  test.each([
    ['Contour', (service: string) => `shop/${service}/8080/da39a3ee5e`],
    ['kgateway', (service: string) => `kube_shop_${service}_8080`],
    ['Cilium', (service: string) => `shop/cilium-gateway-edge/shop:${service}:8080`],
    ['Istio', (service: string) => `outbound|8080||${service}.shop.svc.cluster.local`],
    ['the embedded cluster', (service: string) => `shop/${service}/8080`],
  ])('of %s are told apart by the Service that they are named after', (_gateway, cluster) => {
    const selects = (side: Side, backend: string, name: string): boolean => {
      const subject = { namespace: 'shop', service: 'pay', side, backend, pods: [] };
      const matcher = filledIn(PRESET_QUERIES['gateway-api'].side, subject);
      const [, expression = ''] = /^envoy_cluster_name=~"(.*)"$/.exec(matcher) ?? [];
      return new RegExp(`^(?:${expression})$`).test(name); // anchored, as Prometheus does
    };
    const [stable, candidate, other] = ['pay', 'pay-preview', 'repay'].map(cluster);
    expect(selects('stable', 'pay', stable ?? '')).toBe(true);
    expect(selects('candidate', 'pay-preview', candidate ?? '')).toBe(true);
    expect(selects('stable', 'pay', candidate ?? '')).toBe(false);
    expect(selects('candidate', 'pay-preview', stable ?? '')).toBe(false);
    expect(selects('stable', 'pay', other ?? '')).toBe(false);
  });
});
