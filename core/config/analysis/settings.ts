/** How a candidate is judged, decided: where its metrics come from, by which judge, and what then. */
import { durationMs } from '../../base/duration.ts';
import { parseFactor, parseShare } from '../../base/share.ts';
import type { Side } from '../../base/vocabulary.ts';
import type { JudgeName } from '../../judge/judge.ts';
import type { Beside } from '../../judge/policy.ts';
import { type Access, accessOf } from '../../metrics/access.ts';
import type { MetricConfig } from '../../metrics/custom-metric.ts';
import type { PresetName } from '../../metrics/prometheus/presets.ts';
import type { AnalysisConfig } from '../sections/analysis.ts';

export type MetricSource =
  | { readonly provider: 'pods'; readonly series: string }
  | {
      readonly provider: 'prometheus';
      readonly query: string;
      /** The mean over so long; undefined: the value now. */
      readonly rangeMs: number | undefined;
    }
  | {
      readonly provider: 'http-json';
      readonly url: string;
      readonly path: string;
      readonly access: Access;
    };

/** As in an AnalysisTemplate of Argo Rollouts; conditions are CEL over `result` and `stable`. */
export interface Metric {
  readonly name: string;
  readonly source: MetricSource;
  readonly intervalMs: number;
  readonly initialDelayMs: number;
  /** Undefined: as long as it is watched. */
  readonly count: number | undefined;
  readonly success: string | undefined;
  readonly failure: string | undefined;
  readonly failureLimit: number;
  readonly inconclusiveLimit: number;
  readonly consecutiveErrorLimit: number;
}

export type TrafficSource =
  | { readonly provider: 'pods' }
  | {
      readonly provider: 'prometheus';
      readonly preset: PresetName;
      readonly selectors: Readonly<Partial<Record<Side, string>>>;
      readonly intervalMs: number;
    };

export interface AnalysisSettings {
  readonly judge: JudgeName;
  /** How it judges where no stable runs beside the candidate. Older plans lack it. */
  readonly unpaired?: {
    /** 0 to 1. */
    readonly toleratedErrorRate: number;
    readonly drift: number;
    readonly beside: Beside;
  };
  readonly traffic: TrafficSource;
  readonly prometheus: ({ readonly address: string } & Access) | undefined;
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
  const { traffic = {}, insufficientData = {} } = written;
  const prometheus = written.providers?.prometheus;
  return {
    judge: written.judge ?? 'sequential',
    unpaired: {
      toleratedErrorRate: parseShare(written.toleratedErrorRate ?? '5%') ?? 0.05,
      drift: parseFactor(written.drift ?? '2x') ?? 2,
      beside,
    },
    traffic:
      traffic.provider === 'prometheus'
        ? {
            provider: 'prometheus',
            preset: traffic.preset ?? 'http',
            selectors: traffic.selectors ?? {},
            intervalMs: durationMs(traffic.interval, '5s'),
          }
        : { provider: 'pods' },
    prometheus: prometheus && { address: prometheus.address, ...accessOf(prometheus) },
    metrics: (written.metrics ?? []).map(settleMetric),
    insufficientData: {
      holdMs: durationMs(insufficientData.hold, '0'),
      afterwards: insufficientData.then ?? 'promote',
      unexplainedMs: durationMs(insufficientData.unexplained, '2m'),
    },
    unmeasurableMs: durationMs(written.unmeasurableLimit, '60s'),
  };
}

function settleMetric(written: MetricConfig): Metric {
  return {
    name: written.name,
    source: sourceOf(written),
    intervalMs: durationMs(written.interval, '5s'),
    initialDelayMs: durationMs(written.initialDelay, '0'),
    count: written.count,
    success: written.successCondition,
    failure: written.failureCondition,
    failureLimit: written.failureLimit ?? 0,
    inconclusiveLimit: written.inconclusiveLimit ?? 0,
    consecutiveErrorLimit: written.consecutiveErrorLimit ?? 4,
  };
}

/** What a provider needs and lacks has been found by then (analysis-faults.ts). */
function sourceOf(written: MetricConfig): MetricSource {
  switch (written.provider) {
    case 'pods':
      return { provider: 'pods', series: written.series ?? '' };
    case 'prometheus': {
      const rangeMs = written.range === undefined ? undefined : durationMs(written.range, '0');
      return { provider: 'prometheus', query: written.query ?? '', rangeMs };
    }
    case 'http-json': {
      const { url = '', path = '$' } = written;
      return { provider: 'http-json', url, path, access: accessOf(written) };
    }
  }
}
