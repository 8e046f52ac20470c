/** What metrics systems answer: Prometheus, any JSON endpoint, metrics.k8s.io. */

import { instant } from '../../core/base/vocabulary.ts';
import type { Pod } from '../../core/kubernetes/objects.ts';
import { readUsage } from '../../core/metrics/kubernetes.ts';
import type { Measured, MetricResponse } from '../../core/metrics/metric.ts';
import { readNumber } from '../../core/metrics/prometheus/api.ts';
import { PRESET_QUERIES } from '../../core/metrics/prometheus/presets.ts';
import { readTraffic } from '../../core/metrics/prometheus/traffic.ts';
import { readJson } from '../../core/metrics/providers/http-json.ts';
import { select } from '../../effects/expressions/json-path.ts';
import { insist, type Target } from '../target.ts';

const AT = instant(1_700_000_000_000);
const answered = (body: string, status = 200): MetricResponse => ({
  kind: 'answered',
  status,
  body,
});

/** What is said of a measurement; its numbers are numbers. */
function saidOf(measured: Measured): string[] {
  switch (measured.kind) {
    case 'value':
      insist(Number.isFinite(measured.value), 'a value that is no number');
      return [];
    case 'counted':
      for (const { requests, errors } of Object.values(measured.counters)) {
        insist(Number.isFinite(requests) && Number.isFinite(errors), 'a count that is no number');
      }
      return [];
    case 'unmeasurable':
      return [measured.why];
  }
}

export const prometheusAnswer: Target = {
  name: 'prometheus-answer',
  form: 'json',
  words: [
    ...['success', 'error', 'bad_data', 'vector', 'matrix', 'scalar', 'string', 'measure', 'side'],
    ...[
      'requests',
      'errors',
      'latency',
      'sampled',
      'shared',
      'candidate',
      'stable',
      'le',
      '+Inf',
      '12',
    ],
  ],
  read: (body) => [
    ...saidOf(readNumber(answered(body), AT)),
    ...saidOf(readNumber(answered(body, 400), AT)),
    ...Object.values(PRESET_QUERIES).flatMap((preset) =>
      Object.values(readTraffic(answered(body), preset, AT)).flatMap(saidOf),
    ),
  ],
};

const PATHS = [
  '$.a',
  '$..b',
  '$[0]',
  "$['a b'].c",
  '$[?@.a > 1].b',
  '$.a[-1]',
  '$[?length(@.a) > 1]',
];

export const jsonAnswer: Target = {
  name: 'http-json-answer',
  form: 'json',
  words: ['a', 'b', 'a b', 'c', '1', '12.5'],
  read: (body) => PATHS.flatMap((path) => saidOf(readJson(answered(body), path, select, AT))),
};

const limits = { cpu: '500m', memory: '256Mi' };
const PODS = ['pay-1', 'pay-2'].map(
  (name): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'app', resources: { limits } }] },
  }),
);

export const usageAnswer: Target = {
  name: 'usage-answer',
  form: 'json',
  words: ['pay-1', 'pay-2', '100m', '12Mi', '5n', '2023-11-14T22:13:00Z', 'items', 'containers'],
  read: (body) =>
    (['cpu', 'memory'] as const).flatMap((resource) =>
      saidOf(readUsage(answered(body), resource, PODS, AT)),
    ),
};
