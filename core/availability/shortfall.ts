/**
 * How many requests the pods have not counted that were to be expected, while probes were lost: a client
 * that keeps its connection is answered while none can be opened, and only the counters tell how many
 * clients do so. What they cannot tell is left out: a pod that goes takes its last counts along,
 * and a client that waits for its answer in vain asks less often.
 */
import type { Instant } from '../base/vocabulary.ts';
import { type ProbeCounts, probesLost } from '../cluster/prober.ts';
import { dispersion, expectedIn, foretoldVariance, type Usual } from './usual.ts';

/** Over all the time in which probes were lost. Plain JSON. */
export interface Shortfall {
  readonly expected: number;
  readonly counted: number;
}

/** When pods told their counters: all that ever did, and those that did lately. */
export interface Told {
  readonly at: Readonly<Record<string, Instant>>;
  readonly lately: readonly string[];
}

export interface Losing {
  /** Until when probes were lost, as long as the counters are from before that. */
  readonly until: Instant | undefined;
  /** Whether a probe ever waited in vain. */
  readonly hasWaited: boolean;
}

export const NOT_LOSING: Losing = { until: undefined, hasWaited: false };

/** The 99.5% quantile of the normal distribution: bursts are further from their mean than its tails are. */
const Z = 2.575829;

export function toldNow(before: Told | undefined, now: Told['at']): Told {
  return { at: { ...before?.at, ...now }, lately: Object.keys(now) };
}

/** Of how much time of the service the counters have told since: not of how much has passed. */
export function timeTold(before: Told, now: Told): number {
  const times = now.lately.flatMap((pod) => {
    const [last, at] = [before.at[pod], now.at[pod]];
    return last === undefined || at === undefined ? [] : [at - last];
  });
  return times.length === 0 ? 0 : times.reduce((sum, ms) => sum + ms, 0) / times.length;
}

export function losingNow(before: Losing, asked: ProbeCounts, at: Instant): Losing {
  return {
    until: probesLost(asked) > 0 ? at : before.until,
    hasWaited: before.hasWaited || asked.how['timed-out'] !== undefined,
  };
}

/** Once all pages are from after the last loss, it is over. */
export function losingStill(now: Losing, at: Instant, told: Told): Losing {
  const { until } = now;
  const isOver =
    until !== undefined && until < at && told.lately.every((pod) => (told.at[pod] ?? at) >= until);
  return isOver ? { ...now, until: undefined } : now;
}

/** Whether the counters tell all that was answered, and clients ask as often as ever. */
export function isSure({ hasWaited }: Losing, before: Told, { lately }: Told): boolean {
  const known = new Set(before.lately);
  const areSame = lately.length === known.size && lately.every((pod) => known.has(pod));
  return lately.length > 0 && areSame && !hasWaited;
}

export function fallenShort(
  before: Shortfall | undefined,
  usual: Usual,
  counted: number,
  toldMs: number,
): Shortfall {
  const { expected = 0, counted: sum = 0 } = before ?? {};
  return { expected: expected + expectedIn(usual, toldMs), counted: sum + counted };
}

/** The least that is missing: what chance may take off is off, as unevenly as requests usually come. */
export function leastMissing(missed: Shortfall | undefined, usual: Usual): number {
  const spread = dispersion(usual);
  if (!missed || spread === undefined) return 0;
  const { expected, counted } = missed;
  const chance = Z * Math.sqrt(spread * foretoldVariance(usual, expected));
  return Math.max(0, expected - counted - chance);
}
