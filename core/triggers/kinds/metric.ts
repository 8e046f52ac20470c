/** A metric and its limit. */
import { durationMs } from '../../base/duration.ts';
import type { WrittenKeys } from '../../base/from-schema.ts';
import { parseFactor } from '../../base/share.ts';
import { USAGE_QUESTIONS } from '../../metrics/kubernetes.ts';
import { parseLimit } from '../../metrics/metric-names.ts';
import type { TriggerKind } from './kind.ts';
import { evaluateMetric } from './metric/compare.ts';
import { limitIssues } from './metric/limits.ts';
import { type MetricTrigger, OPERATORS } from './metric/metric-trigger.ts';
import { WHOLE, WINDOW } from './shared-keys.ts';

const KEYS = {
  metric: {
    type: 'string',
    description:
      'error_rate, error_rate_4xx, latency_p99, … or the name of one of analysis.metrics.',
  },
  operator: { enum: OPERATORS, description: 'Default gt.' },
  value: {
    type: ['string', 'number'],
    description: 'In the unit of the metric: `10%`, `500ms`, `500`.',
  },
  relativeToStable: {
    type: ['string', 'number'],
    format: 'factor',
    description: 'Instead of a value, so many times that of the stable: `2x`, `0.9x`.',
  },
  window: WINDOW,
  minRequests: { ...WHOLE, description: 'Fewer requests than this say nothing. Default 20.' },
} as const;

export const metric = {
  kind: 'metric',
  key: 'metric',
  title: 'a metric',
  keys: KEYS,
  common: ['duration', 'cooldown', 'severity'],
  resolve: (
    { metric: name = '', operator = 'gt', relativeToStable, value = 0, window, minRequests },
    terms,
  ) => ({
    ...terms,
    kind: 'metric',
    id: `${name} ${operator} ${relativeToStable === undefined ? value : `${relativeToStable} of stable`}`,
    metric: name,
    operator,
    limit:
      relativeToStable === undefined
        ? { kind: 'value', value: parseLimit(name, value) ?? 0 }
        : { kind: 'relative', factor: parseFactor(relativeToStable) ?? 1 },
    windowMs: durationMs(window, '30s'),
    minRequests: minRequests ?? 20,
  }),
  evaluate: (trigger, state, facts) => ({ state, found: evaluateMetric(trigger, facts) }),
  issues: limitIssues,
  questions: ({ metric: asked }) => USAGE_QUESTIONS.filter(({ name }) => name === asked),
} as const satisfies TriggerKind<WrittenKeys<typeof KEYS>, MetricTrigger, object>;
