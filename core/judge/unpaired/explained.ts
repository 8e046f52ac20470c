/**
 * Whether the stable's own rate explains the errors that a candidate has made: the weakest thing that
 * can be said of a candidate of whom too little was seen, and enough not to promote it unseen.
 */
import type { Counted } from '../sample.ts';
import { PRIOR } from './universal.ts';

/** Rarer than this is not chance: what one look takes, at the end of a step, of the false rollbacks. */
const RARE = 0.005;

/**
 * Errors are counted as a negative binomial, the mixture of Poisson numbers over the gamma posterior
 * of the stable's rate, `drift` times over.
 */
export function isExplained(candidate: Counted, known: Counted, drift: number): boolean {
  if (candidate.errors <= 0) return true;
  const shape = PRIOR.errors + known.errors;
  const exposure = PRIOR.errors + PRIOR.others + known.requests;
  const requests = drift * Math.max(candidate.requests, candidate.errors);
  if (candidate.errors <= (requests * shape) / exposure) return true;
  const grown = Math.log(requests / (exposure + requests));
  let term = shape * Math.log(exposure / (exposure + requests));
  let below = 0;
  for (let errors = 0; errors < candidate.errors; errors++) {
    below += Math.exp(term);
    term += grown + Math.log((shape + errors) / (errors + 1));
  }
  return 1 - below >= RARE;
}
