// A limit that can never be exceeded guards nothing, and one that always is turns every release back: neither is
// taken.
import { expect, test } from '@jest/globals';
import { limitIssues } from '../../../../../core/triggers/kinds/metric/limits.ts';

const PLACE = {
  path: '/rollback/triggers/0',
  metrics: ['queue'],
  suggest: (written: string) => (written === 'eror_rate' ? ', did you mean error_rate?' : ''),
} as never; // what else a place tells is not asked for

type Written = Parameters<typeof limitIssues>[0];

function issues(written: Written): string[] {
  return limitIssues(written, PLACE).map(({ path, message }) => `${path} ${message}`);
}

test.each<[string, Written]>([
  ['of requests', { metric: 'error_rate', value: '5%' }],
  ['of requests, just below all of them', { metric: 'error_rate', value: '99%' }],
  ['that all requests reach', { metric: 'error_rate', operator: 'gte', value: 1 }],
  ['of time', { metric: 'latency_p99', value: '500ms' }],
  ['of time, so many times the stable’s', { metric: 'latency_p99', relativeToStable: '2x' }],
  ['of a metric of one’s own', { metric: 'queue', operator: 'lt', value: 0 }],
  [
    'of a metric of one’s own that is always reached, for all that is known',
    { metric: 'queue', operator: 'gte', value: 0 },
  ],
  ['above zero, however little', { metric: 'throughput', operator: 'gt', value: 0 }],
  ['of all processors', { metric: 'cpu_usage', value: '100%' }],
])('a limit %s is taken', (_what, written) => expect(issues(written)).toEqual([]));

const PATH = '/rollback/triggers/0';
test.each<[Written, string]>([
  [
    { metric: 'eror_rate', value: 1 },
    `${PATH}/metric nothing measures it, did you mean error_rate?; analysis.metrics defines others`,
  ],
  [{ metric: 'error_rate' }, `${PATH} needs exactly one of value and relativeToStable`],
  [
    { metric: 'error_rate', value: '5%', relativeToStable: 2 },
    `${PATH} needs exactly one of value and relativeToStable`,
  ],
  [
    { metric: 'error_rate', value: 'many' },
    `${PATH}/value is not a limit for error_rate: write 5% or 0.05`,
  ],
  [
    { metric: 'latency', value: 'long' },
    `${PATH}/value is not a limit for latency: write 500ms or 2s`,
  ],
  [{ metric: 'queue', value: 'long' }, `${PATH}/value is not a limit for queue: write a number`],
  [
    { metric: 'error_rate', value: '100%' },
    `${PATH}/value error_rate is never above 100%: this trigger can never fire`,
  ],
  [
    { metric: 'throughput', operator: 'lt', value: 0 },
    `${PATH}/value throughput is never below zero: this trigger can never fire`,
  ],
  [
    { metric: 'latency', operator: 'gte', value: 0 },
    `${PATH}/value latency is always zero or more: this trigger always fires`,
  ],
])('%j is refused, and says why', (written, issue) => expect(issues(written)).toEqual([issue]));
