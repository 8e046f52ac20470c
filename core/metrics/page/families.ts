/**
 * The families of a metrics page that count finished requests, by path. A page may have several: each
 * counts what went through its own middleware, and two of them may have counted the same requests.
 */
import type { Counted } from '../../judge/sample.ts';
import type { Sample } from './sample.ts';

/** By path; `''` holds what no label tells the path of: no such label, or `other` and the like. */
export type ByPath = Readonly<Record<string, Counted>>;

/** One family by its name, since the counting began. */
export interface Family {
  readonly name: string;
  readonly paths: ByPath;
}

/** Counters of finished requests that tell the status, by the names of common frameworks. */
const REQUEST_COUNTERS: ReadonlySet<string> = new Set([
  'http_requests_total',
  'http_request_total',
  'flask_http_request_total',
  'http_server_requests_total',
  'http_server_requests_seconds_count', // Micrometer, Spring Boot
  'http_server_request_duration_seconds_count', // OpenTelemetry
  'http_server_duration_milliseconds_count', // OpenTelemetry before 1.23
  'http_request_duration_seconds_count',
  'http_requests_duration_seconds_count',
  'http_request_duration_milliseconds_count',
]);

const STATUS_LABELS = [
  'status',
  'code',
  'status_code',
  'http_response_status_code',
  'http_status_code',
] as const;
const PATH_LABELS = ['path', 'uri', 'route', 'handler', 'http_route', 'url', 'endpoint'] as const;

/** Pages with a path of its own for every request hold no more of them than this. */
const MOST_PATHS = 2_000;

export function familiesOf(samples: readonly Sample[]): Family[] {
  const families = new Map<string, Map<string, Counted>>();
  for (const sample of samples) {
    if (!REQUEST_COUNTERS.has(sample.name)) continue;
    const status = STATUS_LABELS.map((name) => sample.labels[name]).find((value) => value);
    if (status === undefined) continue;
    const paths = families.get(sample.name) ?? new Map<string, Counted>();
    families.set(sample.name, paths);
    const told = pathOf(sample);
    const path = paths.has(told) || paths.size < MOST_PATHS ? told : '';
    paths.set(path, sum(paths.get(path) ?? NOTHING, counted(status, sample.value)));
  }
  return [...families].map(([name, paths]) => ({ name, paths: Object.fromEntries(paths) }));
}

/** The path that a sample's labels tell, without origin and query; `''` where none is one. */
export function pathOf({ labels }: Sample): string {
  for (const name of PATH_LABELS) {
    const value = labels[name];
    const path = value && bare(value);
    if (path) return path;
  }
  return '';
}

/** `/pay?from=1` and `http://shop/pay` are `/pay`; undefined for what is no path. */
export function bare(written: string): string | undefined {
  return /^(?:https?:\/\/[^/]+)?(\/[^?#]*)/.exec(written)?.[1];
}

export const NOTHING: Counted = { requests: 0, errors: 0 };

export function sum(a: Counted, b: Counted): Counted {
  const clientErrors = (a.clientErrors ?? 0) + (b.clientErrors ?? 0);
  const counts = { requests: a.requests + b.requests, errors: a.errors + b.errors };
  return clientErrors > 0 ? { ...counts, clientErrors } : counts;
}

/** What `now` has more than `before`. */
export function less(now: Counted, before: Counted): Counted {
  const clientErrors = Math.max(0, (now.clientErrors ?? 0) - (before.clientErrors ?? 0));
  const counts = {
    requests: Math.max(0, now.requests - before.requests),
    errors: Math.max(0, now.errors - before.errors),
  };
  return clientErrors > 0 ? { ...counts, clientErrors } : counts;
}

export function totalOf(paths: ByPath): Counted {
  return Object.values(paths).reduce(sum, NOTHING);
}

/**
 * All families as one, each request once. `now` says which of them count the same requests: two whose
 * totals are nearly equal do (a counter and the `_count` of a histogram beside it). Of the others,
 * those that tell paths count the same requests where they tell the same path, and the larger is
 * taken there; what tells no path is another middleware's, and is added. `grown` is what is joined.
 */
export function joined(now: readonly Family[], grown: readonly Family[] = now): ByPath {
  const all: Record<string, Counted> = {};
  const plain: Counted[] = [];
  for (const name of distinct(now)) {
    const paths = grown.find((each) => each.name === name)?.paths ?? {};
    const tellsPaths = now.some(
      (each) => each.name === name && Object.keys(each.paths).some(Boolean),
    );
    for (const [path, counts] of Object.entries(paths)) {
      if (!tellsPaths) plain.push(counts);
      else if (counts.requests >= (all[path]?.requests ?? 0)) all[path] = counts;
    }
  }
  return plain.length === 0 ? all : { ...all, '': plain.reduce(sum, all[''] ?? NOTHING) };
}

/** Names of the families that count different requests; of those that count the same, the largest. */
function distinct(families: readonly Family[]): string[] {
  const kept: { readonly name: string; readonly total: number }[] = [];
  const sized = families.map(({ name, paths }) => ({ name, total: totalOf(paths).requests }));
  for (const family of sized.sort((a, b) => b.total - a.total)) {
    if (!kept.some(({ total }) => alike(total, family.total))) kept.push(family);
  }
  return kept.map(({ name }) => name);
}

/** One may have been read a few requests later, or leave out what the other counts. */
function alike(larger: number, smaller: number): boolean {
  return larger - smaller <= Math.max(2, 0.05 * larger);
}

function counted(status: string, requests: number): Counted {
  const counts = { requests, errors: /^5/.test(status) ? requests : 0 };
  return /^4/.test(status) ? { ...counts, clientErrors: requests } : counts;
}
