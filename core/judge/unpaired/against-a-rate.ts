/**
 * The candidate where no stable runs beside it, against two limits: `drift` times the stable's own
 * rate before the release, and what is tolerated at all.
 *
 * Against one limit, the product of likelihood ratios of a higher rate is a test martingale, or less,
 * whatever the candidate's rate does below the limit. The stable's rate is not known but from its own
 * requests: the range that it may lie in is cut into cells, each with a limit of its own (that of its
 * worst end) and with what the stable's requests say against it; the least evidence of all cells is
 * what counts. This is universal inference, with the candidate's part kept valid for rates that move.
 */

import type { Counted } from '../sample.ts';
import { beginProcess, type EProcess, grow, logEvidence } from '../statistics/e-process.ts';
import { expectedRate, largestWithin, logMarginal, type Prior, unlikely } from './universal.ts';

/** Plain JSON. */
export interface Alone {
  /** Upper ends of the cells of the stable's rate, ascending; and lower ends, descending. */
  readonly above: readonly number[];
  readonly below: readonly number[];
  /** Of each cell, one after the other, by alternative: that the candidate is bad, or good. */
  readonly bad: EProcess;
  readonly good: EProcess;
  /** What is tolerated at all, and the evidence against it. */
  readonly tolerated: number;
  readonly intolerable: EProcess;
  readonly counted: Counted;
}

/** What decides the limits; fixed before the candidate has a request. */
export interface Limits {
  readonly drift: number;
  readonly worseThan: number;
  readonly toleratedErrorRate: number;
}

/** By so much the logarithm of the odds differs from the limit's: from half as bad again to all requests. */
const WORSE = shiftedBy([0.45, 1, 1.7, 2.6, 4, 6.5]);
const BETTER = shiftedBy([-0.3, -0.7, -1.5]);
const WORSE_WEIGHTS = WORSE.map(() => 1 / WORSE.length);
const BETTER_WEIGHTS = BETTER.map(() => 1 / BETTER.length);

/** So fine, and as far as the stable's requests leave room: 15 nats are more than any test asks for. */
const [CELLS_ABOVE, NATS_ABOVE] = [14, 15];
const [CELLS_BELOW, NATS_BELOW] = [6, 8];
const HIGHEST = 0.98;

export function beginAlone(known: Counted, { toleratedErrorRate, drift }: Limits): Alone {
  const usual = expectedRate(known);
  const highest = Math.min(HIGHEST, unlikely(known, NATS_ABOVE, 'above'));
  const lowest = unlikely(known, NATS_BELOW, 'below');
  return {
    above: spaced(usual, Math.max(highest, 2 * usual), CELLS_ABOVE),
    below: spaced(usual, Math.max(usual / 20, lowest), CELLS_BELOW),
    bad: beginProcess(CELLS_ABOVE * WORSE.length),
    good: beginProcess(CELLS_BELOW * BETTER.length),
    // A stable that itself failed more often than is tolerated is what its successor is held to.
    tolerated: Math.max(toleratedErrorRate, drift * usual),
    intolerable: beginProcess(WORSE.length),
    counted: { requests: 0, errors: 0 },
  };
}

export function growAlone(
  alone: Alone,
  { requests, errors }: Counted,
  { drift, worseThan }: Limits,
  forMs: number,
  tempering: number,
): Alone {
  const all = Math.max(requests, errors);
  const counted = { requests: all / tempering, errors: errors / tempering };
  const bad = logsAgainst(counted, alone.above, drift, WORSE);
  const good = logsAgainst(counted, alone.below, worseThan, BETTER);
  const intolerable = logsAgainst(counted, [alone.tolerated], 1, WORSE);
  return {
    ...alone,
    bad: grow(alone.bad, bad, forMs),
    good: grow(alone.good, good, forMs),
    intolerable: grow(alone.intolerable, intolerable, forMs),
    counted: {
      requests: alone.counted.requests + all,
      errors: alone.counted.errors + errors,
    },
  };
}

/** ln E against a candidate that fails no more often than `drift` times as often as the stable before. */
export function logAgainstBefore({ above, bad }: Alone, before: Counted, prior?: Prior): number {
  const known = logMarginal(before, prior);
  const cells = above.map((end, cell) => {
    const stable = largestWithin(before, above[cell - 1] ?? 0, end);
    return known - stable + ofCell(bad, cell, WORSE_WEIGHTS);
  });
  // Of a stable that were worse than the last cell, nothing would be bad.
  return Math.min(...cells, known - largestWithin(before, above.at(-1) ?? 0, 1));
}

/** ln E against a candidate that fails no more often than is tolerated. */
export function logAgainstTolerated({ intolerable }: Alone): number {
  return logEvidence(intolerable, WORSE_WEIGHTS);
}

/** ln E against a candidate that fails at least `worseThan` times as often as the stable before. */
export function logForBefore({ below, good }: Alone, before: Counted): number {
  const known = logMarginal(before);
  const cells = below.map((end, cell) => {
    const stable = largestWithin(before, end, below[cell - 1] ?? 1);
    return known - stable + ofCell(good, cell, BETTER_WEIGHTS);
  });
  return Math.min(...cells, known - largestWithin(before, 0, below.at(-1) ?? 1));
}

function ofCell({ logs, forMs }: EProcess, cell: number, weights: readonly number[]): number {
  const own = logs.slice(cell * weights.length, (cell + 1) * weights.length);
  return logEvidence({ logs: own, forMs }, weights);
}

/**
 * ln of likelihood ratios against limits, `factor` times each rate. Of a rate whose odds are e^s times
 * those of a limit L, an error has s - ln(1 - L + L e^s) and every other request - ln(1 - L + L e^s).
 * Where a limit is no limit, nothing is learnt.
 */
function logsAgainst(
  { requests, errors }: Counted,
  rates: readonly number[],
  factor: number,
  shifts: Shifts,
): number[] {
  const logs: number[] = [];
  for (const rate of rates) {
    const limit = factor * rate;
    for (const { byError, less } of shifts) {
      logs.push(limit < 1 ? errors * byError - requests * Math.log1p(limit * less) : 0);
    }
  }
  return logs;
}

/** Of a rate whose odds are shifted by s: s, and e^s - 1. */
type Shifts = readonly { readonly byError: number; readonly less: number }[];

function shiftedBy(shifts: readonly number[]): Shifts {
  return shifts.map((byError) => ({ byError, less: Math.expm1(byError) }));
}

/** Equal steps of the logarithm. */
function spaced(first: number, last: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, nth) => first * (last / first) ** (nth / (count - 1)));
}
