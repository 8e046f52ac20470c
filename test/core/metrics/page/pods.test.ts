import { describe, expect, test } from '@jest/globals';
import { countersOf } from '../../../../core/metrics/page/pods.ts';
import type { Sample } from '../../../../core/metrics/page/sample.ts';

const sample = (name: string, labels: Record<string, string>, value: number): Sample => ({
  name,
  labels,
  value,
});

const OTEL = 'http_server_request_duration_seconds_count';

describe('counters from a metrics page', () => {
  test.each([
    ['http_requests_total', 'status'],
    ['http_requests_total', 'code'],
    ['http_server_requests_seconds_count', 'status'],
    ['http_request_duration_seconds_count', 'status_code'],
    ['http_server_request_duration_seconds_count', 'http_response_status_code'],
  ])('%s by %s', (name, label) => {
    const page = [
      sample(name, { [label]: '200' }, 90),
      sample(name, { [label]: '404' }, 5),
      sample(name, { [label]: '503' }, 5),
    ];
    expect(countersOf(page)).toEqual({ requests: 100, errors: 5, clientErrors: 5 });
  });

  test('every path counts, probed or not: whoever asked is found out by count', () => {
    const page = [
      sample('http_requests_total', { path: '/payments', status: '200' }, 7),
      sample('http_requests_total', { path: '/health/ready', status: '503' }, 100),
      sample('http_requests_total', { path: '/metrics', status: '200' }, 50),
    ];
    expect(countersOf(page)).toEqual({ requests: 157, errors: 100 });
  });

  test.each<[string, Sample[], object]>([
    [
      'a second middleware counts what the first does not',
      [
        sample('http_requests_total', { code: '200', handler: 'prometheus' }, 5),
        sample(OTEL, { http_response_status_code: '500', http_route: '/pay' }, 900),
      ],
      { requests: 905, errors: 900 },
    ],
    [
      'a counter and the histogram beside it count the same requests',
      [
        sample('http_requests_total', { path: '/pay', status: '200' }, 900),
        sample('http_requests_total', { path: '/pay', status: '500' }, 100),
        sample('http_request_duration_seconds_count', { path: '/pay', status: '200' }, 899),
        sample('http_request_duration_seconds_count', { path: '/pay', status: '500' }, 100),
      ],
      { requests: 1000, errors: 100 },
    ],
    [
      'the same requests, by a path and by its template',
      [
        sample('http_requests_total', { path: '/pay/17', status: '200' }, 400),
        sample('http_requests_total', { path: '/pay/18', status: '500' }, 400),
        sample(OTEL, { http_response_status_code: '200', http_route: '/pay/{id}' }, 400),
        sample(OTEL, { http_response_status_code: '500', http_route: '/pay/{id}' }, 400),
      ],
      { requests: 800, errors: 400 },
    ],
    [
      'one leaves out the probes that the other counts',
      [
        sample('http_requests_total', { path: '/pay', status: '500' }, 100),
        sample('http_requests_total', { path: '/ready', status: '200' }, 300),
        sample('http_request_duration_seconds_count', { path: '/pay', status: '500' }, 100),
      ],
      { requests: 400, errors: 100 },
    ],
    [
      'two servers in one process, neither of which tells a path',
      [
        sample('http_requests_total', { code: '200' }, 1000),
        sample('http_server_requests_seconds_count', { status: '500' }, 300),
      ],
      { requests: 1300, errors: 300 },
    ],
  ])('of several families: %s', (_name, page, counters) => {
    expect(countersOf(page)).toEqual(counters);
  });

  test('a page that does not tell the status tells nothing', () => {
    expect(countersOf([sample('http_requests_total', {}, 7)])).toBeUndefined();
    expect(countersOf([sample('up', {}, 1)])).toBeUndefined();
  });
});
