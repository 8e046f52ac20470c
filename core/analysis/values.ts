/**
 * What else was measured of a side, by the names that triggers use: from the pods' pages, and from
 * the sources that were asked for it, which win where they answer.
 */

import type { Instant } from '../base/vocabulary.ts';
import type { Reading } from '../cluster/observation.ts';
import type { Metric } from '../config/analysis/settings.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { limitOf } from '../metrics/kubernetes.ts';
import { type Measured, unmeasurable } from '../metrics/metric.ts';
import {
  BREAKER_GAUGES,
  breakerKey,
  CPU_SECONDS,
  customKey,
  DB_POOL_USAGE,
  MEMORY_BYTES,
} from '../metrics/page/gauges.ts';
import type { Trigger } from '../triggers/trigger.ts';

/** Processor time of a pod when it was last looked at, and the share of its limit since before. */
export interface CpuUsage {
  readonly at: Instant;
  readonly seconds: number;
  readonly share?: number;
}

/** Shorter than this, a rate of processor time is noise. */
const CPU_WINDOW_MS = 5_000;

export function cpuUsage(
  before: Readonly<Record<string, CpuUsage>>,
  pods: readonly Pod[],
  readings: ReadonlyMap<string, Reading>,
): Record<string, CpuUsage> {
  const tallies: Record<string, CpuUsage> = {};
  for (const pod of pods) {
    const { name } = pod.metadata;
    const reading = readings.get(name);
    const seconds = reading?.kind === 'counted' ? reading.gauges?.[CPU_SECONDS] : undefined;
    const last = before[name];
    if (!reading || seconds === undefined) {
      if (last) tallies[name] = last;
      continue;
    }
    const { at } = reading;
    const limit = limitOf(pod, 'cpu');
    if (!last || seconds < last.seconds || limit === undefined) tallies[name] = { at, seconds };
    else if (at - last.at < CPU_WINDOW_MS) tallies[name] = last;
    else {
      const share = (seconds - last.seconds) / ((at - last.at) / 1000) / limit;
      tallies[name] = { at, seconds, share };
    }
  }
  return tallies;
}

/** What a release config asks of a side, beside what is always looked at. */
interface Asked {
  readonly metrics: readonly Metric[];
  readonly triggers: readonly Trigger[];
}

/** Those that a trigger is about: a page may name any number of others, and by any name. */
function breakersIn(triggers: readonly Trigger[]): string[] {
  const names = triggers.flatMap((trigger) =>
    trigger.kind === 'dependency' ? (trigger.circuitBreaker ?? []) : [],
  );
  return names.flatMap((name) => BREAKER_GAUGES.map((gauge) => breakerKey(name, gauge)));
}

export function valuesOf(
  side: 'stable' | 'candidate',
  pods: readonly Pod[],
  readings: ReadonlyMap<string, Reading>,
  measured: ReadonlyMap<string, Measured>,
  cpu: Readonly<Record<string, CpuUsage>>,
  { metrics, triggers }: Asked,
  at: Instant,
): Record<string, Measured> {
  const values: Record<string, Measured> = {};
  const keep = (name: string, numbers: readonly number[], odd?: string): void => {
    if (numbers.length > 0) values[name] = { kind: 'value', at, value: Math.max(...numbers) };
    else if (odd !== undefined) values[name] = unmeasurable(at, 'empty', odd);
  };
  const each = (key: string): number[] =>
    pods.flatMap((pod) => {
      const reading = readings.get(pod.metadata.name);
      const value = reading?.kind === 'counted' ? reading.gauges?.[key] : undefined;
      return value === undefined ? [] : [value];
    });
  const memory = pods.flatMap((pod) => {
    const reading = readings.get(pod.metadata.name);
    const bytes = reading?.kind === 'counted' ? reading.gauges?.[MEMORY_BYTES] : undefined;
    const limit = limitOf(pod, 'memory');
    return bytes === undefined || limit === undefined ? [] : [bytes / limit];
  });
  const shares = pods.flatMap((pod) => cpu[pod.metadata.name]?.share ?? []);
  const asked = pods.length > 0 && readings.size > 0;
  keep('memory_usage', memory, asked ? 'no memory or no limit of it is told' : undefined);
  keep('cpu_usage', shares);
  keep(DB_POOL_USAGE, each(DB_POOL_USAGE), asked ? 'no pool of connections is told' : undefined);
  for (const key of breakersIn(triggers)) keep(key, each(key));
  for (const { name, source } of metrics) {
    if (source.provider !== 'pods') continue;
    keep(name, each(customKey(source.series)), asked ? `no pod tells ${source.series}` : undefined);
  }
  const suffix = `/${side}`;
  for (const [key, value] of measured) {
    const name = key.slice(0, -suffix.length);
    // What a source cannot tell, the pods may have told.
    const better = value.kind === 'value' || values[name]?.kind !== 'value';
    if (key.endsWith(suffix) && better) values[name] = value;
  }
  return values;
}
