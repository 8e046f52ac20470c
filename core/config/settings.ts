/** What the program uses: everything decided, durations in milliseconds, shares as fractions. */

import type { Scheme } from '../base/check.ts';
import { durationMs } from '../base/duration.ts';
import type { Method } from '../base/schema-types.ts';
import type { RouterName, StrategyName } from '../base/vocabulary.ts';
import { derivedName } from '../kubernetes/names.ts';
import { resolveTriggers } from '../triggers/settings.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { type AnalysisSettings, resolveAnalysis } from './analysis/settings.ts';
import { timeIssues } from './deadline.ts';
import type { ConfigIssue } from './issue.ts';
import {
  NOTIFICATION_EVENTS,
  type NotificationConfig,
  type NotificationEvent,
  type ReleaseConfig,
  type SmokeConfig,
} from './release-config.ts';
import { type DrainSettings, resolveDrain } from './sections/drain.ts';
import {
  type IgnoredCheck,
  ignoredChecks,
  type PreflightSettings,
  resolvePreflight,
} from './sections/preflight.ts';
import { type ProberSettings, resolveProber } from './sections/prober.ts';
import { resolveCount, rollingIssues } from './sections/strategy/rolling.ts';
import {
  type BlueGreenSettings,
  besideIn,
  type CanarySettings,
  resolveBlueGreen,
  resolveCanary,
  trafficStepIssues,
  watchedMs,
} from './sections/strategy/traffic-steps.ts';

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

export interface SmokeCheck {
  readonly name: string;
  readonly path: string;
  readonly method: Method;
  /** Undefined: as the pods speak at the port. */
  readonly scheme?: Scheme | undefined;
  readonly port: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeoutMs: number;
  /** Undefined: any 2xx. */
  readonly expectedStatus: number | undefined;
  readonly expectedText: string | undefined;
}

/** A channel and where it leads; the secret itself is read when it is needed. */
export interface NotificationTarget {
  readonly type: 'webhook';
  readonly url: { readonly kind: 'plain' | 'file'; readonly value: string };
  readonly events: readonly NotificationEvent[];
}

interface RouteSettings {
  readonly name: string | undefined;
  readonly rules: readonly (string | number)[] | undefined;
}

export interface Settings {
  readonly workload: {
    readonly name: string | undefined;
    readonly container: string | undefined;
    /** Why two versions may run at once where the workload looks as if they must not. */
    readonly allowTwoVersions?: string | undefined;
    /** What becomes of pods of others that the Service reaches, where a release narrows it. */
    readonly others: 'refuse' | 'exclude';
    /** Services of the same pods that a release does not touch. */
    readonly leaveServices: readonly string[];
  };
  readonly image: { readonly repository: string | undefined; readonly tag: string };
  readonly strategy: StrategyName;
  /** Undefined in plans of older versions: `skip`. */
  readonly whenUnchanged?: WhenUnchanged;
  readonly rolling: {
    readonly maxSurge: number | string;
    readonly maxUnavailable: number | string;
    readonly monitoringMs: number;
  };
  readonly blueGreen: BlueGreenSettings;
  readonly canary: CanarySettings;
  readonly previewService: string;
  /** How long the old pods outlive a promotion, of every strategy with two sides. */
  readonly rollbackWindowMs: number;
  readonly traffic: {
    readonly router: RouterName;
    /** No names: whichever lead to the service, and all of their rules that do. */
    readonly virtualService: {
      readonly name: string | undefined;
      readonly routes: readonly (string | number)[] | undefined;
    };
    readonly destinationRule: { readonly name: string };
    readonly httpRoute: RouteSettings;
    readonly grpcRoute: RouteSettings;
  };
  readonly drain: DrainSettings;
  readonly preflight: PreflightSettings;
  readonly prober: ProberSettings;
  readonly ignoredChecks: readonly IgnoredCheck[];
  readonly podMetrics: {
    readonly port: number | undefined;
    readonly path: string | undefined;
    readonly everyMs: number;
  };
  readonly analysis: AnalysisSettings;
  readonly triggers: readonly Trigger[];
  readonly limits: {
    readonly maxMs: number;
    readonly readyMs: number;
    /** A new pod is given this long to find a node. */
    readonly schedulingMs: number;
    /** What is seen of the cluster may be so old; undefined in plans from before there was a limit. */
    readonly viewAgeMs?: number;
    /** So long a release holds for an API server that does not answer. */
    readonly apiAwayMs?: number;
  };
  /** Empty: what the readiness probe asks. */
  readonly smoke: readonly SmokeCheck[] | 'none';
  readonly notifications: readonly NotificationTarget[];
}

/** Everything is listed anew every 30 s, and a list takes its time. */
const LEAST_VIEW_AGE_MS = 45_000;
export const DEFAULT_SCHEDULING_MS = 30_000;

const DEFAULT_CONFIG: ReleaseConfig = {
  apiVersion: 'release.zero-downtime.dev/v1',
  kind: 'ReleaseConfig',
};

/**
 * Decides every setting: a param wins over the file, the file over the default. Expects a config
 * that the schema has accepted.
 */
export function resolveSettings(params: Params, config: ReleaseConfig = DEFAULT_CONFIG): Settings {
  const { strategy = {}, limits = {}, traffic = {}, analysis = {} } = config;
  const { pods = {} } = analysis;
  const type = params.strategy || strategy.type || 'rolling';
  const blueGreen = resolveBlueGreen(strategy.blueGreen);
  return {
    workload: {
      name: config.workload?.name,
      container: config.workload?.container,
      allowTwoVersions: config.workload?.allowTwoVersions,
      others: config.workload?.others ?? 'refuse',
      leaveServices: config.workload?.leaveServices ?? [],
    },
    image: {
      repository: params.imageRepository || config.image?.repository,
      tag: params.imageTag,
    },
    ...(params.whenUnchanged === 'release' ? { whenUnchanged: 'release' } : {}),
    strategy: type,
    rolling: {
      maxSurge: resolveCount(strategy.rolling?.maxSurge ?? '25%'),
      maxUnavailable: resolveCount(strategy.rolling?.maxUnavailable ?? 0),
      monitoringMs: durationMs(strategy.rolling?.monitoring, '5m'),
    },
    blueGreen,
    canary: resolveCanary(strategy.canary),
    previewService: strategy.blueGreen?.preview?.service ?? derivedName(params.service, 'preview'),
    rollbackWindowMs: durationMs(strategy.blueGreen?.rollbackWindow, '0s'),
    traffic: {
      router: traffic.router ?? 'service',
      virtualService: {
        name: traffic.virtualService?.name,
        routes: settleChoice(traffic.virtualService?.route),
      },
      destinationRule: { name: traffic.destinationRule?.name ?? params.service },
      httpRoute: { name: traffic.httpRoute?.name, rules: traffic.httpRoute?.rules },
      grpcRoute: { name: traffic.grpcRoute?.name, rules: traffic.grpcRoute?.rules },
    },
    drain: resolveDrain(config.drain),
    preflight: resolvePreflight(config.preflight),
    prober: resolveProber(config.prober),
    ignoredChecks: ignoredChecks(config.preflight),
    podMetrics: {
      port: pods.port,
      path: pods.path,
      everyMs: durationMs(pods.interval, '1s'),
    },
    analysis: resolveAnalysis(analysis, besideIn(type, blueGreen)),
    triggers: resolveTriggers(config),
    limits: {
      maxMs: durationMs(limits.maxDuration, '35m'),
      readyMs: durationMs(limits.readyTimeout, '10m'),
      schedulingMs: durationMs(limits.schedulingTimeout, `${DEFAULT_SCHEDULING_MS / 1000}s`),
      viewAgeMs: durationMs(limits.viewAge, '60s'),
      apiAwayMs: durationMs(limits.apiAway, '10m'),
    },
    smoke: config.smoke?.length === 0 ? 'none' : (config.smoke ?? []).map(settleSmoke),
    notifications: (config.notifications ?? []).map(settleNotification),
  };
}

/**
 * What no single field shows: settings that contradict each other, or the time that the deploy stage
 * is given (`stageMs`).
 */
export function contradictions(settings: Settings, stageMs = Infinity): ConfigIssue[] {
  const faults: ConfigIssue[] = [...timeIssues(settings.limits.maxMs, stageMs)];
  const { drain, limits } = settings;
  if (drain.maxMs < drain.minMs) {
    faults.push({ path: '/drain/maxDuration', message: 'is shorter than drain.minDuration' });
  }
  if ((limits.viewAgeMs ?? LEAST_VIEW_AGE_MS) < LEAST_VIEW_AGE_MS) {
    const message = 'everything is listed every 30s: nothing younger than 45s can be relied on';
    faults.push({ path: '/limits/viewAge', message });
  }
  if (limits.readyMs >= limits.maxMs) {
    faults.push({ path: '/limits/readyTimeout', message: 'leaves nothing of limits.maxDuration' });
  }
  if (settings.strategy === 'rolling' && settings.preflight.drainProbe === 'require') {
    const message = 'cannot be required of rolling: its pods get traffic as soon as they are ready';
    faults.push({ path: '/preflight/drainProbe', message });
  }
  const { watchMs, path } = watchedMs(settings);
  if (watchMs >= limits.maxMs) {
    faults.push({ path, message: 'leaves nothing of limits.maxDuration' });
  }
  return [...faults, ...rollingIssues(settings), ...trafficStepIssues(settings)];
}

function settleChoice(route: string | number | readonly (string | number)[] | undefined) {
  return typeof route === 'string' || typeof route === 'number' ? [route] : route;
}

function settleSmoke(check: SmokeConfig): SmokeCheck {
  return {
    name: check.name,
    path: check.path,
    method: check.method ?? 'GET',
    scheme: check.scheme,
    port: check.port,
    headers: check.headers ?? {},
    body: check.body,
    timeoutMs: durationMs(check.timeout, '5s'),
    expectedStatus: check.expect?.status,
    expectedText: check.expect?.contains,
  };
}

function settleNotification(written: NotificationConfig): NotificationTarget {
  return {
    type: written.type,
    url:
      written.urlFile === undefined
        ? { kind: 'plain', value: written.url ?? '' }
        : { kind: 'file', value: written.urlFile },
    events: written.events ?? NOTIFICATION_EVENTS,
  };
}
