/** The triggers that watch a release: those of the config, those of its metrics, and a profile's. */
import { durationMs } from '../base/duration.ts';
import { parseFactor, parseShare } from '../base/share.ts';
import type { MetricConfig } from '../metrics/custom-metric.ts';
import { parseLimit } from '../metrics/metric-names.ts';
import { PROFILE_TRIGGERS } from './profiles.ts';
import type { MetricTrigger, ProfileName, Trigger } from './trigger.ts';
import type { TriggerConfig } from './trigger-config.ts';

type Origin = Trigger['origin'];

/** Where nothing is written at all: an error rate that nobody's service should have. */
const DEFAULT_TRIGGERS: readonly TriggerConfig[] = [{ metric: 'error_rate', value: '10%' }];

/** A version that sends everybody away has no errors of its own. Nobody has to write this down. */
const TURNED_AWAY: MetricTrigger = {
  origin: 'profile',
  severity: 'warn',
  durationMs: 3_000,
  cooldownMs: 60_000,
  kind: 'metric',
  id: 'error_rate_4xx gt 2x of stable',
  metric: 'error_rate_4xx',
  operator: 'gt',
  limit: { kind: 'relative', factor: 2, least: 0.25 },
  windowMs: 30_000,
  minRequests: 20,
};

/** The parts of a release config that name triggers. */
interface Written {
  readonly analysis?: {
    readonly profile?: ProfileName;
    readonly metrics?: readonly MetricConfig[];
  };
  readonly rollback?: { readonly triggers?: readonly TriggerConfig[] };
}

export function resolveTriggers({ analysis, rollback }: Written): Trigger[] {
  const profile = analysis?.profile ? PROFILE_TRIGGERS[analysis.profile] : undefined;
  const byDefault = profile ? [] : DEFAULT_TRIGGERS;
  const own = rollback?.triggers?.map((written) => resolveTrigger(written, 'config'));
  return unique([
    ...(own ?? byDefault.map((written) => resolveTrigger(written, 'profile'))),
    ...(analysis?.metrics ?? []).flatMap(limitsOf).map((w) => resolveTrigger(w, 'config')),
    ...(profile ?? []).map((written) => resolveTrigger(written, 'profile')),
    TURNED_AWAY,
  ]);
}

/** `max`, `min` and `relativeToStable` of a metric are triggers written in a shorter way. */
function limitsOf({ name, max, min, relativeToStable, severity }: MetricConfig): TriggerConfig[] {
  const base = { metric: name, duration: '0', ...(severity ? { severity } : {}) };
  return [
    ...(max === undefined ? [] : [{ ...base, operator: 'gt' as const, value: max }]),
    ...(min === undefined ? [] : [{ ...base, operator: 'lt' as const, value: min }]),
    ...(relativeToStable === undefined ? [] : [{ ...base, relativeToStable }]),
  ];
}

export function resolveTrigger(written: TriggerConfig, origin: Origin): Trigger {
  const common = {
    origin,
    severity: written.severity ?? 'critical',
    durationMs: durationMs(written.duration, '3s'),
    cooldownMs: durationMs(written.cooldown, '60s'),
  } as const;
  const { metric, health, errorSpike: spike, dependency } = written;
  if (metric !== undefined) return metricTrigger(metric, written, common);
  if (health === 'readiness') {
    const maxUnready = parseShare(written.maxUnready ?? 0) ?? 0;
    return {
      ...common,
      kind: 'readiness',
      id: `readiness ${maxUnready}`,
      // Failures in a row are its duration.
      durationMs: 0,
      maxUnready,
      failureThreshold: written.failureThreshold ?? 3,
      intervalMs: durationMs(written.interval, '5s'),
    };
  }
  if (health === 'restarts') {
    const restarts = written.restarts ?? 3;
    const windowMs = durationMs(written.window, '5m');
    return { ...common, durationMs: 0, kind: 'restarts', id: 'restarts', restarts, windowMs };
  }
  if (dependency) {
    const { name, circuitBreaker, url } = dependency;
    const failureRate = optionalShare(dependency.failureRate);
    const slowCallRate = optionalShare(dependency.slowCallRate);
    const id = `dependency ${name}`;
    return {
      ...common,
      kind: 'dependency',
      id,
      name,
      circuitBreaker,
      url,
      failureRate,
      slowCallRate,
    };
  }
  return {
    ...common,
    kind: 'error-spike',
    id: 'error-spike',
    baseline: optionalShare(spike?.baseline),
    increasePercent: spike?.increasePercent ?? 50,
    windowMs: durationMs(spike?.window, '60s'),
    minErrors: spike?.minErrors ?? 10,
  };
}

function metricTrigger(
  metric: string,
  written: TriggerConfig,
  common: Pick<Trigger, 'origin' | 'severity' | 'durationMs' | 'cooldownMs'>,
): MetricTrigger {
  const { operator = 'gt', relativeToStable, value = 0 } = written;
  const relative = relativeToStable !== undefined;
  return {
    ...common,
    kind: 'metric',
    id: `${metric} ${operator} ${relative ? `${relativeToStable} of stable` : value}`,
    metric,
    operator,
    limit: relative
      ? { kind: 'relative', factor: parseFactor(relativeToStable) ?? 1 }
      : { kind: 'value', value: parseLimit(metric, value) ?? 0 },
    windowMs: durationMs(written.window, '30s'),
    minRequests: written.minRequests ?? 20,
  };
}

/** Two triggers that are written alike still count on their own. */
function unique(triggers: readonly Trigger[]): Trigger[] {
  const used = new Map<string, number>();
  return triggers.map((trigger) => {
    const count = (used.get(trigger.id) ?? 0) + 1;
    used.set(trigger.id, count);
    return count === 1 ? trigger : { ...trigger, id: `${trigger.id} #${count}` };
  });
}

function optionalShare(written: string | number | undefined): number | undefined {
  return written === undefined ? undefined : parseShare(written);
}
