/** The presets' counters of both sides in one query, so that both are of the same moment. */

import { type Instant, instant, type Side } from '../../base/vocabulary.ts';
import type { Counted } from '../../judge/sample.ts';
import {
  type Measured,
  type MetricResponse,
  numberOf,
  type SideSubject,
  type Unmeasurable,
  unmeasurable,
} from '../metric.ts';
import { bare } from '../page/families.ts';
import { latencyFromBuckets } from '../page/pods.ts';
import { filledIn } from '../placeholders.ts';
import type { Counters } from '../traffic.ts';
import { type Point, resultOf, type Series, STALE_MS, skewed } from './api.ts';
import type { Preset } from './presets.ts';

/**
 * The counters of both sides; each measure under its own label, so that one answer has them all.
 * `proberPath` is what the Service is asked by the release itself; undefined: nothing over HTTP.
 */
export function trafficQuery(
  preset: Preset,
  sides: Readonly<Record<Side, SideSubject>>,
  selectors: Readonly<Partial<Record<Side, string>>>,
  ignoredPaths: readonly string[],
  proberPath?: string,
): string {
  const parts = (['stable', 'candidate'] as const).flatMap((side) => {
    const own = filledIn(selectors[side] ?? preset.side, sides[side]);
    const ignored = preset.paths.map((label) => `${label}!~"${ignoredPaths.join('|')}"`);
    const matchers = [own, ...(ignoredPaths.length > 0 ? ignored : [])].join(',');
    const requests = selector(preset.requests, matchers);
    const errorsIn = (among: string): string =>
      preset.errors.map((each) => selector(each, among)).join(' or ');
    const marked = (query: string, measure: string): string =>
      `label_replace(label_replace(${query},"measure","${measure}","",""),"side","${side}","","")`;
    const sum = (query: string): string => `sum by (${preset.by}) (${query})`;
    const shared =
      proberPath === undefined || !preset.seesProber
        ? undefined
        : [matchers, ...preset.paths.map((label) => untoldOr(label, proberPath))].join(',');
    return [
      marked(sum(requests), 'requests'),
      marked(sum(errorsIn(matchers)), 'errors'),
      ...(shared === undefined
        ? []
        : [
            marked(sum(selector(preset.requests, shared)), 'shared'),
            marked(sum(errorsIn(shared)), 'shared-errors'),
          ]),
      marked(`sum by (${preset.by},le) (${selector(preset.buckets, matchers)})`, 'latency'),
      marked(`max by (${preset.by}) (timestamp(${requests}))`, 'sampled'),
    ];
  });
  return parts.join(' or ');
}

export function readTraffic(
  reply: MetricResponse,
  by: Pick<Preset, 'by' | 'unitsPerSecond'>,
  at: Instant,
): Record<Side, Measured> {
  const result = resultOf(reply, at);
  if ('kind' in result) return { stable: result, candidate: result };
  if (result.resultType !== 'vector') {
    const odd = unmeasurable(at, 'malformed', `answered a ${result.resultType}, not a vector`);
    return { stable: odd, candidate: odd };
  }
  const of = (side: Side): Measured =>
    countersOf(
      result.result.filter(({ metric }) => metric.side === side),
      by,
      at,
    );
  return { stable: of('stable'), candidate: of('candidate') };
}

function countersOf(
  series: readonly Series[],
  { by, unitsPerSecond }: Pick<Preset, 'by' | 'unitsPerSecond'>,
  at: Instant,
): Measured {
  const counters: Record<string, Counters> = {};
  const ages: number[] = [];
  const byKey = new Map<string, Series[]>();
  for (const one of series) {
    const key = one.metric[by] ?? '';
    const known = byKey.get(key);
    if (known) known.push(one);
    else byKey.set(key, [one]);
  }
  if (byKey.size === 0) return unmeasurable(at, 'empty', 'no requests are counted for this side');
  for (const [key, own] of byKey) {
    const points = (measure: string): Series[] =>
      own.filter(({ metric }) => metric.measure === measure);
    const sampled = points('sampled')[0]?.value;
    const old = sampled && tooOld(sampled, at);
    if (old) return old;
    ages.push(sampled ? Math.max(0, ageOf(sampled)) : 0);
    const requests = points('requests')[0];
    if (!requests) continue;
    const counted = numberOf(requests.value?.[1], at);
    if (counted.kind !== 'value') return counted;
    const failed = points('errors')[0];
    const errors = failed ? numberOf(failed.value?.[1], at) : { ...counted, value: 0 };
    if (errors.kind !== 'value') return errors;
    const latency = latencyFromBuckets(
      points('latency').map(({ metric, value }) => ({
        le: metric.le ?? '',
        value: Number(value?.[1]),
      })),
      unitsPerSecond,
    );
    const counts = { requests: counted.value, errors: errors.value };
    const shared = sharedOf(points('shared')[0], points('shared-errors')[0]);
    counters[key] = { ...counts, ...(latency ? { latency } : {}), ...(shared ? { shared } : {}) };
  }
  // Each is scraped at a moment of its own: what was asked of all of them was, on average, by then.
  const meanAgeMs = ages.reduce((sum, age) => sum + age, 0) / ages.length;
  return { kind: 'counted', at, countedAt: instant(Math.round(at - meanAgeMs)), counters };
}

/** What the prober may have asked; a number that is none says nothing of it. */
function sharedOf(requests: Series | undefined, errors: Series | undefined): Counted | undefined {
  const number = (series: Series | undefined): number => Number(series?.value?.[1] ?? 0);
  const counts = { requests: number(requests), errors: number(errors) };
  if (!requests || !Number.isFinite(counts.requests + counts.errors)) return undefined;
  return counts;
}

/** A label that tells no path, or this one. */
function untoldOr(label: string, path: string): string {
  const literal = (bare(path) ?? path).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // A string of PromQL is written as one of JSON.
  return `${label}=~${JSON.stringify(`|${literal}`)}`;
}

/** `sampled` is in its value when the newest sample was taken, and in its time what time it is there. */
/** Both times are Prometheus' own: its clock may differ from this one. */
function ageOf([now, sampledAt]: Point): number {
  return (now - Number(sampledAt)) * 1000;
}

function tooOld(sampled: Point, at: Instant): Unmeasurable | undefined {
  const [now] = sampled;
  const ageMs = ageOf(sampled);
  if (ageMs <= STALE_MS) return skewed(now, at);
  return unmeasurable(at, 'stale', `the newest sample is ${Math.round(ageMs / 1000)} s old`);
}

/** `name{a="b"}` and more matchers. */
function selector(written: string, matchers: string): string {
  return written.endsWith('}') ? `${written.slice(0, -1)},${matchers}}` : `${written}{${matchers}}`;
}
