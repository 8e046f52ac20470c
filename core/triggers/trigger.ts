import type { Severity } from '../base/schema-types.ts';

/**
 * Rollback triggers, decided: fixed limits that a person has set, beside the judge. Each is watched
 * on its own, must hold for its duration, and either turns the release back or warns.
 */
export const OPERATORS = ['gt', 'gte', 'lt', 'lte', 'eq'] as const;
export type Operator = (typeof OPERATORS)[number];
export const PROFILES = ['standard', 'critical'] as const;
export type ProfileName = (typeof PROFILES)[number];

interface Common {
  /** The same trigger has the same id in every look, and no other has it: `error_rate gt 10%`. */
  readonly id: string;
  /** What nobody can measure is a reason to wait only where somebody asked for it by name. */
  readonly origin: 'config' | 'profile';
  readonly severity: Severity;
  readonly durationMs: number;
  readonly cooldownMs: number;
}

export interface MetricTrigger extends Common {
  readonly kind: 'metric';
  readonly metric: string;
  readonly operator: Operator;
  /** In the metric's own unit: a fraction, milliseconds, requests a second, or a factor. */
  readonly limit:
    | { readonly kind: 'value'; readonly value: number }
    | {
        readonly kind: 'relative';
        readonly factor: number;
        /** Below this it is no matter what the stable has. */
        readonly least?: number;
      };
  readonly windowMs: number;
  readonly minRequests: number;
}

export interface ReadinessTrigger extends Common {
  readonly kind: 'readiness';
  /** A larger share of the expected pods than this not ready is a failure. */
  readonly maxUnready: number;
  readonly failureThreshold: number;
  readonly intervalMs: number;
}

export interface RestartsTrigger extends Common {
  readonly kind: 'restarts';
  readonly restarts: number;
  readonly windowMs: number;
}

export interface ErrorSpikeTrigger extends Common {
  readonly kind: 'error-spike';
  /** Undefined: the stable's error rate in the same window. */
  readonly baseline: number | undefined;
  readonly increasePercent: number;
  readonly windowMs: number;
  readonly minErrors: number;
}

export interface DependencyTrigger extends Common {
  readonly kind: 'dependency';
  readonly name: string;
  readonly circuitBreaker: string | undefined;
  readonly failureRate: number | undefined;
  readonly slowCallRate: number | undefined;
  readonly url: string | undefined;
}

export type Trigger =
  | MetricTrigger
  | ReadinessTrigger
  | RestartsTrigger
  | ErrorSpikeTrigger
  | DependencyTrigger;
