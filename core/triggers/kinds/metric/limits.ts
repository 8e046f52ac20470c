/** What keeps a limit of a metric from meaning anything. */
import type { ConfigIssue } from '../../../base/config-issue.ts';
import { KNOWN_METRICS, parseLimit, unitOf } from '../../../metrics/metric-names.ts';
import type { TriggerPlace } from '../kind.ts';

/** A limit as it is written. */
interface WrittenLimit {
  readonly metric?: string;
  readonly operator?: string;
  readonly value?: string | number;
  readonly relativeToStable?: string | number;
}

export function limitIssues(
  { metric = '', operator = 'gt', value, relativeToStable }: WrittenLimit,
  { path, metrics, suggest }: TriggerPlace,
): ConfigIssue[] {
  const known = [...Object.keys(KNOWN_METRICS), ...metrics];
  if (!known.includes(metric)) {
    const message = `nothing measures it${suggest(metric, known)}; analysis.metrics defines others`;
    return [{ path: `${path}/metric`, message }];
  }
  if ((value === undefined) === (relativeToStable === undefined)) {
    return [{ path, message: 'needs exactly one of value and relativeToStable' }];
  }
  if (value === undefined) return [];
  const limit = parseLimit(metric, value);
  if (limit === undefined) {
    const message = `is not a limit for ${metric}: ${EXAMPLES[unitOf(metric)]}`;
    return [{ path: `${path}/value`, message }];
  }
  const never = neverReached(metric, operator, limit);
  return never === undefined ? [] : [{ path: `${path}/value`, message: never }];
}

const EXAMPLES = {
  share: 'write 5% or 0.05',
  ms: 'write 500ms or 2s',
  'per-second': 'write requests a second, such as 500',
  plain: 'write a number',
} as const;

/** Most metrics are never below zero, and some never above one. */
function neverReached(metric: string, operator: string, limit: number): string | undefined {
  const unit = unitOf(metric);
  if (unit === 'plain') return undefined;
  // Processors and memory can be overdrawn for a moment; shares of requests cannot.
  if (metric === 'error_rate' && operator === 'gt' && limit >= 1) {
    return `${metric} is never above ${limit * 100}%: this trigger can never fire`;
  }
  if (operator === 'lt' && limit === 0) {
    return `${metric} is never below zero: this trigger can never fire`;
  }
  if (operator === 'gte' && limit === 0) {
    return `${metric} is always zero or more: this trigger always fires`;
  }
  return undefined;
}
