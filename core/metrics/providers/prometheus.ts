/** A query of Prometheus, whose answer is one number. */
import { durationMs } from '../../base/duration.ts';
import type { WrittenKeys } from '../../base/from-schema.ts';
import { DURATION } from '../../base/schema-types.ts';
import { CONNECTION, OPEN } from '../access.ts';
import { filledIn } from '../placeholders.ts';
import { instantQuery, rangeQuery, readNumber } from '../prometheus/api.ts';
import type { MetricProvider } from './provider.ts';

const KEYS = {
  query: {
    type: 'string',
    minLength: 1,
    description:
      'prometheus: PromQL that answers one number. {{pods}}, {{workload}}, {{backend}}, {{side}}, {{namespace}} and {{service}} are filled in.',
  },
  range: {
    ...DURATION,
    description: 'prometheus: the mean over so long. Default: the value now.',
  },
} as const;

interface PrometheusSource {
  readonly provider: 'prometheus';
  readonly query: string;
  /** The mean over so long; undefined: the value now. */
  readonly rangeMs: number | undefined;
}

/** A range is asked for at so many points. */
const POINTS = 20;

export const prometheus = {
  name: 'prometheus',
  keys: KEYS,
  needs: ['query'],
  languages: { query: 'promql' },
  connections: { prometheus: CONNECTION },
  resolve: ({ query = '', range }) => ({
    provider: 'prometheus',
    query,
    rangeMs: range === undefined ? undefined : durationMs(range, '0'),
  }),
  measuring: ({ query, rangeMs }, connection) => ({
    kind: 'asked',
    key: 'query',
    template: query,
    isUrl: false,
    access: connection ?? OPEN,
    query: (subject, at) => {
      const address = connection?.address ?? '';
      const own = filledIn(query, subject);
      if (!rangeMs) return instantQuery(address, own);
      const range = { windowMs: rangeMs, stepMs: Math.max(1_000, rangeMs / POINTS) };
      return rangeQuery(address, own, at, range);
    },
    read: readNumber,
  }),
} as const satisfies MetricProvider<WrittenKeys<typeof KEYS>, PrometheusSource>;
