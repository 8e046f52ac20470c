/** What a user writes: every key optional but the two that say what the document is. */
import type { StrategyName } from '../vocabulary.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type NotificationEvent = 'completed' | 'failed' | 'rollback';

export interface WrittenTrigger {
  metric: 'error_rate';
  operator: 'gt';
  value: string | number;
  duration?: string;
  minRequests?: number;
}

export interface WrittenSmoke {
  name: string;
  path: string;
  method?: Method;
  port?: number;
  headers?: Record<string, string>;
  body?: string;
  timeout?: string;
  expect?: { status?: number; contains?: string };
}

export interface WrittenNotification {
  type: 'webhook';
  url?: string;
  urlFile?: string;
  events?: NotificationEvent[];
}

export interface WrittenConfig {
  apiVersion: 'release.zero-downtime.dev/v1';
  kind: 'ReleaseConfig';
  workload?: { name?: string; container?: string };
  image?: { repository?: string };
  strategy?: {
    type?: StrategyName;
    rolling?: { maxSurge?: number | string; monitoring?: string };
    blueGreen?: { monitoring?: string; preview?: { service?: string } };
  };
  drain?: {
    hook?: { port?: number; path: string; method?: Method };
    minDuration?: string;
    maxDuration?: string;
    confirm?: { header: string; path?: string };
  };
  preflight?: { ignore?: { check: string; reason: string; expires?: string }[] };
  analysis?: { pods?: { port?: number; path?: string } };
  rollback?: { triggers?: WrittenTrigger[] };
  limits?: { maxDuration?: string; readyTimeout?: string };
  smoke?: WrittenSmoke[];
  notifications?: WrittenNotification[];
}
