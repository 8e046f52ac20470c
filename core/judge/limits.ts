/**
 * Judges the candidate by the limits that the config sets: a trigger is exceeded when its metric
 * stays above its value for its duration, over enough requests to mean something. Counts come from
 * the pods' own counters; a counter that went down was reset by a restart and starts from zero.
 */
import type { Trigger } from '../config/settings.ts';
import { formatDuration } from '../duration.ts';
import type { Counters, Observation, Reading } from '../release/observation.ts';
import type { Tally } from '../release/state.ts';
import { formatShare } from '../share.ts';
import type { Instant, Verdict } from '../vocabulary.ts';

/** Older requests than this say nothing about now. */
const WINDOW_MS = 30_000;

/** For so long nothing may be measurable before that itself is a reason to go back. */
const BLIND_LIMIT_MS = 60_000;

export interface Judgement {
  readonly tally: Tally;
  readonly verdict: Verdict;
  /** The verdict with its numbers, for the record. */
  readonly why: string;
}

const FRESH: Tally = { last: {}, intervals: [], exceededSince: {}, blindSince: undefined };

/** Looks at the latest readings of the candidate's pods and says what they mean so far. */
export function judge(
  triggers: readonly Trigger[],
  tally: Tally = FRESH,
  seen: Observation,
  pods: readonly string[],
): Judgement {
  const counted = count(tally, seen, pods);
  const { requests, errors } = totals(counted.intervals);
  const exceededSince: Record<number, Instant> = {};
  let bad: string | undefined;
  triggers.forEach((trigger, index) => {
    if (requests < trigger.minRequests || errors / requests <= trigger.value) return;
    const since = tally.exceededSince[index] ?? seen.at;
    exceededSince[index] = since;
    if (seen.at - since >= trigger.durationMs) bad ??= explained(trigger, requests, errors);
  });
  const next = { ...counted, exceededSince };
  if (bad !== undefined) return { tally: next, verdict: 'bad', why: bad };
  if (next.blindSince !== undefined) return { tally: next, ...blind(next.blindSince, seen) };
  const needed = Math.max(1, ...triggers.map((trigger) => trigger.minRequests));
  const share = requests > 0 ? `error_rate ${formatShare(errors / requests)}` : 'no requests';
  const why = `${share} over ${requests} requests`;
  return { tally: next, verdict: requests < needed ? 'not-enough-data' : 'good', why };
}

/** True once nothing could be measured for longer than a release may go on blindly. */
export function isBlindTooLong(tally: Tally | undefined, at: Instant): boolean {
  return tally?.blindSince !== undefined && at - tally.blindSince >= BLIND_LIMIT_MS;
}

function count(tally: Tally, seen: Observation, pods: readonly string[]): Tally {
  const readings = pods
    .map((pod) => [pod, seen.readings.get(pod)] as const)
    .filter((entry): entry is readonly [string, Reading] => entry[1] !== undefined);
  const counted = readings.flatMap(([pod, reading]) =>
    reading.kind === 'counted' ? [[pod, reading.counters] as const] : [],
  );
  const grown = counted
    .map(([pod, now]) => growth(tally.last[pod], now))
    .reduce((sum, each) => added(sum, each), { requests: 0, errors: 0 });
  const failed = readings.length > 0 && counted.length === 0;
  return {
    last: { ...tally.last, ...Object.fromEntries(counted) },
    intervals: [...tally.intervals, { at: seen.at, ...grown }].filter(
      (interval) =>
        seen.at - interval.at < WINDOW_MS && (interval.requests > 0 || interval.errors > 0),
    ),
    exceededSince: tally.exceededSince,
    blindSince: failed ? (tally.blindSince ?? seen.at) : undefined,
  };
}

/** The first reading of a pod is where counting starts: what came before was not this phase. */
function growth(before: Counters | undefined, now: Counters): Counters {
  if (!before) return { requests: 0, errors: 0 };
  const reset = now.requests < before.requests;
  return reset
    ? now
    : { requests: now.requests - before.requests, errors: now.errors - before.errors };
}

function added(a: Counters, b: Counters): Counters {
  return { requests: a.requests + b.requests, errors: a.errors + b.errors };
}

function totals(intervals: Tally['intervals']): Counters {
  return intervals.reduce<Counters>(added, { requests: 0, errors: 0 });
}

function explained(trigger: Trigger, requests: number, errors: number): string {
  const rate = formatShare(errors / requests);
  const limit = formatShare(trigger.value);
  const duration = formatDuration(trigger.durationMs);
  return `${trigger.metric} ${rate} above ${limit} for ${duration} (${errors} of ${requests} requests)`;
}

function blind(since: Instant, seen: Observation): Pick<Judgement, 'verdict' | 'why'> {
  const failures = [...seen.readings.values()].flatMap((r) => (r.kind === 'failed' ? [r.why] : []));
  const why = `no pod tells its metrics for ${formatDuration(seen.at - since)}: ${failures[0] ?? ''}`;
  return { verdict: 'unmeasurable', why };
}
