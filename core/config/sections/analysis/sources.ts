/** The keys `analysis.pods`, `.traffic` and `.providers`: where numbers come from. */
import type { ConfigIssue } from '../../../base/config-issue.ts';
import { durationMs } from '../../../base/duration.ts';
import type { FromSchema } from '../../../base/from-schema.ts';
import { DURATION, PATH, PORT } from '../../../base/schema-types.ts';
import { accessOf, type ConnectionConfig } from '../../../metrics/access.ts';
import type { MetricConfig } from '../../../metrics/custom-metric.ts';
import { CONNECTIONS, type Connections, rulesOf } from '../../../metrics/providers/registry.ts';
import {
  COUNTER_KEYS,
  COUNTER_NAMES,
  counterRules,
  countersWith,
  resolveCounter,
  type TrafficSource,
} from '../../../metrics/request-counters/registry.ts';

export const PODS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    port: {
      ...PORT,
      description: 'Default: prometheus.io/port, or where the Service sends.',
    },
    path: { ...PATH, description: 'Default: prometheus.io/path, or /metrics.' },
    interval: { ...DURATION, description: 'How often they are read, 1s to 5s. Default 1s.' },
  },
  description: "Where the pods' own metrics are.",
} as const;

export const TRAFFIC = {
  type: 'object',
  additionalProperties: false,
  properties: {
    provider: { enum: COUNTER_NAMES, description: 'Who counts requests. Default pods.' },
    ...COUNTER_KEYS,
  },
} as const;

export const PROVIDERS = {
  type: 'object',
  additionalProperties: false,
  properties: CONNECTIONS,
} as const;

type PodsConfig = FromSchema<typeof PODS>;
type TrafficConfig = FromSchema<typeof TRAFFIC>;
type ProvidersConfig = FromSchema<typeof PROVIDERS>;

/** Where the pods' own metrics are, and how often they are read. */
export interface PodMetricsSettings {
  readonly port: number | undefined;
  readonly path: string | undefined;
  readonly everyMs: number;
}

export function resolvePods({ port, path, interval }: PodsConfig = {}): PodMetricsSettings {
  return { port, path, everyMs: durationMs(interval, '1s') };
}

export function resolveTraffic({ provider = 'pods', ...keys }: TrafficConfig = {}): TrafficSource {
  return resolveCounter(provider, keys);
}

export function resolveConnections(written: ProvidersConfig = {}): Connections {
  const all: Readonly<Record<string, ConnectionConfig>> = written;
  return Object.fromEntries(
    Object.entries(all).map(([name, { address, ...access }]) => [
      name,
      { address, ...accessOf(access) },
    ]),
  );
}

/** The shortest window that is judged; and a bad version is to be seen within seconds. */
const [FASTEST_MS, SLOWEST_MS] = [1_000, 5_000];

export function sourceIssues(
  pods: PodsConfig | undefined,
  traffic: TrafficConfig = {},
  providers: ProvidersConfig = {},
  metrics: readonly MetricConfig[] = [],
): ConfigIssue[] {
  const issues = [
    ...lacking(counterRules(traffic.provider ?? 'pods').connection, providers, '/traffic'),
    ...metrics.flatMap(({ provider }, index) =>
      Object.keys(rulesOf(provider).connections).flatMap((name) =>
        lacking(name, providers, `/metrics/${index}`),
      ),
    ),
  ];
  for (const key of Object.keys(COUNTER_KEYS)) {
    const understood = countersWith(key);
    if (!Object.hasOwn(traffic, key) || understood.includes(traffic.provider ?? 'pods')) continue;
    const message = `has a meaning for the provider ${understood.join(' or ')} only`;
    issues.push({ path: `/analysis/traffic/${key}`, message });
  }
  const everyMs = durationMs(pods?.interval, '1s');
  if (everyMs < FASTEST_MS || everyMs > SLOWEST_MS) {
    issues.push({ path: '/analysis/pods/interval', message: 'must be from 1s to 5s' });
  }
  return issues;
}

function lacking(name: string | undefined, providers: object, path: string): ConfigIssue[] {
  if (name === undefined || Object.hasOwn(providers, name)) return [];
  const message = `needs analysis.providers.${name}.address`;
  return [{ path: `/analysis${path}/provider`, message }];
}
