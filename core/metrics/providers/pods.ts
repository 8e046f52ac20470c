/** A series of the pods' own metrics pages, which are read all the time. */
import type { WrittenKeys } from '../../base/from-schema.ts';
import type { MetricProvider } from './provider.ts';

const KEYS = {
  series: { type: 'string', minLength: 1, description: "pods: its name on the pods' pages." },
} as const;

interface PodsSource {
  readonly provider: 'pods';
  readonly series: string;
}

export const pods = {
  name: 'pods',
  keys: KEYS,
  needs: ['series'],
  languages: {},
  connections: {},
  resolve: ({ series = '' }) => ({ provider: 'pods', series }),
  measuring: ({ series }) => ({ kind: 'page', series }),
} as const satisfies MetricProvider<WrittenKeys<typeof KEYS>, PodsSource>;
