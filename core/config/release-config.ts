/** What a user writes: every key optional but the two that say what the document is. */
import type { Scheme } from '../base/check.ts';
import type { Method } from '../base/schema-types.ts';
import type { RouterName, StrategyName } from '../base/vocabulary.ts';
import type { TriggerConfig } from '../triggers/config.ts';
import type { AnalysisConfig } from './analysis/config.ts';
import type { DrainConfig } from './sections/drain.ts';
import type { PreflightConfig } from './sections/preflight.ts';
import type { ProberConfig } from './sections/prober.ts';

/** started: deploy has begun · anomaly: a trigger warns · the others: how a release ended. */
export const NOTIFICATION_EVENTS = [
  'started',
  'anomaly',
  'completed',
  'failed',
  'rollback',
] as const;
export type NotificationEvent = (typeof NOTIFICATION_EVENTS)[number];

export interface SmokeConfig {
  name: string;
  path: string;
  method?: Method;
  scheme?: Scheme;
  port?: number;
  headers?: Record<string, string>;
  body?: string;
  timeout?: string;
  expect?: { status?: number; contains?: string };
}

export interface NotificationConfig {
  type: 'webhook';
  url?: string;
  urlFile?: string;
  events?: NotificationEvent[];
}

export interface StepConfig {
  weight: number;
  duration?: string;
}

export interface BlueGreenConfig {
  switch?: 'instant' | 'gradual' | 'weighted';
  incrementPercentage?: number;
  interval?: string;
  steps?: StepConfig[];
  replicas?: number;
  monitoring?: string;
  rollbackWindow?: string;
  preview?: { service?: string };
}

export interface CanaryConfig {
  steps?: StepConfig[];
  initialPercentage?: number;
  incrementPercentage?: number;
  incrementInterval?: string;
  targetPercentage?: number;
  headers?: Record<string, string>;
  monitoring?: string;
}

/** Rules of a route, by name or by place, counted from 0. */
type WrittenChoice = string | number | (string | number)[];

export interface ReleaseConfig {
  apiVersion: 'release.zero-downtime.dev/v1';
  kind: 'ReleaseConfig';
  workload?: {
    name?: string;
    container?: string;
    allowTwoVersions?: string;
    others?: 'refuse' | 'exclude';
    leaveServices?: string[];
  };
  image?: { repository?: string };
  strategy?: {
    type?: StrategyName;
    rolling?: {
      maxSurge?: number | string;
      maxUnavailable?: number | string;
      monitoring?: string;
    };
    blueGreen?: BlueGreenConfig;
    canary?: CanaryConfig;
  };
  traffic?: {
    router?: RouterName;
    virtualService?: { name?: string; route?: WrittenChoice };
    destinationRule?: { name?: string };
    httpRoute?: { name?: string; rules?: (string | number)[] };
    grpcRoute?: { name?: string; rules?: (string | number)[] };
  };
  drain?: DrainConfig;
  preflight?: PreflightConfig;
  prober?: ProberConfig;
  analysis?: AnalysisConfig;
  rollback?: { triggers?: TriggerConfig[] };
  limits?: {
    maxDuration?: string;
    readyTimeout?: string;
    schedulingTimeout?: string;
    viewAge?: string;
    apiAway?: string;
  };
  smoke?: SmokeConfig[];
  notifications?: NotificationConfig[];
}
