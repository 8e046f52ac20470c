/** The key `analysis`: where metrics come from, how a candidate is judged by them, and what then. */
import type { ConfigIssue } from '../../base/config-issue.ts';
import { durationMs } from '../../base/duration.ts';
import type { FromSchema } from '../../base/from-schema.ts';
import { DURATION, LIST, SHARE } from '../../base/schema-types.ts';
import { parseFactor, parseShare } from '../../base/share.ts';
import { JUDGES, type JudgeName } from '../../judge/judge.ts';
import type { Beside } from '../../judge/policy.ts';
import { METRIC, type Metric, metricIssues, resolveMetric } from '../../metrics/custom-metric.ts';
import type { Connections } from '../../metrics/providers/registry.ts';
import type { TrafficSource } from '../../metrics/request-counters/registry.ts';
import { PROFILES } from '../../triggers/profiles.ts';
import {
  PODS,
  PROVIDERS,
  resolveConnections,
  resolveTraffic,
  sourceIssues,
  TRAFFIC,
} from './analysis/sources.ts';

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
    pods: PODS,
    traffic: TRAFFIC,
    providers: PROVIDERS,
    metrics: { ...LIST, items: METRIC },
    insufficientData: {
      type: 'object',
      additionalProperties: false,
      properties: {
        hold: {
          ...DURATION,
          description: 'How much longer than its time a step waits. Default 0.',
        },
        // biome-ignore lint/suspicious/noThenProperty: a key of a schema, which no one awaits
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

/** With the connections of providers, each under its provider's name. */
export interface AnalysisSettings extends Connections {
  readonly judge: JudgeName;
  /** How it judges where no stable runs beside the candidate. Older plans lack it. */
  readonly unpaired?: {
    /** 0 to 1. */
    readonly toleratedErrorRate: number;
    readonly drift: number;
    readonly beside: Beside;
  };
  readonly traffic: TrafficSource;
  readonly metrics: readonly Metric[];
  readonly insufficientData: {
    readonly holdMs: number;
    readonly afterwards: 'promote' | 'rollback';
    /** How long a step waits where errors are unexplained. Older plans lack it. */
    readonly unexplainedMs?: number;
  };
  readonly unmeasurableMs: number;
}

/** How long a step waits for an explanation of errors, unless the config says. */
export const UNEXPLAINED_MS = 120_000;

export function resolveAnalysis(
  written: AnalysisConfig = {},
  beside: Beside = 'always',
): AnalysisSettings {
  const { insufficientData = {} } = written;
  return {
    judge: written.judge ?? 'sequential',
    unpaired: {
      toleratedErrorRate: parseShare(written.toleratedErrorRate ?? '5%') ?? 0.05,
      drift: parseFactor(written.drift ?? '2x') ?? 2,
      beside,
    },
    traffic: resolveTraffic(written.traffic),
    ...resolveConnections(written.providers),
    metrics: (written.metrics ?? []).map(resolveMetric),
    insufficientData: {
      holdMs: durationMs(insufficientData.hold, '0'),
      afterwards: insufficientData.then ?? 'promote',
      unexplainedMs: durationMs(insufficientData.unexplained, '2m'),
    },
    unmeasurableMs: durationMs(written.unmeasurableLimit, '60s'),
  };
}

export function analysisIssues(analysis: AnalysisConfig = {}): ConfigIssue[] {
  const { pods, traffic, providers, metrics = [] } = analysis;
  const names = metrics.map(({ name }) => name);
  return [
    ...sourceIssues(pods, traffic, providers, metrics),
    ...unpairedIssues(analysis),
    ...metrics.flatMap((metric, index) =>
      metricIssues(metric, `/analysis/metrics/${index}`, names.indexOf(metric.name) < index),
    ),
  ];
}

/** The same rate is no drift, and less would call a candidate bad that is better. */
function unpairedIssues({ drift, toleratedErrorRate, judge }: AnalysisConfig): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const factor = parseFactor(drift ?? '2x');
  if (factor !== undefined && factor < 1) {
    issues.push({ path: '/analysis/drift', message: 'is below 1x: no candidate could be as good' });
  }
  const share = parseShare(toleratedErrorRate ?? '5%');
  if (share === 0 || share === 1) {
    const message = share === 0 ? 'tolerates nothing: write 0.1%' : 'tolerates everything';
    issues.push({ path: '/analysis/toleratedErrorRate', message });
  }
  for (const key of ['drift', 'toleratedErrorRate'] as const) {
    const given = key === 'drift' ? drift : toleratedErrorRate;
    if (given !== undefined && judge !== undefined && judge !== 'sequential') {
      const message = `has a meaning for the judge sequential only, not for ${judge}`;
      issues.push({ path: `/analysis/${key}`, message });
    }
  }
  return issues;
}
