/** A pod's metrics page, from the candidate that is on trial, and what is made of it. */

import { instant } from '../../core/base/vocabulary.ts';
import { clientsOf, countOn, type Own } from '../../core/metrics/page/pod-count.ts';
import { readPage } from '../../core/metrics/page/pods.ts';
import { NotAPage, readMetricsPage } from '../../effects/measure/metrics/page.ts';
import { insist, type Target } from '../target.ts';

const OWN: Own = {
  sent: { '/health': { requests: 3, errors: 1 } },
  periodic: [
    { path: '/health', everyMs: 1_000, isCertain: true },
    { path: '/metrics', everyMs: 5_000, isCertain: false },
  ],
  isReady: true,
};
const SERIES = ['queue_depth', 'pool{state="busy"}', 'x'];
const EARLIER = readPage(
  readMetricsPage(
    'http_requests_total{status="200",path="/"} 1\nhttp_requests_total{status="500"} 0',
  ),
);

export const metricsPage: Target = {
  name: 'metrics-page',
  form: 'text',
  words: [
    ...['http_requests_total', 'http_server_requests_seconds_count', 'status="500"', 'code="200"'],
    ...[
      'http_request_duration_seconds_bucket',
      'le="+Inf"',
      'le="0.1"',
      'path="/health"',
      'uri="/"',
    ],
    ...[
      '# TYPE a histogram\n',
      '# EOF',
      ' # {trace_id="a"} 1',
      '{',
      '}',
      ' 1\n',
      '+Inf',
      '-inf',
      '1e9',
    ],
    ...[
      '\\"',
      '\\n',
      '=',
      '="',
      'queue_depth ',
      '1700000000000',
      'resilience4j_circuitbreaker_state',
    ],
  ],
  read: (input) => {
    try {
      const page = readPage(readMetricsPage(input), SERIES, new Set(['/health', '']));
      if (!page) return [];
      const before = EARLIER && countOn(undefined, EARLIER, OWN, instant(0));
      const { requests, errors } = clientsOf(
        countOn(before, page, OWN, instant(10_000)),
        '/health',
      );
      insist(requests >= 0 && errors >= 0 && errors <= requests, 'more errors than requests');
      return [];
    } catch (thrown) {
      if (thrown instanceof NotAPage) return [thrown.message];
      throw thrown;
    }
  },
};
