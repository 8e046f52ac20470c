/** What the program uses: everything decided, durations in milliseconds, shares as fractions. */

import { parseDurationMs } from '../duration.ts';
import { parseShare } from '../share.ts';
import type { StrategyName } from '../vocabulary.ts';
import type {
  Method,
  NotificationEvent,
  WrittenConfig,
  WrittenNotification,
  WrittenSmoke,
  WrittenTrigger,
} from './written.ts';

/** The pipeline's params; an empty one was not given. */
export interface Params {
  readonly service: string;
  readonly namespace: string;
  readonly imageTag: string;
  readonly imageRepository: string;
  readonly strategy: StrategyName | '';
}

export interface SmokeCheck {
  readonly name: string;
  readonly path: string;
  readonly method: Method;
  readonly port: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeoutMs: number;
  /** Undefined: any 2xx. */
  readonly expectedStatus: number | undefined;
  readonly expectedText: string | undefined;
}

export interface Trigger {
  readonly metric: 'error_rate';
  readonly operator: 'gt';
  readonly value: number;
  readonly durationMs: number;
  readonly minRequests: number;
}

/** A channel and where it leads; the secret itself is read when it is needed. */
export interface NotificationTarget {
  readonly type: 'webhook';
  readonly url: { readonly kind: 'plain' | 'file'; readonly value: string };
  readonly events: readonly NotificationEvent[];
}

export interface DrainSettings {
  readonly hook:
    | { readonly port: number | undefined; readonly path: string; readonly method: Method }
    | undefined;
  readonly minMs: number;
  readonly maxMs: number;
  readonly confirm: { readonly header: string; readonly path: string | undefined } | undefined;
}

export interface Settings {
  readonly workload: { readonly name: string | undefined; readonly container: string | undefined };
  readonly image: { readonly repository: string | undefined; readonly tag: string };
  readonly strategy: StrategyName;
  readonly rolling: { readonly maxSurge: number | string; readonly monitoringMs: number };
  readonly blueGreen: { readonly monitoringMs: number; readonly previewService: string };
  readonly drain: DrainSettings;
  readonly ignoredChecks: readonly {
    readonly check: string;
    readonly reason: string;
    readonly expires: string | undefined;
  }[];
  readonly podMetrics: { readonly port: number | undefined; readonly path: string | undefined };
  readonly triggers: readonly Trigger[];
  readonly limits: { readonly maxMs: number; readonly readyMs: number };
  readonly smoke: readonly SmokeCheck[];
  readonly notifications: readonly NotificationTarget[];
}

/** Something wrong with what was written, and where: a path such as `/limits/maxDuration`. */
export interface ConfigFault {
  readonly path: string;
  readonly message: string;
}

const DEFAULT_TRIGGER: WrittenTrigger = { metric: 'error_rate', operator: 'gt', value: '10%' };
const DEFAULT_CONFIG: WrittenConfig = {
  apiVersion: 'release.zero-downtime.dev/v1',
  kind: 'ReleaseConfig',
};

/**
 * Decides every setting: a param wins over the file, the file over the default. Expects a config
 * that the schema has accepted.
 */
export function settle(params: Params, config: WrittenConfig = DEFAULT_CONFIG): Settings {
  const { strategy = {}, drain = {}, limits = {} } = config;
  return {
    workload: { name: config.workload?.name, container: config.workload?.container },
    image: {
      repository: params.imageRepository || config.image?.repository,
      tag: params.imageTag,
    },
    strategy: params.strategy || strategy.type || 'rolling',
    rolling: {
      maxSurge: strategy.rolling?.maxSurge ?? '25%',
      monitoringMs: durationMs(strategy.rolling?.monitoring, '5m'),
    },
    blueGreen: {
      monitoringMs: durationMs(strategy.blueGreen?.monitoring, '5m'),
      previewService: strategy.blueGreen?.preview?.service ?? `${params.service}-preview`,
    },
    drain: {
      hook: drain.hook && {
        port: drain.hook.port,
        path: drain.hook.path,
        method: drain.hook.method ?? 'POST',
      },
      minMs: durationMs(drain.minDuration, '5s'),
      maxMs: durationMs(drain.maxDuration, '60s'),
      confirm: drain.confirm && { header: drain.confirm.header, path: drain.confirm.path },
    },
    ignoredChecks: (config.preflight?.ignore ?? []).map(({ check, reason, expires }) => ({
      check,
      reason,
      expires,
    })),
    podMetrics: { port: config.analysis?.pods?.port, path: config.analysis?.pods?.path },
    triggers: (config.rollback?.triggers ?? [DEFAULT_TRIGGER]).map(settleTrigger),
    limits: {
      maxMs: durationMs(limits.maxDuration, '35m'),
      readyMs: durationMs(limits.readyTimeout, '10m'),
    },
    smoke: (config.smoke ?? []).map(settleSmoke),
    notifications: (config.notifications ?? []).map(settleNotification),
  };
}

/** What no single field shows: settings that contradict each other. */
export function contradictions(settings: Settings): ConfigFault[] {
  const faults: ConfigFault[] = [];
  const { drain, limits } = settings;
  if (drain.maxMs < drain.minMs) {
    faults.push({ path: '/drain/maxDuration', message: 'is shorter than drain.minDuration' });
  }
  if (limits.readyMs >= limits.maxMs) {
    faults.push({ path: '/limits/readyTimeout', message: 'leaves nothing of limits.maxDuration' });
  }
  const [monitoringMs, path] =
    settings.strategy === 'rolling'
      ? [settings.rolling.monitoringMs, '/strategy/rolling/monitoring']
      : [settings.blueGreen.monitoringMs, '/strategy/blueGreen/monitoring'];
  if (monitoringMs >= limits.maxMs) {
    faults.push({ path, message: 'leaves nothing of limits.maxDuration' });
  }
  return faults;
}

function durationMs(written: string | undefined, byDefault: string): number {
  return parseDurationMs(written ?? byDefault) ?? 0;
}

function settleTrigger(trigger: WrittenTrigger): Trigger {
  return {
    metric: trigger.metric,
    operator: trigger.operator,
    value: parseShare(trigger.value) ?? 0,
    durationMs: durationMs(trigger.duration, '3s'),
    minRequests: trigger.minRequests ?? 20,
  };
}

function settleSmoke(check: WrittenSmoke): SmokeCheck {
  return {
    name: check.name,
    path: check.path,
    method: check.method ?? 'GET',
    port: check.port,
    headers: check.headers ?? {},
    body: check.body,
    timeoutMs: durationMs(check.timeout, '5s'),
    expectedStatus: check.expect?.status,
    expectedText: check.expect?.contains,
  };
}

function settleNotification(written: WrittenNotification): NotificationTarget {
  return {
    type: written.type,
    url:
      written.urlFile === undefined
        ? { kind: 'plain', value: written.url ?? '' }
        : { kind: 'file', value: written.urlFile },
    events: written.events ?? ['completed', 'failed', 'rollback'],
  };
}
