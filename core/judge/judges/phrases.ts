/** Counts, comparisons and evidence as a person reads them. */
import { formatShare } from '../../base/share.ts';
import type { Counted } from '../sample.ts';
import type { Contest } from '../statistics/likelihood.ts';

export const NONE: Counted = { requests: 0, errors: 0 };

/** `3.2% (19 of 600) against 0.5% (3 of 600)`: the candidate against the stable. */
export function besideIt(counted: Contest): string {
  return comparison(
    { requests: counted.candidateRequests, errors: counted.candidate },
    { requests: counted.stableRequests, errors: counted.stable },
  );
}

export function comparison(candidate: Counted, stable: Counted): string {
  return `${share(candidate)} against ${share(stable)}`;
}

export function share({ errors, requests }: Counted): string {
  const counts = `${Math.round(errors)} of ${Math.round(requests)}`;
  return requests > 0 ? `${formatShare(errors / requests)} (${counts})` : 'no requests';
}

export function evidence(log: number, needed: number): string {
  return `evidence ${power(log)} of ${power(needed)}`;
}

function power(log: number): string {
  return log < Math.log(1e6)
    ? String(Number(Math.exp(log).toPrecision(3)))
    : `10^${Math.floor(log / Math.LN10)}`;
}
