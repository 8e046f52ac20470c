/** A limit of a metric, decided. */
import type { TriggerBase } from '../kind.ts';

export const OPERATORS = ['gt', 'gte', 'lt', 'lte', 'eq'] as const;
export type Operator = (typeof OPERATORS)[number];

export interface MetricTrigger extends TriggerBase {
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
