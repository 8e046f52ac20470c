/** Histograms of latencies: what one has grown by, and the same without so many requests. */
import type { LatencyHistogram } from '../../judge/sample.ts';

/** Undefined where one has appeared or changed its bounds: no one knows by what it grew. */
export function grownLatency(
  before: LatencyHistogram | undefined,
  now: LatencyHistogram,
): LatencyHistogram | undefined {
  if (!before || !sameBounds(before, now)) return undefined;
  const counts = now.counts.map((count, i) => Math.max(0, count - (before.counts[i] ?? 0)));
  return { ...now, counts };
}

/** Takes off so many requests, the fastest first. */
export function fastestOff(latency: LatencyHistogram, requests: number): LatencyHistogram {
  let left = Math.max(0, requests);
  const counts = latency.counts.map((count) => {
    const taken = Math.min(count, left);
    left -= taken;
    return count - taken;
  });
  return { ...latency, counts };
}

function sameBounds(a: LatencyHistogram, b: LatencyHistogram): boolean {
  return (
    a.upperBoundsMs.length === b.upperBoundsMs.length &&
    a.upperBoundsMs.every((bound, i) => bound === b.upperBoundsMs[i])
  );
}
