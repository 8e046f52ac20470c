/** What a user writes under `rollback.triggers`. */

import type { Severity } from '../base/schema-types.ts';
import type { Operator } from './trigger.ts';

export interface TriggerConfig {
  metric?: string;
  operator?: Operator;
  value?: string | number;
  relativeToStable?: string | number;
  window?: string;
  minRequests?: number;
  health?: 'readiness' | 'restarts';
  maxUnready?: string | number;
  failureThreshold?: number;
  interval?: string;
  restarts?: number;
  errorSpike?: {
    baseline?: string | number;
    increasePercent?: number;
    window?: string;
    minErrors?: number;
  };
  dependency?: {
    name: string;
    circuitBreaker?: string;
    failureRate?: string | number;
    slowCallRate?: string | number;
    url?: string;
  };
  duration?: string;
  cooldown?: string;
  severity?: Severity;
}
