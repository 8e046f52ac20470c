/**
 * What a pod's own metrics page tells, by the names that common frameworks use: requests, server
 * errors, latencies, and the gauges that somebody asked for. What the cluster itself asks for
 * (probes, scrapes) is no traffic and is left out where a label tells the path.
 */
import type { LatencyHistogram } from '../judge/sample.ts';
import { pageGauges } from './gauges.ts';
import type { Sample } from './sample.ts';
import type { Counters } from './traffic.ts';

export interface PodPage {
  readonly counters: Counters;
  readonly gauges: Readonly<Record<string, number>>;
}

/** Counters of finished requests, in the order in which they are looked for. */
const REQUEST_COUNTERS = [
  'http_requests_total',
  'http_server_requests_seconds_count', // Micrometer, Spring Boot
  'http_server_request_duration_seconds_count', // OpenTelemetry
  'http_request_duration_seconds_count',
] as const;

const LATENCY_BUCKETS = [
  'http_request_duration_seconds_bucket',
  'http_server_requests_seconds_bucket',
  'http_server_request_duration_seconds_bucket',
] as const;

const STATUS_LABELS = ['status', 'code', 'status_code', 'http_response_status_code'] as const;
const PATH_LABELS = ['path', 'uri', 'route', 'handler', 'http_route', 'url'] as const;

/** Undefined where the page has no counter of requests that tells their status. */
export function readPage(
  samples: readonly Sample[],
  ignoredPaths: readonly string[],
  custom: readonly string[] = [],
): PodPage | undefined {
  const counters = countersOf(samples, ignoredPaths);
  return counters && { counters, gauges: pageGauges(samples, custom) };
}

/** Undefined where the page has no counter of requests that tells their status. */
export function countersOf(
  samples: readonly Sample[],
  ignoredPaths: readonly string[],
): Counters | undefined {
  for (const name of REQUEST_COUNTERS) {
    const counted = samples.filter((sample) => sample.name === name && statusOf(sample));
    if (counted.length === 0) continue;
    const traffic = counted.filter((sample) => !isIgnored(sample, ignoredPaths));
    const counts = { requests: sum(traffic), errors: sum(traffic.filter(isServerError)) };
    const latency = latencyOf(samples, ignoredPaths);
    return latency ? { ...counts, latency } : counts;
  }
  return undefined;
}

/** Buckets as Prometheus has them (everything up to `le`), as counts of each bucket alone. */
export function latencyFromBuckets(
  buckets: readonly { readonly le: string; readonly value: number }[],
  unitsPerSecond: 1 | 1000 = 1,
): LatencyHistogram | undefined {
  const upTo = new Map<number, number>();
  for (const { le, value } of buckets) {
    const bound = /^\+?Inf$/.test(le) ? Number.POSITIVE_INFINITY : Number(le);
    // What arithmetic adds to a bound such as 0.3 s must not make it another bound.
    const ms = unitsPerSecond === 1 ? Number((bound * 1000).toPrecision(12)) : bound;
    if (!Number.isNaN(ms)) upTo.set(ms, (upTo.get(ms) ?? 0) + value);
  }
  const bounds = [...upTo.keys()].sort((a, b) => a - b);
  const upperBoundsMs = bounds.filter(Number.isFinite);
  // Without +Inf nobody knows how many there are.
  if (upperBoundsMs.length === 0 || upperBoundsMs.length === bounds.length) return undefined;
  const cumulative = bounds.map((bound) => upTo.get(bound) ?? 0);
  const counts = cumulative.map((count, i) => Math.max(0, count - (cumulative[i - 1] ?? 0)));
  return { upperBoundsMs, counts };
}

function latencyOf(
  samples: readonly Sample[],
  ignoredPaths: readonly string[],
): LatencyHistogram | undefined {
  for (const name of LATENCY_BUCKETS) {
    const buckets = samples.filter((s) => s.name === name && !isIgnored(s, ignoredPaths));
    if (buckets.length === 0) continue;
    return latencyFromBuckets(buckets.map(({ labels, value }) => ({ le: labels.le ?? '', value })));
  }
  return undefined;
}

function sum(list: readonly Sample[]): number {
  return list.reduce((all, { value }) => all + value, 0);
}

function statusOf({ labels }: Sample): string | undefined {
  const label = STATUS_LABELS.find((name) => labels[name] !== undefined);
  return label && labels[label];
}

function isServerError(sample: Sample): boolean {
  return /^5/.test(statusOf(sample) ?? '');
}

function isIgnored({ labels }: Sample, ignoredPaths: readonly string[]): boolean {
  return PATH_LABELS.some((name) => ignoredPaths.includes(labels[name] ?? ''));
}
