/**
 * What a metric source answers, and every way in which an answer is none. An oddity is never good:
 * it is `unmeasurable`, with a name that a person can look up in docs/metrics.md.
 */
import { kindOf } from '../base/foreign-text.ts';
import { jsonOf } from '../base/json.ts';
import type { Instant, Side } from '../base/vocabulary.ts';
import type { Pod } from '../kubernetes/objects.ts';
import type { Counters } from './traffic.ts';

export const ODDITIES = [
  'no-answer',
  'refused',
  'bad-query',
  'malformed',
  'empty',
  'several-series',
  'string',
  'nan',
  'stale',
  'clock-skew',
] as const;
export type MetricErrorReason = (typeof ODDITIES)[number];

/** What the written conditions of a metric say of its value. */
export type Met = 'success' | 'failure' | 'inconclusive';

/** The last attempt to measure something of one side. */
export type Measured =
  | {
      readonly kind: 'value';
      readonly at: Instant;
      readonly value: number;
      /** Where the metric has conditions. */
      readonly met?: Met;
    }
  /** Counters by what counts them, such as a pod's name: each resets on its own. */
  | {
      readonly kind: 'counted';
      readonly at: Instant;
      /** When what was answered was counted, by this process' clock; undefined: when it was answered. */
      readonly countedAt?: Instant;
      readonly counters: Readonly<Record<string, Counters>>;
    }
  | Unmeasurable;

export interface Unmeasurable {
  readonly kind: 'unmeasurable';
  readonly at: Instant;
  readonly oddity: MetricErrorReason;
  readonly why: string;
}

/** A side as a query can name it. */
export interface SideSubject {
  readonly namespace: string;
  readonly service: string;
  readonly side: Side;
  /** The Service that an HTTPRoute leads to for this side. */
  readonly backend: string;
  readonly pods: readonly Pod[];
}

/** One request to a source; `http` goes to the metric's own address, the other to the API server. */
export interface MetricQuery {
  readonly to: 'http' | 'kubernetes-api';
  readonly url: string;
  /** No more of the answer is read; undefined: as much as of any. */
  readonly mostBytes?: number;
}

/** What came back: a status and a body, or why there is none. */
export type MetricResponse =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'failed'; readonly why: string };

export function unmeasurable(at: Instant, oddity: MetricErrorReason, why: string): Unmeasurable {
  return { kind: 'unmeasurable', at, oddity, why };
}

/** A reply that is no answer, by its status; undefined where there is a body to read. */
export function noResponse(reply: MetricResponse, at: Instant): Unmeasurable | undefined {
  if (reply.kind === 'failed') return unmeasurable(at, 'no-answer', reply.why);
  const { status, body } = reply;
  if (status === 401 || status === 403) return unmeasurable(at, 'refused', `answered ${status}`);
  if (status === 400 || status === 422) {
    return unmeasurable(at, 'bad-query', `answered ${status}${errorTypeIn(body)}`);
  }
  return status === 200 ? undefined : unmeasurable(at, 'no-answer', `answered ${status}`);
}

/** A number as a source writes it, or what keeps it from being one. */
export function numberOf(written: unknown, at: Instant): Measured {
  const value = typeof written === 'string' ? numeric(written) : written;
  if (typeof value !== 'number') {
    return unmeasurable(at, 'string', `must be a number, is ${kindOf(written)}`);
  }
  if (Number.isNaN(value)) return unmeasurable(at, 'nan', 'is NaN: a ratio without requests?');
  if (!Number.isFinite(value)) return unmeasurable(at, 'nan', `is ${value}`);
  return { kind: 'value', at, value };
}

function numeric(text: string): number | undefined {
  if (text === 'NaN') return Number.NaN;
  if (/^[+-]?Inf$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

/** Prometheus' own names of errors (web/api/v1/api.go, errorType): more of an answer is not repeated. */
const ERROR_TYPES = ['bad_data', 'execution', 'timeout', 'canceled', 'internal', 'unavailable'];

function errorTypeIn(body: string): string {
  const { errorType } = Object(jsonOf(body));
  return ERROR_TYPES.includes(errorType) ? ` (${errorType})` : '';
}
