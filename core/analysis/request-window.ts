/**
 * From the latest readings to the next window: what both sides' counters grew by since the last one.
 * The pods count for themselves, or Prometheus has counted for them.
 */

import { type Instant, instant, type Side } from '../base/vocabulary.ts';
import type { Observation } from '../cluster/observation.ts';
import { answeredSince, NO_PROBES, type ProbeCounts, probesAt } from '../cluster/prober.ts';
import type { Window } from '../judge/sample.ts';
import type { Measured } from '../metrics/metric.ts';
import { TRAFFIC } from '../metrics/request-counters/counter.ts';
import { isCountedOnPages } from '../metrics/request-counters/registry.ts';
import { NOTHING_OWED, withoutProber } from '../metrics/shared.ts';
import { type CountersByKey, grownBy } from '../metrics/traffic.ts';
import type { Sides } from '../plan/own-pods.ts';
import type { Plan } from '../plan/plan.ts';
import type { AnalysisState } from './analysis-state.ts';

/** Shorter windows say no more. */
const WINDOW_MS = 1_000;
/** An answer that is older than this is no answer to what is asked now. */
const STALE_MS = 15_000;

type Counting = Pick<AnalysisState, 'last' | 'windowAt' | 'probes' | 'owed'> & {
  readonly window: Window | undefined;
};
type Count =
  | { readonly kind: 'counted'; readonly counters: CountersByKey }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unmeasured'; readonly why: string };

export function countsRequests(plan: Plan): boolean {
  return plan.metrics.kind === 'pods' || !isCountedOnPages(plan.settings.analysis.traffic);
}

export function nextWindow(
  plan: Plan,
  tally: AnalysisState,
  seen: Observation,
  sides: Sides,
): Counting {
  const { last, windowAt } = tally;
  const { probes = NO_PROBES, owed = NOTHING_OWED } = tally;
  const same = { last, windowAt, probes, owed, window: undefined };
  const sent = sentWhenCounted(seen);
  if (windowAt !== undefined && seen.at - windowAt < WINDOW_MS) return same;
  const candidate = countOf(plan, tally, seen, sides, 'candidate');
  const stable = countOf(plan, tally, seen, sides, 'stable');
  if (candidate.kind === 'unknown') return same;
  const forMs = windowAt === undefined ? 0 : seen.at - windowAt;
  if (candidate.kind === 'unmeasured') {
    const window = { kind: 'unmeasured', at: seen.at, forMs, why: candidate.why } as const;
    return { last, windowAt: seen.at, probes, owed, window };
  }
  const now = {
    candidate: candidate.counters,
    stable: stable.kind === 'counted' ? stable.counters : {},
  };
  // Counters that both were seen before are the only ones that can have grown.
  if (windowAt === undefined)
    return { last: now, windowAt: seen.at, probes: sent, owed, window: undefined };
  // Prometheus counts in steps: until it has scraped again, there is nothing new to say.
  if (sameCounters(last, now) && !isCountedOnPages(plan.settings.analysis.traffic)) return same;
  const grown = {
    candidate: grownBy(last.candidate, now.candidate),
    stable: grownBy(last.stable, now.stable),
  };
  // Pods of the candidate are new: all that they had been asked when first seen came since it was made.
  const unseen = Object.entries(now.candidate)
    .filter(([key]) => !(key in last.candidate))
    .reduce((sum, [, { shared }]) => sum + (shared?.requests ?? 0), 0);
  const isTold = !isCountedOnPages(plan.settings.analysis.traffic);
  const asked = answeredSince(probes, sent);
  const settled = withoutProber(grown, owed, asked, isTold ? unseen : 0);
  const window: Window = { kind: 'measured', at: seen.at, forMs, ...settled.sides };
  const merged = (side: Side): CountersByKey => ({ ...last[side], ...now[side] });
  return {
    last: { candidate: merged('candidate'), stable: merged('stable') },
    windowAt: seen.at,
    probes: sent,
    owed: settled.owed,
    window,
  };
}

/**
 * What the prober had sent when the counters were read of the pods. Prometheus tells of a moment
 * that is past: what was sent since is in none of its numbers, and is not to be taken off them.
 */
function sentWhenCounted(seen: Observation): ProbeCounts {
  const now = seen.probes ?? NO_PROBES;
  const told = (['stable', 'candidate'] as const).flatMap((side) => {
    const answer = seen.measured.get(`${TRAFFIC}/${side}`);
    return answer?.kind === 'counted' ? [answer.countedAt ?? answer.at] : [];
  });
  if (told.length === 0) return now;
  const mean = told.reduce((sum, at) => sum + at, 0) / told.length;
  return probesAt(seen.earlierProbes ?? [], instant(mean)) ?? now;
}

function sameCounters(a: AnalysisState['last'], b: AnalysisState['last']): boolean {
  const requests = (counters: CountersByKey): string =>
    Object.entries(counters)
      .map(([key, counted]) => `${key}=${counted.requests}`)
      .sort()
      .join();
  return (
    requests(a.candidate) === requests({ ...a.candidate, ...b.candidate }) &&
    requests(a.stable) === requests({ ...a.stable, ...b.stable })
  );
}

function countOf(
  plan: Plan,
  tally: AnalysisState,
  seen: Observation,
  sides: Sides,
  side: Side,
): Count {
  return isCountedOnPages(plan.settings.analysis.traffic)
    ? podCount(seen, sides, side)
    : queriedCount(seen.measured, tally, side);
}

/** One pod that tells is enough to see: a pod that is starting or ending tells nothing. */
export function podCount(seen: Observation, sides: Sides, side: Side): Count {
  const counters: Record<string, CountersByKey[string]> = {};
  const failures: string[] = [];
  for (const { metadata } of sides[side]) {
    const reading = seen.readings.get(metadata.name);
    if (!reading) continue;
    const stale = seen.at - reading.at > STALE_MS;
    if (reading.kind === 'failed') failures.push(reading.why);
    else if (stale)
      failures.push(`stale: ${metadata.name} was last read ${age(seen.at, reading.at)}`);
    else counters[metadata.name] = reading.counters;
  }
  if (Object.keys(counters).length > 0) return { kind: 'counted', counters };
  const [why] = failures;
  if (why === undefined) return { kind: 'unknown' };
  return { kind: 'unmeasured', why: `no ${side} pod tells its metrics: ${why}` };
}

function queriedCount(
  measured: ReadonlyMap<string, Measured>,
  tally: AnalysisState,
  side: Side,
): Count {
  const answer = measured.get(`${TRAFFIC}/${side}`);
  if (!answer) return { kind: 'unknown' };
  switch (answer.kind) {
    case 'counted':
      return { kind: 'counted', counters: answer.counters };
    case 'value':
      return { kind: 'unmeasured', why: 'a number is no counter' };
    case 'unmeasurable': {
      // Without traffic there is nothing to count yet. A service that has some must show it.
      const quiet = answer.oddity === 'empty' && tally.totals.stable.requests === 0;
      if (quiet && tally.totals.candidate.requests === 0) return { kind: 'counted', counters: {} };
      return { kind: 'unmeasured', why: `${answer.oddity}: ${answer.why}` };
    }
  }
}

function age(now: Instant, then: Instant): string {
  return `${Math.round((now - then) / 1000)} s ago`;
}
