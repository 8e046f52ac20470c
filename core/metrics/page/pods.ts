/**
 * What a pod's own metrics page tells, by the names that common frameworks use: requests, server
 * errors, latencies, and the gauges that somebody asked for. All of it, no matter who asked: what the
 * cluster and the stages have sent themselves is taken off by count (pod-count.ts).
 */
import type { LatencyHistogram } from '../../judge/sample.ts';
import { bothLatencies, type Counters } from '../traffic.ts';
import { type Family, familiesOf, joined, pathOf, totalOf } from './families.ts';
import { pageGauges } from './gauges.ts';
import type { Sample } from './sample.ts';

export interface PodPage {
  readonly families: readonly Family[];
  /** By path, `''` where no label tells it. */
  readonly latencies: Readonly<Record<string, LatencyHistogram>>;
  readonly gauges: Readonly<Record<string, number>>;
}

const LATENCY_BUCKETS = [
  'http_request_duration_seconds_bucket',
  'http_server_requests_seconds_bucket',
  'http_server_request_duration_seconds_bucket',
] as const;

/** What is not asked for by name needs no histogram of its own. */
const OTHER_PATHS = '*';

/**
 * Undefined where the page has no counter of requests that tells their status. Histograms of the
 * `paths` are kept apart, those of all others are one.
 */
export function readPage(
  samples: readonly Sample[],
  custom: readonly string[] = [],
  paths: ReadonlySet<string> = new Set(),
): PodPage | undefined {
  const families = familiesOf(samples);
  if (families.length === 0) return undefined;
  const latencies = latenciesOf(samples, paths);
  return { families, latencies, gauges: pageGauges(samples, custom) };
}

/** All that the page has counted; undefined where no counter of requests tells their status. */
export function countersOf(samples: readonly Sample[]): Counters | undefined {
  const page = readPage(samples);
  if (!page) return undefined;
  const latency = Object.values(page.latencies).reduce<LatencyHistogram | undefined>(
    (all, each) => (all ? bothLatencies(all, each) : each),
    undefined,
  );
  const counts = totalOf(joined(page.families));
  return latency ? { ...counts, latency } : counts;
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
  // Without +Inf no one knows how many there are.
  if (upperBoundsMs.length === 0 || upperBoundsMs.length === bounds.length) return undefined;
  const cumulative = bounds.map((bound) => upTo.get(bound) ?? 0);
  const counts = cumulative.map((count, i) => Math.max(0, count - (cumulative[i - 1] ?? 0)));
  return { upperBoundsMs, counts };
}

function latenciesOf(
  samples: readonly Sample[],
  paths: ReadonlySet<string>,
): Record<string, LatencyHistogram> {
  for (const name of LATENCY_BUCKETS) {
    const byPath = new Map<string, { readonly le: string; readonly value: number }[]>();
    for (const sample of samples) {
      if (sample.name !== name) continue;
      const path = pathOf(sample);
      const key = path === '' || paths.has(path) ? path : OTHER_PATHS;
      const buckets = byPath.get(key) ?? [];
      byPath.set(key, buckets);
      buckets.push({ le: sample.labels.le ?? '', value: sample.value });
    }
    if (byPath.size === 0) continue;
    const read = [...byPath].map(([path, buckets]) => [path, latencyFromBuckets(buckets)] as const);
    return Object.fromEntries(
      read.flatMap(([path, latency]) => (latency ? [[path, latency] as const] : [])),
    );
  }
  return {};
}
