/** The shape of the settings in a plan. What plans of earlier versions lack, it may lack. */

import { ROUTERS, STRATEGIES } from '../../base/vocabulary.ts';
import type { PodMetricsSettings } from '../../config/sections/analysis/sources.ts';
import type { AnalysisSettings } from '../../config/sections/analysis.ts';
import type { DrainSettings } from '../../config/sections/drain.ts';
import type { ImageSettings } from '../../config/sections/image.ts';
import type { LimitsSettings } from '../../config/sections/limits.ts';
import type { IgnoredCheck, PreflightSettings } from '../../config/sections/preflight.ts';
import type { ProberSettings } from '../../config/sections/prober.ts';
import type { SmokeCheck } from '../../config/sections/smoke.ts';
import type { BlueGreenSettings } from '../../config/sections/strategy/blue-green.ts';
import type { CanarySettings } from '../../config/sections/strategy/canary.ts';
import type { RollingSettings } from '../../config/sections/strategy/rolling.ts';
import type { Increments, StepSetting } from '../../config/sections/strategy/steps.ts';
import type { TrafficSettings } from '../../config/sections/traffic.ts';
import type { WorkloadSettings } from '../../config/sections/workload.ts';
import type { Settings } from '../../config/settings.ts';
import { JUDGES } from '../../judge/judge.ts';
import type { Access, Connection } from '../../metrics/access.ts';
import type { Metric } from '../../metrics/custom-metric.ts';
import {
  CONNECTIONS,
  type Connections,
  PROVIDER_NAMES,
  resolveSource,
} from '../../metrics/providers/registry.ts';
import { COUNTER_NAMES, resolveCounter } from '../../metrics/request-counters/registry.ts';
import { plainTriggers } from '../../triggers/kinds/registry.ts';
import {
  alike,
  anything,
  both,
  count,
  each,
  either,
  fields,
  flag,
  type JsonShape,
  labels,
  maybe,
  number,
  type One,
  object,
  oneOf,
  type Part,
  text,
  variants,
} from './json.ts';
import { notificationTarget } from './notifications.ts';
import { numberOrText } from './workloads.ts';

export const steps = each(fields<StepSetting>({ weightPercent: count, watchMs: number }));
const increments = {
  initial: number,
  increment: number,
  target: number,
  intervalMs: number,
} satisfies Readonly<Record<keyof Increments, JsonShape>>;

type Mode = BlueGreenSettings['mode'];
type Moving = CanarySettings['moving'];

const blueGreen = fields<BlueGreenSettings>({
  mode: variants<Mode['kind']>('kind', {
    instant: object,
    gradual: fields<One<Mode, 'gradual'>>({ kind: text, ...increments }),
    weighted: fields<One<Mode, 'weighted'>>({ kind: text, steps }),
  }),
  replicas: maybe(count),
  monitoringMs: number,
});
const canary = fields<CanarySettings>({
  moving: variants<Moving['kind']>('kind', {
    steps: fields<One<Moving, 'steps'>>({ kind: text, steps }),
    increments: fields<One<Moving, 'increments'>>({ kind: text, ...increments }),
  }),
  headers: maybe(labels),
  monitoringMs: number,
});
const rolling = fields<RollingSettings>({
  maxSurge: numberOrText,
  maxUnavailable: numberOrText,
  monitoringMs: number,
});

const rules = maybe(each(numberOrText));
const route = maybe(fields<TrafficSettings['httpRoute']>({ name: maybe(text), rules }));
const traffic = fields<TrafficSettings>({
  router: oneOf(ROUTERS),
  virtualService: maybe(
    fields<TrafficSettings['virtualService']>({ name: maybe(text), routes: rules }),
  ),
  destinationRule: maybe(fields<TrafficSettings['destinationRule']>({ name: text })),
  httpRoute: route,
  grpcRoute: route,
});

const drain = fields<DrainSettings>({
  hook: maybe(
    fields<Part<DrainSettings, 'hook'>>({ port: maybe(count), path: text, method: text }),
  ),
  minMs: number,
  maxMs: number,
  longestRequestMs: number,
  connectionsMetric: maybe(text),
  confirm: maybe(fields<Part<DrainSettings, 'confirm'>>({ header: text, path: maybe(text) })),
});

const limits = fields<LimitsSettings>({
  maxMs: number,
  readyMs: number,
  schedulingMs: number,
  viewAgeMs: maybe(number),
  apiAwayMs: maybe(number),
});

const access = { tokenFile: maybe(text), caFile: maybe(text) } satisfies Readonly<
  Record<keyof Access, JsonShape>
>;
const metric = fields<Metric>({
  name: text,
  source: variants(
    'provider',
    Object.fromEntries(PROVIDER_NAMES.map((each) => [each, alike(resolveSource(each, {}))])),
  ),
  intervalMs: number,
  initialDelayMs: number,
  count: maybe(number),
  success: maybe(text),
  failure: maybe(text),
  failureLimit: number,
  inconclusiveLimit: number,
  consecutiveErrorLimit: number,
});

const judged = fields<Omit<AnalysisSettings, keyof Connections>>({
  judge: oneOf(JUDGES),
  unpaired: maybe(
    fields<Part<AnalysisSettings, 'unpaired'>>({
      toleratedErrorRate: number,
      drift: number,
      beside: oneOf(['always', 'at first', 'never']),
    }),
  ),
  traffic: variants(
    'provider',
    Object.fromEntries(COUNTER_NAMES.map((each) => [each, alike(resolveCounter(each, {}))])),
  ),
  metrics: each(metric),
  insufficientData: fields<AnalysisSettings['insufficientData']>({
    holdMs: number,
    afterwards: oneOf(['promote', 'rollback']),
    unexplainedMs: maybe(number),
  }),
  unmeasurableMs: number,
});

const connection = maybe(fields<Connection>({ address: text, ...access }));
const connections = fields(
  Object.fromEntries(Object.keys(CONNECTIONS).map((each) => [each, connection])),
);
const analysis = both(judged, connections);

/** What limits a metric is one of two; every other key of a kind of trigger is as its kind makes it. */
const limit = variants('kind', {
  value: fields<{ value: number }>({ value: number }),
  relative: fields<{ factor: number; least?: number }>({ factor: number, least: maybe(number) }),
});
const trigger = both(
  variants('kind', Object.fromEntries(plainTriggers().map((each) => [each.kind, alike(each)]))),
  fields<{ limit?: unknown }>({ limit: maybe(limit) }),
);

const smoke = fields<SmokeCheck>({
  name: text,
  path: text,
  method: text,
  scheme: maybe(text),
  port: maybe(count),
  headers: labels,
  body: maybe(text),
  timeoutMs: number,
  expectedStatus: maybe(number),
  expectedText: maybe(text),
});

export const settings = fields<Settings>({
  strategy: oneOf(STRATEGIES),
  rolling,
  blueGreen,
  canary,
  previewService: text,
  rollbackWindowMs: maybe(number),
  workload: maybe(
    fields<WorkloadSettings>({
      name: maybe(text),
      container: maybe(text),
      allowTwoVersions: maybe(text),
      others: maybe(text),
      leaveServices: maybe(each(text)),
    }),
  ),
  image: maybe(fields<ImageSettings>({ repository: maybe(text), tag: text })),
  whenUnchanged: maybe(text),
  traffic,
  drain,
  preflight: fields<PreflightSettings>({ drainProbe: text, harden: flag }),
  prober: maybe(fields<ProberSettings>({ type: text, path: maybe(text) })),
  ignoredChecks: maybe(
    each(fields<IgnoredCheck>({ check: text, reason: text, expires: maybe(text) })),
  ),
  podMetrics: fields<PodMetricsSettings>({
    port: maybe(count),
    path: maybe(text),
    everyMs: number,
  }),
  analysis,
  triggers: each(trigger),
  limits,
  // Another stage's; a plan only carries it along.
  migration: anything,
  smoke: either(oneOf(['none']), each(smoke)),
  notifications: each(notificationTarget),
});
