/** One look at one trigger: what it finds, before duration and cooldown are asked. */

import { formatShare } from '../base/share.ts';
import type { Side } from '../base/vocabulary.ts';
import { breakerKey } from '../metrics/page/gauges.ts';
import { dependencyKey, type Facts, type Finding, finding } from './facts.ts';
import { evaluateMetricTrigger } from './kinds/metric.ts';
import type { DependencyTrigger, ErrorSpikeTrigger, ReadinessTrigger, Trigger } from './trigger.ts';

/** Restarts are counted over looks and not found in one: see memory.ts. */
export function evaluateTrigger(
  trigger: Exclude<Trigger, { kind: 'restarts' }>,
  facts: Facts,
): Finding {
  switch (trigger.kind) {
    case 'metric':
      return evaluateMetricTrigger(trigger, facts);
    case 'readiness':
      return readiness(trigger, facts);
    case 'error-spike':
      return errorSpike(trigger, facts);
    case 'dependency':
      return dependency(trigger, facts);
  }
}

function readiness({ maxUnready }: ReadinessTrigger, { health }: Facts): Finding {
  const { ready, expected } = health;
  const unready = Math.max(0, expected - ready);
  const why = `${unready} of ${expected} candidate pods not ready`;
  return finding(expected > 0 && unready / expected > maxUnready ? 'exceeded' : 'calm', why);
}

function errorSpike(trigger: ErrorSpikeTrigger, facts: Facts): Finding {
  const window = facts.over(trigger.windowMs);
  if (!window || window.candidate.requests === 0) return finding('no-data', 'no requests yet');
  const { candidate, stable } = window;
  const rate = candidate.errors / candidate.requests;
  const counted = `${candidate.errors} errors in ${candidate.requests} requests`;
  if (candidate.errors < trigger.minErrors) return finding('calm', counted);
  const known = stable.requests > 0 ? stable.errors / stable.requests : undefined;
  const baseline = trigger.baseline ?? known;
  if (baseline === undefined)
    return finding('no-data', 'the stable has no requests to compare with');
  const most = baseline * (1 + trigger.increasePercent / 100);
  if (rate <= most) return finding('calm', counted);
  const above = `more than ${trigger.increasePercent}% above ${formatShare(baseline)}`;
  return finding('exceeded', `error spike: ${formatShare(rate)}, ${above} (${counted})`);
}

function dependency(trigger: DependencyTrigger, facts: Facts): Finding {
  const { name, circuitBreaker, url, failureRate, slowCallRate } = trigger;
  const missing: string[] = [];
  const read = (key: string, side: Side): number | undefined => {
    const measured = facts.values[side][key];
    if (measured?.kind === 'value') return measured.value;
    missing.push(measured?.kind === 'unmeasurable' ? measured.why : `${key} is not told`);
    return undefined;
  };
  if (url !== undefined) {
    const measured = facts.values.candidate[dependencyKey(name)];
    // Here no answer is the finding itself.
    if (measured?.kind === 'unmeasurable') {
      return finding('exceeded', `dependency ${name} fails: ${measured.why}`);
    }
    if (!measured) missing.push('it was not checked yet');
  }
  if (circuitBreaker !== undefined) {
    const open = read(breakerKey(circuitBreaker, 'open'), 'candidate');
    if (open !== undefined && open > 0) {
      return finding(
        'exceeded',
        `circuit breaker ${circuitBreaker} is open: dependency ${name} fails`,
      );
    }
    for (const [gauge, limit] of [
      ['failure_rate', failureRate],
      ['slow_call_rate', slowCallRate],
    ] as const) {
      if (limit === undefined) continue;
      const measured = facts.values.candidate[breakerKey(circuitBreaker, gauge)];
      if (measured?.kind !== 'value' || measured.value <= limit) continue;
      const what = `${gauge.replaceAll('_', ' ')} ${formatShare(measured.value)}`;
      return finding('exceeded', `dependency ${name}: ${what} above ${formatShare(limit)}`);
    }
  }
  return missing.length === 0
    ? finding('calm', `dependency ${name} works`)
    : finding('unmeasurable', `dependency ${name}: ${missing.join(', ')}`);
}
