/**
 * The stable before the candidate: what it is compared with where none runs beside it. Two sources,
 * both read before the candidate has a request: what the stable's counters had counted in their life,
 * and what they counted while the release prepared itself.
 */
import type { Counted } from '../sample.ts';

/** Plain JSON. */
export interface Baseline extends Counted {
  /** Of these, what was counted before the release looked. Scaled down where it was much. */
  readonly life: Counted;
}

const NOTHING: Counted = { requests: 0, errors: 0 };

export const UNKNOWN: Baseline = { ...NOTHING, life: NOTHING };

/**
 * However long the stable has run, its life weighs no more than so many requests: what it does now
 * outweighs what it did last week.
 */
const MOST_OF_LIFE = 5_000;

/** More requests say nothing more that an allowance for drift would not swallow. */
const ENOUGH = 10_000;

/** The stable's life before: once, before anything else is known. */
export function knowing({ requests, errors }: Counted): Baseline {
  const all = Math.max(requests, errors);
  if (!(all > 0 && all < Infinity && errors >= 0)) return UNKNOWN;
  const scale = Math.min(1, MOST_OF_LIFE / all);
  const life = { requests: all * scale, errors: errors * scale };
  return { ...life, life };
}

/** The stable's requests of a stretch more, until there are enough: which is for their number to say. */
export function extended(baseline: Baseline, { requests, errors }: Counted): Baseline {
  if (baseline.requests >= ENOUGH || requests === 0) return baseline;
  return {
    requests: baseline.requests + Math.max(requests, errors),
    errors: baseline.errors + errors,
    life: baseline.life,
  };
}
