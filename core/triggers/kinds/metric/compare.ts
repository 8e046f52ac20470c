/** A metric held against its limit: a fixed one, or so many times that of the stable. */
import { formatDuration } from '../../../base/duration.ts';
import type { Side } from '../../../base/vocabulary.ts';
import type { ArmSample } from '../../../judge/sample.ts';
import { formatValue, quantileOf, unitOf } from '../../../metrics/metric-names.ts';
import { quantileMs } from '../../../metrics/traffic.ts';
import { type Facts, type Finding, finding } from '../../facts.ts';
import type { MetricTrigger, Operator } from './metric-trigger.ts';

/** A value with what it was computed from, or why there is none. */
type Value =
  | { readonly kind: 'value'; readonly value: number; readonly from: string }
  | { readonly kind: 'no-data' | 'unmeasurable'; readonly why: string };

const WORDS: Readonly<Record<Operator, string>> = {
  gt: 'above',
  gte: 'at or above',
  lt: 'below',
  lte: 'at or below',
  eq: 'equal to',
};

export function evaluateMetric(trigger: MetricTrigger, facts: Facts): Finding {
  const { metric, operator, limit } = trigger;
  const own = measure(trigger, facts, 'candidate');
  if (own.kind !== 'value') return own;
  const shown = `${metric} ${formatValue(metric, own.value)}`;
  const bound = boundOf(trigger, facts);
  if (bound.kind !== 'value') return bound;
  const told =
    limit.kind === 'value' || bound.value === limit.least
      ? ''
      : ` (${limit.factor}x ${bound.from})`;
  const against = `${formatValue(metric, bound.value)}${told}`;
  const why = `${shown} ${WORDS[operator]} ${against}`;
  return compares(operator, own.value, bound.value)
    ? finding('exceeded', `${why}${lasting(trigger)} (${own.from})`)
    : finding('calm', `${shown}, ${own.from}`);
}

function boundOf(trigger: MetricTrigger, facts: Facts): Value {
  const { limit, metric } = trigger;
  if (limit.kind === 'value') return { kind: 'value', value: limit.value, from: 'the limit' };
  const other = metric === 'throughput' ? usual(facts) : measure(trigger, facts, 'stable');
  // With no one to compare with, what it has to reach in any case is the limit.
  if (other.kind !== 'value' && limit.least !== undefined)
    return { kind: 'value', value: limit.least, from: 'the limit' };
  if (other.kind !== 'value')
    return { kind: 'no-data', why: `nothing to compare with: ${other.why}` };
  const value = Math.max(other.value * limit.factor, limit.least ?? 0);
  return { kind: 'value', value, from: `the stable's ${formatValue(metric, other.value)}` };
}

function lasting({ durationMs }: MetricTrigger): string {
  return durationMs === 0 ? '' : ` for ${formatDuration(durationMs)}`;
}

function compares(operator: Operator, value: number, bound: number): boolean {
  switch (operator) {
    case 'gt':
      return value > bound;
    case 'gte':
      return value >= bound;
    case 'lt':
      return value < bound;
    case 'lte':
      return value <= bound;
    case 'eq':
      return value === bound;
  }
}

function measure(trigger: MetricTrigger, facts: Facts, side: Side): Value {
  const { metric, windowMs, minRequests } = trigger;
  const isRate = metric === 'error_rate' || metric === 'error_rate_4xx';
  const counted = unitOf(metric) === 'per-second' || isRate || quantileOf(metric);
  if (!counted) return gaugeOf(metric, facts, side);
  const window = facts.over(windowMs);
  if (!window) return { kind: 'no-data', why: 'nothing was counted yet' };
  if (metric === 'throughput')
    return throughputOf(window.candidate, window.stable, window.forMs, trigger);
  const arm = window[side];
  const bad = metric === 'error_rate_4xx' ? (arm.clientErrors ?? 0) : arm.errors;
  const from = `${bad} of ${arm.requests} requests`;
  if (arm.requests < minRequests) {
    return { kind: 'no-data', why: `only ${arm.requests} of ${minRequests} requests` };
  }
  if (isRate) return { kind: 'value', value: bad / arm.requests, from };
  return latencyOf(arm, quantileOf(metric) ?? 0.99);
}

function latencyOf({ latency, requests }: ArmSample, share: number): Value {
  const ms = latency && quantileMs(latency, share);
  return ms === undefined
    ? { kind: 'unmeasurable', why: 'no histogram of latencies is told' }
    : { kind: 'value', value: ms, from: `over ${requests} requests` };
}

/** Of the whole service: how much of it the candidate gets is what the release decides. */
function throughputOf(
  candidate: ArmSample,
  stable: ArmSample,
  forMs: number,
  { windowMs }: MetricTrigger,
): Value {
  // A window that is not full yet would look like silence.
  if (forMs < windowMs / 2) return { kind: 'no-data', why: 'it is not watched for long enough' };
  const requests = candidate.requests + stable.requests;
  return { kind: 'value', value: requests / (forMs / 1000), from: `${requests} requests` };
}

function usual({ usualThroughput }: Facts): Value {
  return usualThroughput === undefined
    ? { kind: 'no-data', why: 'the usual throughput is not known yet' }
    : { kind: 'value', value: usualThroughput, from: 'when the watch began' };
}

function gaugeOf(metric: string, facts: Facts, side: Side): Value {
  const measured = facts.values[side][metric];
  if (!measured) return { kind: 'no-data', why: `${metric} is not measured yet` };
  switch (measured.kind) {
    case 'value':
      return { kind: 'value', value: measured.value, from: `of the ${side}` };
    case 'counted':
      return { kind: 'unmeasurable', why: `${metric} is a counter` };
    case 'unmeasurable':
      return { kind: 'unmeasurable', why: `${metric}: ${measured.oddity}: ${measured.why}` };
  }
}
