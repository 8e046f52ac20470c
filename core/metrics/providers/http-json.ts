/** Any JSON endpoint: its URL may name the side, and a path (RFC 9535) leads to the number. */

import type { WrittenKeys } from '../../base/from-schema.ts';
import { jsonOf } from '../../base/json.ts';
import type { Instant } from '../../base/vocabulary.ts';
import { ACCESS, type Access, accessOf } from '../access.ts';
import {
  type Measured,
  type MetricResponse,
  noResponse,
  numberOf,
  unmeasurable,
} from '../metric.ts';
import { filledIn } from '../placeholders.ts';
import type { MetricProvider, Select } from './provider.ts';

const KEYS = {
  url: { type: 'string', pattern: '^https?://', description: 'http-json: where to ask.' },
  path: {
    type: 'string',
    pattern: '^\\$',
    description:
      'http-json: JSONPath (RFC 9535) to one value: no commas, no regular expressions, at most one `..`.',
  },
  ...ACCESS,
} as const;

interface JsonSource {
  readonly provider: 'http-json';
  readonly url: string;
  readonly path: string;
  readonly access: Access;
}

/** One number is asked for, and a path may look at all that is beside it. */
const MOST_BYTES = 1_048_576;

export const httpJson = {
  name: 'http-json',
  keys: KEYS,
  needs: ['url', 'path'],
  languages: { path: 'json-path' },
  connections: {},
  resolve: ({ url = '', path = '$', ...access }) => ({
    provider: 'http-json',
    url,
    path,
    access: accessOf(access),
  }),
  measuring: ({ url, path, access }) => ({
    kind: 'asked',
    key: 'url',
    template: url,
    isUrl: true,
    access,
    query: (subject) => ({ to: 'http', url: filledIn(url, subject), mostBytes: MOST_BYTES }),
    read: (response, at, select) => readJson(response, path, select, at),
  }),
} as const satisfies MetricProvider<WrittenKeys<typeof KEYS>, JsonSource>;

const NO_JSON = 'the answer is not valid JSON, or too deep or too long to be one number';

export function readJson(
  reply: MetricResponse,
  path: string,
  select: Select,
  at: Instant,
): Measured {
  const none = noResponse(reply, at);
  if (none) return none;
  const document = reply.kind === 'answered' ? jsonOf(reply.body) : undefined;
  if (document === undefined) return unmeasurable(at, 'malformed', NO_JSON);
  const [value, second] = select(path, document);
  if (value === undefined) return unmeasurable(at, 'empty', 'nothing at its path in the answer');
  if (second !== undefined) return unmeasurable(at, 'several-series', 'its path leads to several');
  return numberOf(value, at);
}
