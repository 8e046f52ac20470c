/** A trigger as a user writes it, under `rollback.triggers`. */
import type { FromSchema } from '../base/from-schema.ts';
import { DURATION, SEVERITY, SHARE } from '../base/schema-types.ts';
import { OPERATORS } from './trigger.ts';

const WHOLE = { type: 'integer', minimum: 1 } as const;

export const TRIGGER = {
  type: 'object',
  additionalProperties: false,
  properties: {
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
    window: { ...DURATION, description: 'Over which it is counted. Default 30s.' },
    minRequests: { ...WHOLE, description: 'Fewer requests than this say nothing. Default 20.' },
    health: { enum: ['readiness', 'restarts'] },
    maxUnready: { ...SHARE, description: 'readiness: of the pods there should be. Default 0.' },
    failureThreshold: { ...WHOLE, description: 'readiness: so often in a row. Default 3.' },
    interval: { ...DURATION, description: 'readiness: how far apart. Default 5s.' },
    restarts: { ...WHOLE, description: 'restarts: of one pod within the window. Default 3 in 5m.' },
    errorSpike: {
      type: 'object',
      additionalProperties: false,
      properties: {
        baseline: { ...SHARE, description: "Default: the stable's error rate in the same window." },
        increasePercent: { type: 'number', minimum: 0, description: 'Default 50.' },
        window: { ...DURATION, description: 'Default 60s.' },
        minErrors: { ...WHOLE, description: 'Default 10.' },
      },
    },
    dependency: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 63 },
        circuitBreaker: {
          type: 'string',
          minLength: 1,
          description: 'Its name in resilience4j_circuitbreaker_state: open is bad.',
        },
        failureRate: { ...SHARE, description: 'A higher failure rate of its breaker is bad.' },
        slowCallRate: { ...SHARE, description: 'A higher rate of slow calls is bad.' },
        url: {
          type: 'string',
          pattern: '^https?://',
          description: 'Asked every 5s: no answer, or one of 500 and above, is bad.',
        },
      },
    },
    duration: { ...DURATION, description: 'For how long it must hold. Default 3s.' },
    cooldown: { ...DURATION, description: 'Before it warns again. Default 60s.' },
    severity: SEVERITY,
  },
  oneOf: [
    { required: ['metric'] },
    { required: ['health'] },
    { required: ['errorSpike'] },
    { required: ['dependency'] },
  ],
} as const;

export type TriggerConfig = FromSchema<typeof TRIGGER>;
