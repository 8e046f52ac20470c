/** Any JSON endpoint: its URL may name the side, and a path (RFC 9535) leads to the number. */

import { jsonOf } from '../../base/json.ts';
import type { Instant } from '../../base/vocabulary.ts';
import {
  type Measured,
  type MetricQuery,
  type MetricResponse,
  noResponse,
  numberOf,
  type SideSubject,
  unmeasurable,
} from '../metric.ts';
import { filledIn } from '../placeholders.ts';

/** One number is asked for, and a path may look at all that is beside it. */
const MOST_BYTES = 1_048_576;

/** Every value that a path leads to. */
export type Select = (path: string, document: unknown) => readonly unknown[];

export function jsonQuery(url: string, subject: SideSubject): MetricQuery {
  return { to: 'http', url: filledIn(url, subject), mostBytes: MOST_BYTES };
}

export function readJson(
  reply: MetricResponse,
  path: string,
  select: Select,
  at: Instant,
): Measured {
  const none = noResponse(reply, at);
  if (none) return none;
  const document = reply.kind === 'answered' ? jsonOf(reply.body) : undefined;
  if (document === undefined) return unmeasurable(at, 'malformed', 'the answer is no JSON');
  const [value, second] = select(path, document);
  if (value === undefined) return unmeasurable(at, 'empty', 'nothing at its path in the answer');
  if (second !== undefined) return unmeasurable(at, 'several-series', 'its path leads to several');
  return numberOf(value, at);
}
