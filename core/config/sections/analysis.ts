/** The schema of `analysis`: where metrics come from, and how the candidate is judged by them. */

import { durationMs } from '../../base/duration.ts';
import type { FromSchema } from '../../base/from-schema.ts';
import { DURATION, PATH, PORT, SHARE } from '../../base/schema-types.ts';
import { JUDGES } from '../../judge/judge.ts';
import { ACCESS } from '../../metrics/access.ts';
import { METRIC } from '../../metrics/custom-metric.ts';
import { PRESETS } from '../../metrics/prometheus/presets.ts';
import { PROFILES } from '../../triggers/trigger.ts';

export const ANALYSIS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    profile: { enum: PROFILES, description: 'Triggers that come along. Default: none of them.' },
    judge: { enum: JUDGES, description: 'Default sequential.' },
    toleratedErrorRate: {
      ...SHARE,
      description:
        'sequential, where no stable runs beside the candidate: more is bad. Default 5%.',
    },
    drift: {
      type: ['string', 'number'],
      format: 'factor',
      description:
        "sequential, where no stable runs beside the candidate: so many times the stable's rate before the release may be chance of the day. Default 2x.",
    },
    pods: {
      type: 'object',
      additionalProperties: false,
      properties: {
        port: {
          ...PORT,
          description: 'Default: prometheus.io/port, or where the Service sends.',
        },
        path: { ...PATH, description: 'Default: prometheus.io/path, or /metrics.' },
        interval: { ...DURATION, description: 'How often they are read, 1s to 5s. Default 1s.' },
      },
      description: "Where the pods' own metrics are.",
    },
    traffic: {
      type: 'object',
      additionalProperties: false,
      properties: {
        provider: {
          enum: ['pods', 'prometheus'],
          description: 'Who counts requests. Default pods.',
        },
        preset: {
          enum: PRESETS,
          description: 'prometheus: the names of its metrics. Default http.',
        },
        selectors: {
          type: 'object',
          additionalProperties: false,
          properties: { stable: { type: 'string' }, candidate: { type: 'string' } },
          description: "Label matchers of a side, instead of the preset's.",
        },
        interval: { ...DURATION, description: 'How often Prometheus is asked. Default 5s.' },
      },
    },
    providers: {
      type: 'object',
      additionalProperties: false,
      properties: {
        prometheus: {
          type: 'object',
          additionalProperties: false,
          required: ['address'],
          properties: { address: { type: 'string', pattern: '^https?://' }, ...ACCESS },
        },
      },
    },
    metrics: { type: 'array', items: METRIC },
    insufficientData: {
      type: 'object',
      additionalProperties: false,
      properties: {
        hold: {
          ...DURATION,
          description: 'How much longer than its time a step waits. Default 0.',
        },
        // biome-ignore lint/suspicious/noThenProperty: a key of a schema, which nobody awaits
        then: { enum: ['promote', 'rollback'], description: 'Default promote.' },
        unexplained: {
          ...DURATION,
          description:
            "How much longer a step waits where the candidate made errors that the stable's rate does not explain; then the release turns back. Default 2m.",
        },
      },
      description: 'When a step is over and too little was seen to call the candidate good.',
    },
    unmeasurableLimit: {
      ...DURATION,
      description: 'So long nothing may be measurable before the release turns back. Default 60s.',
    },
  },
} as const;

export type AnalysisConfig = FromSchema<typeof ANALYSIS>;

/** Where the pods' own metrics are, and how often they are read. */
export interface PodMetricsSettings {
  readonly port: number | undefined;
  readonly path: string | undefined;
  readonly everyMs: number;
}

export function resolvePodMetrics({ pods = {} }: AnalysisConfig = {}): PodMetricsSettings {
  return { port: pods.port, path: pods.path, everyMs: durationMs(pods.interval, '1s') };
}
