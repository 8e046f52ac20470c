// A limit is in its metric's own unit: 5 is five percent, five milliseconds, or five requests a second.
import { describe, expect, test } from '@jest/globals';
import {
  formatValue,
  isKnownMetric,
  KNOWN_METRICS,
  parseLimit,
  quantileOf,
  unitOf,
} from '../../../core/metrics/metric-names.ts';

describe('a limit', () => {
  test.each<[string, string | number, number | undefined]>([
    ['error_rate', '5%', 0.05],
    ['error_rate', 0.05, 0.05],
    ['error_rate', 'five', undefined],
    ['latency_p99', '500ms', 500],
    ['latency_p99', '2s', 2_000],
    ['latency_p99', 250, 250],
    ['latency_p99', -1, undefined],
    ['latency', 'soon', undefined],
    ['throughput', '500', 500],
    ['throughput', 0, 0],
    ['throughput', '-1', undefined],
    ['queue', '-7.5', -7.5],
    ['queue', ' ', undefined],
    ['queue', '', undefined],
    ['queue', 'Infinity', undefined],
  ])('of %s written as %j', (metric, written, limit) => {
    expect(parseLimit(metric, written)).toBe(limit);
  });
});

test.each([
  ['error_rate', 0.123, '12.3%'],
  ['latency', 1_500, '1.5s'],
  ['throughput', 12.345, '12.3 req/s'],
  ['queue', 1234.56, '1235'],
])('%s is shown in its unit', (metric, value, text) =>
  expect(formatValue(metric, value)).toBe(text),
);

test('a latency is a quantile, and of no other metric is there one', () => {
  const quantiles = Object.keys(KNOWN_METRICS).map((name) => [name, quantileOf(name)]);
  expect(Object.fromEntries(quantiles.filter(([, quantile]) => quantile !== undefined))).toEqual({
    latency: 0.99,
    latency_p50: 0.5,
    latency_p90: 0.9,
    latency_p95: 0.95,
    latency_p99: 0.99,
  });
});

test('what nobody knows is plain, whatever every object has', () => {
  expect(isKnownMetric('toString')).toBe(false);
  expect(unitOf('toString')).toBe('plain');
  expect(isKnownMetric('cpu_usage')).toBe(true);
});
