/** What the program uses: everything decided, durations in milliseconds, shares as fractions. */

import type { ConfigIssue } from '../base/config-issue.ts';
import type { StrategyName } from '../base/vocabulary.ts';
import type { NotificationTarget } from '../channels/registry.ts';
import type { Trigger } from '../triggers/kinds/registry.ts';
import { resolveTriggers } from '../triggers/settings.ts';
import type { ReleaseConfig } from './schema.ts';
import { type PodMetricsSettings, resolvePods } from './sections/analysis/sources.ts';
import { type AnalysisSettings, resolveAnalysis } from './sections/analysis.ts';
import { type DrainSettings, drainIssues, resolveDrain } from './sections/drain.ts';
import { type ImageSettings, resolveImage } from './sections/image.ts';
import { type LimitsSettings, limitsIssues, resolveLimits } from './sections/limits.ts';
import { resolveNotifications } from './sections/notifications.ts';
import {
  type IgnoredCheck,
  ignoredChecks,
  type PreflightSettings,
  preflightIssues,
  resolvePreflight,
} from './sections/preflight.ts';
import { type ProberSettings, resolveProber } from './sections/prober.ts';
import { resolveSmoke, type SmokeSettings } from './sections/smoke.ts';
import { type MigrationChoice, resolveMigration } from './sections/stages/migration.ts';
import {
  besideIn,
  resolveStrategy,
  type StrategySettings,
  strategyIssues,
  watchedMs,
} from './sections/strategy.ts';
import { resolveTraffic, type TrafficSettings } from './sections/traffic.ts';
import { resolveWorkload, type WorkloadSettings } from './sections/workload.ts';

/** What becomes of a version that runs already: nothing, or new pods of it with the config as it is now. */
export type WhenUnchanged = 'skip' | 'release';

/** The pipeline's params; an empty one was not given. */
export interface Params {
  readonly service: string;
  readonly namespace: string;
  readonly imageTag: string;
  readonly imageRepository: string;
  readonly strategy: StrategyName | '';
  /** Default `skip`. */
  readonly whenUnchanged?: WhenUnchanged;
}

/** Kept in every plan in a journal: the names of its keys outlive the version that wrote them. */
export interface Settings extends StrategySettings {
  readonly workload: WorkloadSettings;
  readonly image: ImageSettings;
  /** Undefined in plans of older versions: `skip`. */
  readonly whenUnchanged?: WhenUnchanged;
  readonly traffic: TrafficSettings;
  readonly drain: DrainSettings;
  readonly preflight: PreflightSettings;
  readonly prober: ProberSettings;
  readonly ignoredChecks: readonly IgnoredCheck[];
  readonly podMetrics: PodMetricsSettings;
  readonly analysis: AnalysisSettings;
  readonly triggers: readonly Trigger[];
  readonly limits: LimitsSettings;
  /** Undefined: no database is migrated; so in plans of older versions. */
  readonly migration?: MigrationChoice;
  readonly smoke: SmokeSettings;
  readonly notifications: readonly NotificationTarget[];
}

const DEFAULT_CONFIG: ReleaseConfig = {
  apiVersion: 'release.zero-downtime.dev/v1',
  kind: 'ReleaseConfig',
};

/**
 * Decides every setting: a param wins over the file, the file over the default. Expects a config
 * that the schema has accepted.
 */
export function resolveSettings(params: Params, config: ReleaseConfig = DEFAULT_CONFIG): Settings {
  const strategy = resolveStrategy(params, config.strategy);
  const migration = resolveMigration(config.migration);
  return {
    workload: resolveWorkload(config.workload),
    image: resolveImage(params, config.image),
    ...(params.whenUnchanged === 'release' ? { whenUnchanged: 'release' } : {}),
    ...strategy,
    traffic: resolveTraffic(params.service, config.traffic),
    drain: resolveDrain(config.drain),
    preflight: resolvePreflight(config.preflight),
    prober: resolveProber(config.prober),
    ignoredChecks: ignoredChecks(config.preflight),
    podMetrics: resolvePods(config.analysis?.pods),
    analysis: resolveAnalysis(config.analysis, besideIn(strategy)),
    triggers: resolveTriggers(config),
    limits: resolveLimits(config.limits),
    ...(migration ? { migration } : {}),
    smoke: resolveSmoke(config.smoke),
    notifications: resolveNotifications(config.notifications),
  };
}

/**
 * What no single field shows: settings that contradict each other, or the time that the deploy stage
 * is given (`stageMs`).
 */
export function contradictions(settings: Settings, stageMs = Infinity): ConfigIssue[] {
  const { limits, traffic, strategy } = settings;
  const { watchMs, path } = watchedMs(settings);
  return [
    ...drainIssues(settings.drain),
    ...limitsIssues(limits, stageMs),
    ...preflightIssues(settings.preflight, strategy),
    ...(watchMs >= limits.maxMs ? [{ path, message: 'leaves nothing of limits.maxDuration' }] : []),
    ...strategyIssues(settings, traffic),
  ];
}
