/**
 * Counters of requests, errors and latencies, and what they grow by between two looks. The one who
 * counts (a pod, a proxy for a pod) may start anew at any time; each resets on its own.
 */
import type { ArmSample, Counted, LatencyHistogram } from '../judge/sample.ts';
import { less, NOTHING, sum } from './page/families.ts';
import { grownLatency } from './page/histograms.ts';

/** Without what the cluster asks itself: probes and scrapes. */
export interface Counters extends Counted {
  readonly latency?: LatencyHistogram;
  /** What of it was asked on the path that the prober asks through the Service. */
  readonly shared?: Counted;
}

/** By what counts them, such as a pod's name. */
export type CountersByKey = Readonly<Record<string, Counters>>;

/**
 * What each counter grew by since it was last seen; one that is seen for the first time has grown by
 * nothing, for what it counted before was not this release's.
 */
export function grownBy(last: CountersByKey, now: CountersByKey): CountersByKey {
  return Object.fromEntries(
    Object.entries(now).map(([key, counters]) => {
      const before = last[key];
      return [key, before ? growth(before, counters) : { requests: 0, errors: 0 }];
    }),
  );
}

/** The same, summed up. */
export function grownSince(last: CountersByKey, now: CountersByKey): ArmSample {
  return summed(grownBy(last, now));
}

export function summed(grown: CountersByKey): ArmSample {
  const pods = Object.entries(grown);
  const all = pods.reduce<ArmSample>((total, [, pod]) => added(total, pod), NOTHING);
  const counts = pods.map(([key, { requests, errors }]) => [key, { requests, errors }] as const);
  return { ...all, pods: Object.fromEntries(counts) };
}

/** One that went down was reset by a restart: it hides nothing, all that it has is new. */
function growth(before: Counters, now: Counters): Counters {
  if (now.requests < before.requests || now.errors < before.errors) return now;
  const latency = now.latency && grownLatency(before.latency, now.latency);
  return {
    ...less(now, before),
    ...(now.shared ? { shared: less(now.shared, before.shared ?? NOTHING) } : {}),
    ...(latency ? { latency } : {}),
  };
}

/** Both together. Pods are not kept: what is added up is no longer anybody's own. */
export function added(a: ArmSample, b: ArmSample): ArmSample {
  const counts = sum(a, b);
  const latency =
    a.latency && b.latency ? bothLatencies(a.latency, b.latency) : (a.latency ?? b.latency);
  return latency ? { ...counts, latency } : counts;
}

/** The sum over the bounds that both have: two versions may count in different buckets. */
export function bothLatencies(a: LatencyHistogram, b: LatencyHistogram): LatencyHistogram {
  const shared = a.upperBoundsMs.filter((bound) => b.upperBoundsMs.includes(bound));
  const [own, others] = [a, b].map((each) => onBounds(each, shared));
  return {
    upperBoundsMs: shared,
    counts: (own ?? []).map((count, i) => count + (others?.[i] ?? 0)),
  };
}

/** The same requests told with fewer bounds. */
export function onBounds(
  { upperBoundsMs, counts }: LatencyHistogram,
  bounds: readonly number[],
): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const upTo = (bound: number): number =>
    counts.reduce((sum, n, i) => ((upperBoundsMs[i] ?? bound + 1) <= bound ? sum + n : sum), 0);
  const cumulative = [...bounds.map(upTo), all];
  return cumulative.map((count, i) => count - (cumulative[i - 1] ?? 0));
}

/**
 * The latency in milliseconds that a share of the requests stayed below: linear inside a bucket, and
 * the last finite bound for what lies beyond it, as Prometheus' histogram_quantile has it
 * (https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile). Undefined
 * without requests.
 */
export function quantileMs(latency: LatencyHistogram, share: number): number | undefined {
  const { upperBoundsMs, counts } = latency;
  const rank = share * counts.reduce((sum, count) => sum + count, 0);
  if (rank === 0) return undefined;
  let below = 0;
  for (const [i, count] of counts.entries()) {
    const lower = upperBoundsMs[i - 1] ?? 0;
    const upper = upperBoundsMs[i] ?? lower;
    if (below + count >= rank && count > 0) {
      return lower + (upper - lower) * ((rank - below) / count);
    }
    below += count;
  }
  return undefined;
}
