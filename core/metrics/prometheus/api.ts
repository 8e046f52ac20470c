/**
 * Prometheus' HTTP API (v1), and a query of the config's own, whose answer must be one number.
 * https://prometheus.io/docs/prometheus/latest/querying/api/
 */

import { jsonOf } from '../../base/json.ts';
import { type Instant, instant } from '../../base/vocabulary.ts';
import {
  type Measured,
  type MetricQuery,
  type MetricResponse,
  noResponse,
  numberOf,
  type Unmeasurable,
  unmeasurable,
} from '../metric.ts';

/** `[seconds since the epoch, value as a text]` */
export type Point = readonly [number, string];
export type Series = {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: Point;
  readonly values?: readonly Point[];
};
type Result =
  | { readonly resultType: 'vector' | 'matrix'; readonly result: readonly Series[] }
  | { readonly resultType: 'scalar' | 'string'; readonly result: Point };

/** The clocks of Prometheus and of this process may differ by as much. */
const SKEW_MS = 30_000;
/** A sample older than this says nothing about now: a usual scrape interval is 15 s to 60 s. */
export const STALE_MS = 120_000;

export type Range = { readonly windowMs: number; readonly stepMs: number };

export function instantQuery(address: string, query: string): MetricQuery {
  return { to: 'http', url: `${base(address)}/api/v1/query?query=${encodeURIComponent(query)}` };
}

/** The newest point of a range is what counts; the others show whether it is there at all. */
export function rangeQuery(address: string, query: string, at: Instant, range: Range): MetricQuery {
  const seconds = (ms: number): string => (ms / 1000).toFixed(3);
  const span = `start=${seconds(at - range.windowMs)}&end=${seconds(at)}&step=${seconds(range.stepMs)}`;
  const url = `${base(address)}/api/v1/query_range?query=${encodeURIComponent(query)}&${span}`;
  return { to: 'http', url };
}

/** One number: of an instant query its value, of a range the mean of its points. */
export function readNumber(reply: MetricResponse, at: Instant): Measured {
  const result = resultOf(reply, at);
  if ('kind' in result) return result;
  switch (result.resultType) {
    case 'string':
      return unmeasurable(at, 'string', 'the query answers a string, not a number');
    case 'scalar':
      return inTime(result.result, at);
    case 'vector':
    case 'matrix': {
      const [first, second] = result.result;
      if (!first) return unmeasurable(at, 'empty', 'the query answers no series');
      if (second) {
        const count = result.result.length;
        return unmeasurable(
          at,
          'several-series',
          `the query answers ${count} series: aggregate it`,
        );
      }
      return first.values ? meanOf(first.values, at) : inTime(first.value, at);
    }
  }
}

export function skewed(seconds: number, at: Instant): Unmeasurable | undefined {
  const aheadMs = instant(seconds * 1000) - at;
  if (Math.abs(aheadMs) <= SKEW_MS) return undefined;
  const way = aheadMs > 0 ? 'ahead of' : 'behind';
  const apart = Math.round(Math.abs(aheadMs) / 1000);
  return unmeasurable(at, 'clock-skew', `Prometheus' clock is ${apart} s ${way} this one`);
}

function inTime(point: Point | undefined, at: Instant): Measured {
  if (!point) return unmeasurable(at, 'malformed', 'a series without a value');
  return skewed(point[0], at) ?? numberOf(point[1], at);
}

function meanOf(points: readonly Point[], at: Instant): Measured {
  const last = points.at(-1);
  if (!last) return unmeasurable(at, 'empty', 'the range has no points');
  const ageMs = at - last[0] * 1000;
  if (ageMs > STALE_MS) {
    return unmeasurable(at, 'stale', `the newest point is ${Math.round(ageMs / 1000)} s old`);
  }
  if (ageMs < -SKEW_MS) return unmeasurable(at, 'clock-skew', 'the newest point is of the future');
  const numbers = points.map(([, value]) => numberOf(value, at));
  const odd = numbers.find(({ kind }) => kind === 'unmeasurable');
  if (odd) return odd;
  const values = numbers.flatMap((each) => (each.kind === 'value' ? [each.value] : []));
  return {
    kind: 'value',
    at,
    value: values.reduce((sum, value) => sum + value, 0) / values.length,
  };
}

export function resultOf(reply: MetricResponse, at: Instant): Result | Unmeasurable {
  const none = noResponse(reply, at);
  if (none) return none;
  const body = reply.kind === 'answered' ? jsonOf(reply.body) : undefined;
  return isAnswer(body)
    ? body.data
    : unmeasurable(at, 'malformed', 'the answer is not Prometheus’');
}

/** The server is another's: all that is read of it is looked at first. */
function isAnswer(body: unknown): body is { data: Result } {
  const { data } = Object(body);
  const { resultType, result } = Object(data);
  switch (resultType) {
    case 'vector':
    case 'matrix':
      return Array.isArray(result) && result.every(isSeries);
    case 'scalar':
    case 'string':
      return isPoint(result);
    default:
      return false;
  }
}

function isSeries(series: unknown): boolean {
  const { metric, value, values } = Object(series);
  if (typeof metric !== 'object' || metric === null) return false;
  if (!Object.values(metric).every((label) => typeof label === 'string')) return false;
  if (value !== undefined && !isPoint(value)) return false;
  return values === undefined || (Array.isArray(values) && values.every(isPoint));
}

function isPoint(point: unknown): boolean {
  return Array.isArray(point) && point.length === 2 && Number.isFinite(point[0]);
}

function base(address: string): string {
  return address.replace(/\/+$/, '');
}
