/**
 * Requests and server errors from a pod's own metrics, by the names that common frameworks use.
 * What the cluster itself asks for (probes, scrapes) is no traffic and is left out where a label
 * tells the path.
 */
import type { Counters } from '../release/observation.ts';

/** One line of a metrics page. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Counters of finished requests, in the order in which they are looked for. */
const REQUEST_COUNTERS = [
  'http_requests_total',
  'http_server_requests_seconds_count', // Micrometer, Spring Boot
  'http_server_request_duration_seconds_count', // OpenTelemetry
  'http_request_duration_seconds_count',
] as const;

const STATUS_LABELS = ['status', 'code', 'status_code', 'http_response_status_code'] as const;
const PATH_LABELS = ['path', 'uri', 'route', 'handler', 'http_route', 'url'] as const;

/** Undefined where the page has no counter of requests that tells their status. */
export function countersOf(
  samples: readonly Sample[],
  ignoredPaths: readonly string[],
): Counters | undefined {
  for (const name of REQUEST_COUNTERS) {
    const counted = samples.filter((sample) => sample.name === name && statusOf(sample));
    if (counted.length === 0) continue;
    const traffic = counted.filter((sample) => !isIgnored(sample, ignoredPaths));
    const sum = (list: readonly Sample[]): number =>
      list.reduce((all, { value }) => all + value, 0);
    return { requests: sum(traffic), errors: sum(traffic.filter(isServerError)) };
  }
  return undefined;
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
