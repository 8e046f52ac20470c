import { describe, expect, test } from '@jest/globals';
import { countersOf } from '../../../core/metrics/pods.ts';
import type { Sample } from '../../../core/metrics/sample.ts';

const sample = (name: string, labels: Record<string, string>, value: number): Sample => ({
  name,
  labels,
  value,
});

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
    expect(countersOf(page, [])).toEqual({ requests: 100, errors: 5 });
  });

  test('probes and scrapes are no traffic', () => {
    const page = [
      sample('http_requests_total', { path: '/payments', status: '200' }, 7),
      sample('http_requests_total', { path: '/health/ready', status: '503' }, 100),
      sample('http_requests_total', { path: '/metrics', status: '200' }, 50),
    ];
    expect(countersOf(page, ['/health/ready', '/metrics'])).toEqual({ requests: 7, errors: 0 });
  });

  test('a page that does not tell the status tells nothing', () => {
    expect(countersOf([sample('http_requests_total', {}, 7)], [])).toBeUndefined();
    expect(countersOf([sample('up', {}, 1)], [])).toBeUndefined();
  });

  test('a service without traffic yet has counted nothing, which is not the same', () => {
    const page = [sample('http_requests_total', { path: '/metrics', status: '200' }, 1)];
    expect(countersOf(page, ['/metrics'])).toEqual({ requests: 0, errors: 0 });
  });
});
