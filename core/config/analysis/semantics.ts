/**
 * What is wrong with `analysis` and `rollback` although the schema accepts it: metrics that nobody
 * measures, limits that nothing can reach, sources that lack what they need. All of it, with paths.
 */

import type { ConfigIssue } from '../../base/config-issue.ts';
import { durationMs } from '../../base/duration.ts';
import { foreignText } from '../../base/foreign-text.ts';
import { parseFactor, parseShare } from '../../base/share.ts';
import type { MetricConfig } from '../../metrics/custom-metric.ts';
import { isKnownMetric, KNOWN_METRICS, parseLimit, unitOf } from '../../metrics/metric-names.ts';
import { tellsSidesApart, unknownPlaceholders } from '../../metrics/placeholders.ts';
import type { TriggerConfig } from '../../triggers/trigger-config.ts';
import type { ReleaseConfig } from '../schema.ts';
import type { AnalysisConfig } from '../sections/analysis.ts';

/** Says which word might have been meant, such as `; did you mean error_rate?`, or nothing. */
export type Suggest = (word: string, known: readonly string[]) => string;

export function analysisIssues(config: ReleaseConfig, suggest: Suggest): ConfigIssue[] {
  const { analysis = {}, rollback = {} } = config;
  const metrics = analysis.metrics ?? [];
  const names = metrics.map(({ name }) => name);
  return [
    ...sourceFaults(analysis),
    ...unpairedFaults(analysis),
    ...metrics.flatMap((metric, index) =>
      metricFaults(metric, `/analysis/metrics/${index}`, names.indexOf(metric.name) < index),
    ),
    ...(rollback.triggers ?? []).flatMap((trigger, index) =>
      triggerFaults(trigger, `/rollback/triggers/${index}`, names, suggest),
    ),
  ];
}

/** The shortest window that is judged; and a bad version is to be seen within seconds. */
const [FASTEST_MS, SLOWEST_MS] = [1_000, 5_000];

function sourceFaults({ pods, traffic, providers, metrics = [] }: AnalysisConfig): ConfigIssue[] {
  const faults: ConfigIssue[] = [];
  const asked = [
    ...(traffic?.provider === 'prometheus' ? ['/analysis/traffic/provider'] : []),
    ...metrics.flatMap(({ provider }, index) =>
      provider === 'prometheus' ? [`/analysis/metrics/${index}/provider`] : [],
    ),
  ];
  if (!providers?.prometheus) {
    const message = 'needs analysis.providers.prometheus.address';
    faults.push(...asked.map((path) => ({ path, message })));
  }
  for (const key of ['preset', 'selectors', 'interval'] as const) {
    if (traffic?.[key] !== undefined && traffic.provider !== 'prometheus') {
      const path = `/analysis/traffic/${key}`;
      faults.push({ path, message: 'has a meaning for the provider prometheus only' });
    }
  }
  const everyMs = durationMs(pods?.interval, '1s');
  if (everyMs < FASTEST_MS || everyMs > SLOWEST_MS) {
    faults.push({ path: '/analysis/pods/interval', message: 'must be from 1s to 5s' });
  }
  return faults;
}

/** The same rate is no drift, and less would call a candidate bad that is better. */
function unpairedFaults({ drift, toleratedErrorRate, judge }: AnalysisConfig): ConfigIssue[] {
  const faults: ConfigIssue[] = [];
  const factor = parseFactor(drift ?? '2x');
  if (factor !== undefined && factor < 1) {
    faults.push({ path: '/analysis/drift', message: 'is below 1x: no candidate could be as good' });
  }
  const share = parseShare(toleratedErrorRate ?? '5%');
  if (share === 0 || share === 1) {
    const message = share === 0 ? 'tolerates nothing: write 0.1%' : 'tolerates everything';
    faults.push({ path: '/analysis/toleratedErrorRate', message });
  }
  for (const key of ['drift', 'toleratedErrorRate'] as const) {
    const given = key === 'drift' ? drift : toleratedErrorRate;
    if (given !== undefined && judge !== undefined && judge !== 'sequential') {
      const message = `has a meaning for the judge sequential only, not for ${judge}`;
      faults.push({ path: `/analysis/${key}`, message });
    }
  }
  return faults;
}

const NEEDS = { pods: ['series'], prometheus: ['query'], 'http-json': ['url', 'path'] } as const;
const EVERY = ['name', 'provider', 'max', 'min', 'relativeToStable', 'severity'];
// The pods' pages are read all the time; only what is asked for can be asked for now and then.
const ASKED = [
  ...['interval', 'initialDelay', 'count', 'successCondition', 'failureCondition'],
  ...['failureLimit', 'inconclusiveLimit', 'consecutiveErrorLimit'],
];
const TAKES: Readonly<Record<MetricConfig['provider'], readonly string[]>> = {
  pods: [...EVERY, 'series'],
  prometheus: [...EVERY, ...ASKED, 'query', 'range'],
  'http-json': [...EVERY, ...ASKED, 'url', 'path', 'tokenFile', 'caFile'],
};

function metricFaults(metric: MetricConfig, path: string, isTaken: boolean): ConfigIssue[] {
  const faults: ConfigIssue[] = [];
  const say = (key: string, message: string): void =>
    void faults.push({ path: `${path}${key}`, message });
  const { name, provider, query, url, min, max } = metric;
  if (isTaken) say('/name', 'is the name of two metrics');
  if (isKnownMetric(name)) say('/name', 'is measured already: choose another name');
  for (const key of NEEDS[provider]) {
    if (metric[key] === undefined) say('', `lacks ${key}, which the provider ${provider} needs`);
  }
  for (const key of Object.keys(metric)) {
    if (!TAKES[provider].includes(key))
      say(`/${key}`, `has no meaning for the provider ${provider}`);
  }
  for (const [key, text] of [
    ['query', query],
    ['url', url],
  ] as const) {
    for (const unknown of unknownPlaceholders(text ?? '')) {
      say(`/${key}`, `{{${foreignText(unknown, 40)}}} is not a placeholder`);
    }
  }
  if (min !== undefined && max !== undefined && min >= max) {
    say('/min', `is not below max: no value is between ${min} and ${max}`);
  }
  const compares = metric.relativeToStable !== undefined;
  if (compares && provider !== 'pods' && !tellsSidesApart(query ?? url ?? '')) {
    say(
      '/relativeToStable',
      'the source names no {{pods}}, {{workload}}, {{backend}} or {{side}}: both are the same',
    );
  }
  const conditions = metric.successCondition ?? metric.failureCondition;
  for (const key of ['failureLimit', 'inconclusiveLimit'] as const) {
    if (metric[key] !== undefined && conditions === undefined) {
      say(`/${key}`, 'limits nothing without a successCondition or a failureCondition');
    }
  }
  return faults;
}

function triggerFaults(
  trigger: TriggerConfig,
  path: string,
  names: readonly string[],
  suggest: Suggest,
): ConfigIssue[] {
  const { metric, dependency } = trigger;
  const foreign = Object.keys(trigger).filter((key) => !keysOf(trigger).includes(key));
  const faults = foreign.map((key) => ({
    path: `${path}/${key}`,
    message: `has no meaning for a trigger on ${kindOf(trigger)}`,
  }));
  if (metric !== undefined) faults.push(...limitFaults(metric, trigger, path, names, suggest));
  if (dependency) {
    const { circuitBreaker, url, failureRate, slowCallRate } = dependency;
    if (circuitBreaker === undefined && url === undefined) {
      const message = 'watches nothing: give a circuitBreaker or a url';
      faults.push({ path: `${path}/dependency`, message });
    }
    if (circuitBreaker === undefined && (failureRate ?? slowCallRate) !== undefined) {
      const message = 'its rates are those of a circuitBreaker, and none is named';
      faults.push({ path: `${path}/dependency`, message });
    }
  }
  return faults;
}

const COMMON = ['duration', 'cooldown', 'severity'];

function kindOf({ metric, health, errorSpike }: TriggerConfig): string {
  if (metric !== undefined) return 'a metric';
  if (health !== undefined) return health;
  return errorSpike ? 'an error spike' : 'a dependency';
}

function keysOf({ metric, health, errorSpike }: TriggerConfig): string[] {
  if (metric !== undefined) {
    return [...COMMON, 'metric', 'operator', 'value', 'relativeToStable', 'window', 'minRequests'];
  }
  if (health === 'readiness') {
    return ['cooldown', 'severity', 'health', 'maxUnready', 'failureThreshold', 'interval'];
  }
  if (health === 'restarts') return ['cooldown', 'severity', 'health', 'restarts', 'window'];
  return [...COMMON, errorSpike ? 'errorSpike' : 'dependency'];
}

function limitFaults(
  metric: string,
  { operator = 'gt', value, relativeToStable }: TriggerConfig,
  path: string,
  names: readonly string[],
  suggest: Suggest,
): ConfigIssue[] {
  const known = [...Object.keys(KNOWN_METRICS), ...names];
  if (!known.includes(metric)) {
    const message = `nobody measures it${suggest(metric, known)}; analysis.metrics defines others`;
    return [{ path: `${path}/metric`, message }];
  }
  if ((value === undefined) === (relativeToStable === undefined)) {
    return [{ path, message: 'needs exactly one of value and relativeToStable' }];
  }
  if (value === undefined) return [];
  const limit = parseLimit(metric, value);
  if (limit === undefined) {
    const message = `is not a limit for ${metric}: ${EXAMPLES[unitOf(metric)]}`;
    return [{ path: `${path}/value`, message }];
  }
  const never = neverReached(metric, operator, limit);
  return never === undefined ? [] : [{ path: `${path}/value`, message: never }];
}

const EXAMPLES = {
  share: 'write 5% or 0.05',
  ms: 'write 500ms or 2s',
  'per-second': 'write requests a second, such as 500',
  plain: 'write a number',
} as const;

/** Most metrics are never below zero, and some never above one. */
function neverReached(metric: string, operator: string, limit: number): string | undefined {
  const unit = unitOf(metric);
  if (unit === 'plain') return undefined;
  // Processors and memory can be overdrawn for a moment; shares of requests cannot.
  if (metric === 'error_rate' && operator === 'gt' && limit >= 1) {
    return `${metric} is never above ${limit * 100}%: this trigger can never fire`;
  }
  if (operator === 'lt' && limit === 0) {
    return `${metric} is never below zero: this trigger can never fire`;
  }
  if (operator === 'gte' && limit === 0) {
    return `${metric} is always zero or more: this trigger always fires`;
  }
  return undefined;
}
