/** The triggers that watch a release: those of the config, those of its metrics, and a profile's. */
import { durationMs } from '../base/duration.ts';
import type { MetricConfig } from '../metrics/custom-metric.ts';
import type { MetricTrigger } from './kinds/metric/metric-trigger.ts';
import { resolveKind, type Trigger } from './kinds/registry.ts';
import { PROFILE_TRIGGERS, type ProfileName } from './profiles.ts';
import type { TriggerConfig } from './trigger-config.ts';

/** Where nothing is written at all: an error rate that no one's service should have. */
const DEFAULT_TRIGGERS: readonly TriggerConfig[] = [{ metric: 'error_rate', value: '10%' }];

/** A version that sends everybody away has no errors of its own. No one has to write this down. */
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

export function resolveTrigger(written: TriggerConfig, origin: Trigger['origin']): Trigger {
  return resolveKind(written, {
    origin,
    severity: written.severity ?? 'critical',
    durationMs: durationMs(written.duration, '3s'),
    cooldownMs: durationMs(written.cooldown, '60s'),
  });
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
