/** The metrics that a trigger can name without anybody defining them, and how each is written. */
import { formatDuration, parseDurationMs } from '../base/duration.ts';
import { formatShare, parseShare } from '../base/share.ts';

/** What the number is: a fraction, milliseconds, requests a second, or whatever its source says. */
export type Unit = 'share' | 'ms' | 'per-second' | 'plain';

export const KNOWN_METRICS = {
  error_rate: 'share',
  error_rate_4xx: 'share',
  latency: 'ms',
  latency_p50: 'ms',
  latency_p90: 'ms',
  latency_p95: 'ms',
  latency_p99: 'ms',
  throughput: 'per-second',
  cpu_usage: 'share',
  memory_usage: 'share',
  db_pool_usage: 'share',
} as const satisfies Readonly<Record<string, Unit>>;
type KnownMetric = keyof typeof KNOWN_METRICS;

/** `latency` alone is the 99th percentile. */
const QUANTILES: Readonly<Record<string, number>> = {
  latency: 0.99,
  latency_p50: 0.5,
  latency_p90: 0.9,
  latency_p95: 0.95,
  latency_p99: 0.99,
};

export function isKnownMetric(name: string): name is KnownMetric {
  return Object.hasOwn(KNOWN_METRICS, name);
}

export function unitOf(metric: string): Unit {
  return isKnownMetric(metric) ? KNOWN_METRICS[metric] : 'plain';
}

export function quantileOf(metric: string): number | undefined {
  return QUANTILES[metric];
}

/** A written limit in the metric's unit; undefined where it is none. A bare latency is in ms. */
export function parseLimit(metric: string, written: string | number): number | undefined {
  switch (unitOf(metric)) {
    case 'share':
      return parseShare(written);
    case 'ms': {
      const ms = typeof written === 'number' ? written : parseDurationMs(written);
      return ms !== undefined && ms >= 0 ? ms : undefined;
    }
    case 'per-second': {
      const rate = plain(written);
      return rate !== undefined && rate >= 0 ? rate : undefined;
    }
    case 'plain':
      return plain(written);
  }
}

export function formatValue(metric: string, value: number): string {
  switch (unitOf(metric)) {
    case 'share':
      return formatShare(value);
    case 'ms':
      return formatDuration(value);
    case 'per-second':
      return `${Number(value.toFixed(1))} req/s`;
    case 'plain':
      return `${Number(value.toPrecision(4))}`;
  }
}

function plain(written: string | number): number | undefined {
  const value = typeof written === 'number' || written.trim() !== '' ? Number(written) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}
