import { describe, expect, test } from '@jest/globals';
import { NO_TRACE, traced, windowOf } from '../../../core/analysis/trace.ts';
import { instant } from '../../../core/base/vocabulary.ts';
import type { MeasuredWindow } from '../../../core/judge/sample.ts';
import { latencyFromBuckets, readPage } from '../../../core/metrics/page/pods.ts';
import type { Sample } from '../../../core/metrics/page/sample.ts';
import { added, grownSince, quantileMs } from '../../../core/metrics/traffic.ts';

const buckets = (pairs: Record<string, number>) =>
  latencyFromBuckets(Object.entries(pairs).map(([le, value]) => ({ le, value })));

describe('windows of counters', () => {
  test('what a pod counted before it was watched does not count', () => {
    const grown = grownSince({}, { a: { requests: 1_000, errors: 900 } });
    expect(grown).toMatchObject({ requests: 0, errors: 0 });
  });

  test('a restart resets counters and hides nothing', () => {
    const last = { a: { requests: 100, errors: 0 }, b: { requests: 50, errors: 0 } };
    const now = { a: { requests: 30, errors: 30 }, b: { requests: 60, errors: 1 } };
    expect(grownSince(last, now)).toEqual({
      requests: 40,
      errors: 31,
      pods: { a: { requests: 30, errors: 30 }, b: { requests: 10, errors: 1 } },
    });
  });

  test('latencies grow bucket by bucket, and are unknown where the buckets changed', () => {
    const older = buckets({ '0.1': 5, '1': 8, '+Inf': 8 });
    const newer = buckets({ '0.1': 6, '1': 18, '+Inf': 20 });
    const other = buckets({ '0.2': 6, '+Inf': 20 });
    if (!older || !newer || !other) throw new Error('no histogram');
    const last = { a: { requests: 8, errors: 0, latency: older } };
    const grown = grownSince(last, { a: { requests: 20, errors: 0, latency: newer } });
    expect(grown.latency).toEqual({ upperBoundsMs: [100, 1000], counts: [1, 9, 2] });
    const changed = grownSince(last, { a: { requests: 20, errors: 0, latency: other } });
    expect(changed.latency).toBeUndefined();
  });

  test('two versions with different buckets are added up over those they share', () => {
    const a = { upperBoundsMs: [100, 200, 500], counts: [1, 2, 3, 4] };
    const b = { upperBoundsMs: [100, 500], counts: [10, 20, 30] };
    const sum = added(
      { requests: 10, errors: 0, latency: a },
      { requests: 60, errors: 0, latency: b },
    );
    expect(sum.latency).toEqual({ upperBoundsMs: [100, 500], counts: [11, 25, 34] });
  });
});

describe('quantiles as Prometheus computes them', () => {
  const latency = { upperBoundsMs: [100, 200, 400], counts: [50, 30, 20, 0] };

  // histogram_quantile over the same buckets, by hand: rank 95 lies 15/20 into the bucket (200, 400].
  test.each([
    [0.5, 100],
    [0.8, 200],
    [0.95, 350],
    [1, 400],
  ])('the %d quantile is %d ms', (share, ms) => {
    expect(quantileMs(latency, share)).toBeCloseTo(ms, 9);
  });

  test('beyond every bound it is the last bound, and without requests it is nothing', () => {
    expect(quantileMs({ upperBoundsMs: [100], counts: [0, 9] }, 0.5)).toBe(100);
    expect(quantileMs({ upperBoundsMs: [100], counts: [0, 0] }, 0.5)).toBeUndefined();
  });
});

describe('a metrics page', () => {
  const sample = (name: string, labels: Record<string, string>, value: number): Sample => ({
    name,
    labels,
    value,
  });

  test('tells requests and latencies by path, memory, the pool and breakers', () => {
    const bucket = (path: string, le: string, value: number): Sample =>
      sample('http_request_duration_seconds_bucket', { path, le }, value);
    const page = readPage(
      [
        sample('http_requests_total', { path: '/pay', status: '200' }, 7),
        bucket('/pay', '0.3', 6),
        bucket('/pay', '+Inf', 7),
        bucket('/health', '0.3', 100),
        bucket('/health', '+Inf', 100),
        sample('process_resident_memory_bytes', {}, 64e6),
        sample('hikaricp_connections_active', { pool: 'main' }, 8),
        sample('hikaricp_connections_max', { pool: 'main' }, 10),
        sample('resilience4j_circuitbreaker_state', { name: 'psp', state: 'closed' }, 0),
        sample('resilience4j_circuitbreaker_state', { name: 'psp', state: 'open' }, 1),
        sample('resilience4j_circuitbreaker_failure_rate', { name: 'psp' }, 62.5),
        sample('resilience4j_circuitbreaker_slow_call_rate', { name: 'psp' }, -1),
        sample('queue_length', {}, 12),
        sample('nothing_known', {}, Number.NaN),
      ],
      ['queue_length', 'nothing_known', 'missing'],
      new Set(['/health']),
    );
    expect(page).toEqual({
      families: [{ name: 'http_requests_total', paths: { '/pay': { requests: 7, errors: 0 } } }],
      latencies: {
        '*': { upperBoundsMs: [300], counts: [6, 1] },
        '/health': { upperBoundsMs: [300], counts: [100, 0] },
      },
      gauges: {
        memory_bytes: 64e6,
        db_pool_usage: 0.8,
        'breaker/psp/open': 1,
        'breaker/psp/failure_rate': 0.625,
        'metric/queue_length': 12,
      },
    });
  });
});

describe('the trace of a release', () => {
  const window = (second: number): MeasuredWindow => ({
    kind: 'measured',
    at: instant(second * 1000),
    forMs: 1000,
    candidate: {
      requests: 10,
      errors: second % 2,
      latency: { upperBoundsMs: [100], counts: [9, 1] },
    },
    stable: { requests: 90, errors: 0, latency: { upperBoundsMs: [100], counts: [90, 0] } },
  });

  test('gives the windows back, through JSON', () => {
    const trace = JSON.parse(JSON.stringify(traced(NO_TRACE, window(1), {})));
    expect(windowOf(trace.points[0], trace.bounds)).toEqual(window(1));
  });

  test('stays small however long the release takes, and loses no request', () => {
    let trace = NO_TRACE;
    for (let second = 1; second <= 7_200; second += 1) trace = traced(trace, window(second), {});
    const windows = trace.points.map((point) => windowOf(point, trace.bounds));
    const requests = windows.map((w) => (w.kind === 'measured' ? w.candidate.requests : 0));
    expect(requests.reduce((sum, n) => sum + n, 0)).toBe(72_000);
    expect(windows.reduce((sum, { forMs }) => sum + forMs, 0)).toBe(7_200_000);
    expect(JSON.stringify(trace).length).toBeLessThan(40_000);
  });
});
