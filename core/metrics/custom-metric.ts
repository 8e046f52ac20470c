/** A metric of the config's own, under `analysis.metrics`: what is written, decided and checked of it. */
import type { ConfigIssue } from '../base/config-issue.ts';
import { durationMs } from '../base/duration.ts';
import { foreignText } from '../base/foreign-text.ts';
import type { FromSchema } from '../base/from-schema.ts';
import { DURATION, SEVERITY } from '../base/schema-types.ts';
import { isKnownMetric } from './metric-names.ts';
import { tellsSidesApart, unknownPlaceholders } from './placeholders.ts';
import type { Language } from './providers/provider.ts';
import {
  type MetricSource,
  measuringOf,
  PROVIDER_KEYS,
  PROVIDER_NAMES,
  resolveSource,
  rulesOf,
} from './providers/registry.ts';

const CONDITION = {
  type: 'string',
  minLength: 1,
  description: 'CEL over `result` and `stable`, such as `result >= 0.95`.',
} as const;
const COUNT = { type: 'integer', minimum: 0 } as const;

/** The keys of every metric. */
const COMMON = {
  max: { type: 'number', description: 'More than this is bad, in the unit of the source.' },
  min: { type: 'number', description: 'Less than this is bad.' },
  relativeToStable: {
    type: ['string', 'number'],
    format: 'factor',
    description: 'More than so many times the stable is bad: `2x`.',
  },
  severity: SEVERITY,
} as const;

/** The pods' pages are read all the time; only what is asked for can be asked for now and then. */
const ASKED = {
  interval: { ...DURATION, description: 'Default 5s.' },
  initialDelay: { ...DURATION, description: 'Default 0.' },
  count: {
    ...COUNT,
    minimum: 1,
    description: 'Measured so often. Default: as long as it is watched.',
  },
  successCondition: CONDITION,
  failureCondition: CONDITION,
  failureLimit: { ...COUNT, description: 'More failures than this are bad. Default 0.' },
  inconclusiveLimit: {
    ...COUNT,
    description: 'More than this and the release waits. Default 0.',
  },
  consecutiveErrorLimit: { ...COUNT, description: 'More in a row are unmeasurable. Default 4.' },
} as const;

export const METRIC = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'provider'],
  properties: {
    name: { type: 'string', pattern: '^[a-z][a-z0-9_-]*$', maxLength: 63 },
    provider: { enum: PROVIDER_NAMES },
    ...PROVIDER_KEYS,
    ...COMMON,
    ...ASKED,
  },
} as const;

export type MetricConfig = FromSchema<typeof METRIC>;

/** As in an AnalysisTemplate of Argo Rollouts; conditions are CEL over `result` and `stable`. */
export interface Metric {
  readonly name: string;
  readonly source: MetricSource;
  readonly intervalMs: number;
  readonly initialDelayMs: number;
  /** Undefined: as long as it is watched. */
  readonly count: number | undefined;
  readonly success: string | undefined;
  readonly failure: string | undefined;
  readonly failureLimit: number;
  readonly inconclusiveLimit: number;
  readonly consecutiveErrorLimit: number;
}

export function resolveMetric(written: MetricConfig): Metric {
  return {
    name: written.name,
    source: resolveSource(written.provider, written),
    intervalMs: durationMs(written.interval, '5s'),
    initialDelayMs: durationMs(written.initialDelay, '0'),
    count: written.count,
    success: written.successCondition,
    failure: written.failureCondition,
    failureLimit: written.failureLimit ?? 0,
    inconclusiveLimit: written.inconclusiveLimit ?? 0,
    consecutiveErrorLimit: written.consecutiveErrorLimit ?? 4,
  };
}

/** What keeps a metric from being measured although the schema accepts each of its keys. */
export function metricIssues(metric: MetricConfig, path: string, isTaken: boolean): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const say = (key: string, message: string): void =>
    void issues.push({ path: `${path}${key}`, message });
  const { name, provider, min, max } = metric;
  if (isTaken) say('/name', 'is the name of two metrics');
  if (isKnownMetric(name)) say('/name', 'is measured already: choose another name');
  const measuring = measuringOf(resolveSource(provider, metric));
  const { keys, needs } = rulesOf(provider);
  for (const key of needs) {
    if (!Object.hasOwn(metric, key)) say('', `lacks ${key}, which the provider ${provider} needs`);
  }
  const understood = {
    name,
    provider,
    ...keys,
    ...COMMON,
    ...(measuring.kind === 'asked' ? ASKED : {}),
  };
  for (const key of Object.keys(metric)) {
    if (!Object.hasOwn(understood, key))
      say(`/${key}`, `has no meaning for the provider ${provider}`);
  }
  if (measuring.kind === 'asked') {
    for (const unknown of unknownPlaceholders(measuring.template)) {
      say(`/${measuring.key}`, `{{${foreignText(unknown, 40)}}} is not a placeholder`);
    }
  }
  if (min !== undefined && max !== undefined && min >= max) {
    say('/min', `is not below max: no value is between ${min} and ${max}`);
  }
  const compares = metric.relativeToStable !== undefined;
  if (compares && measuring.kind === 'asked' && !tellsSidesApart(measuring.template)) {
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
  return issues;
}

export interface Expression {
  readonly key: string;
  readonly language: Language;
  readonly text: string;
}

/** What of a metric is written in a language of its own, for code that has a parser of it. */
export function expressionsOf(metric: MetricConfig): Expression[] {
  const written: Readonly<Record<string, unknown>> = metric;
  const languages: Readonly<Record<string, Language>> = {
    ...rulesOf(metric.provider).languages,
    successCondition: 'cel',
    failureCondition: 'cel',
  };
  return Object.entries(languages).flatMap(([key, language]) => {
    const text = written[key];
    return typeof text === 'string' ? [{ key, language, text }] : [];
  });
}
