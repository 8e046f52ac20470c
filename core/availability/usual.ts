/**
 * What a service usually gets, and how unevenly that comes. Requests in bursts vary more than single
 * ones would: by the index of dispersion, the variance of what comes in a stretch over its mean, which
 * is 1 for a Poisson process (D. R. Cox and P. A. W. Lewis 1966, The Statistical Analysis of Series of
 * Events, Methuen, chapter 4).
 */

/** Plain JSON. */
export interface Usual {
  readonly requests: number;
  readonly ms: number;
  /** How far stretches were from what was foretold of them: squares, each over its variance at dispersion 1. */
  readonly squares?: number;
  /** How many stretches that were. */
  readonly stretches?: number;
}

export const NOTHING_USUAL: Usual = { requests: 0, ms: 0 };

/** So much of what was usual is remembered. */
const REMEMBERED_MS = 60_000;
/** Fewer stretches do not tell how unevenly requests come. */
const ENOUGH_STRETCHES = 5;

export function expectedIn({ requests, ms }: Usual, forMs: number): number {
  return ms === 0 ? 0 : (requests / ms) * forMs;
}

export function learnt(usual: Usual, requests: number, forMs: number): Usual {
  const kept = usual.ms > REMEMBERED_MS ? REMEMBERED_MS / usual.ms : 1;
  const { squares = 0, stretches = 0 } = usual;
  const variance = foretoldVariance(usual, expectedIn(usual, forMs));
  const square = variance > 0 ? (requests - expectedIn(usual, forMs)) ** 2 / variance : 0;
  return {
    requests: usual.requests * kept + requests,
    ms: usual.ms * kept + forMs,
    squares: squares + square,
    stretches: stretches + (variance > 0 ? 1 : 0),
  };
}

/** Never below 1: that few stretches were alike says little of the next. Undefined of fewer still. */
export function dispersion({ squares = 0, stretches = 0 }: Usual): number | undefined {
  return stretches < ENOUGH_STRETCHES ? undefined : Math.max(1, squares / stretches);
}

/** Of the difference to what comes, at dispersion 1: what was foretold rests on a sample itself. */
export function foretoldVariance({ requests }: Usual, expected: number): number {
  return requests === 0 ? 0 : expected * (1 + expected / requests);
}
