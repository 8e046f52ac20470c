/** Prometheus has counted the requests, by the names of one of the presets. */
import { durationMs } from '../../base/duration.ts';
import type { WrittenKeys } from '../../base/from-schema.ts';
import { DURATION } from '../../base/schema-types.ts';
import type { Side } from '../../base/vocabulary.ts';
import { OPEN } from '../access.ts';
import { instantQuery } from '../prometheus/api.ts';
import { PRESET_QUERIES, PRESETS, type PresetName } from '../prometheus/presets.ts';
import { readTraffic, trafficQuery } from '../prometheus/traffic.ts';
import { type RequestCounter, TRAFFIC } from './counter.ts';

const KEYS = {
  preset: {
    enum: PRESETS,
    description: 'prometheus: the names of its metrics. Default http.',
  },
  selectors: {
    type: 'object',
    additionalProperties: false,
    properties: { stable: { type: 'string' }, candidate: { type: 'string' } },
    description: "Label matchers of a side, instead of the preset's.",
  },
  interval: { ...DURATION, description: 'How often Prometheus is asked. Default 5s.' },
} as const;

interface PrometheusTraffic {
  readonly provider: 'prometheus';
  readonly preset: PresetName;
  readonly selectors: Readonly<Partial<Record<Side, string>>>;
  readonly intervalMs: number;
}

export const prometheusCounter = {
  name: 'prometheus',
  keys: KEYS,
  connection: 'prometheus',
  isOnPages: false,
  resolve: ({ preset = 'http', selectors = {}, interval }) => ({
    provider: 'prometheus',
    preset,
    selectors,
    intervalMs: durationMs(interval, '5s'),
  }),
  question: ({ preset, selectors, intervalMs }, connection, { ignored, prober }) => ({
    name: TRAFFIC,
    intervalMs,
    access: connection ?? OPEN,
    query: (sides) =>
      instantQuery(
        connection?.address ?? '',
        trafficQuery(PRESET_QUERIES[preset], sides, selectors, ignored, prober),
      ),
    read: (response, _sides, at) => readTraffic(response, PRESET_QUERIES[preset], at),
  }),
} as const satisfies RequestCounter<WrittenKeys<typeof KEYS>, PrometheusTraffic>;
