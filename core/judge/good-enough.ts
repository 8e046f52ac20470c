/**
 * The other side of the e-process: evidence that the candidate is *not* bad. Its null hypothesis is
 * a candidate that makes at least `worseThan` times the stable's errors and more of them than are
 * tolerated. Either part can be refuted, for two e-processes average to one; the second is what lets
 * a service go on that makes no errors at all, of which the first learns nothing.
 */
import { beginProcess, type EProcess, grow, logAverage, logEvidence } from './e-process.ts';
import { type Contest, rateLogs, ratioLogs } from './likelihood.ts';
import type { SequentialPolicy } from './policy.ts';

/** Plain JSON. */
export interface Reassurance {
  readonly ratio: EProcess;
  readonly rate: EProcess;
}

/** What a good candidate may be like: as the stable or better, in parts of what would be bad. */
const RATIOS = [1, 0.5] as const;
const RATIO_WEIGHTS = [0.8, 0.2] as const;
const RATE_SHARES = [0.02, 0.3] as const;
const RATE_WEIGHTS = [0.7, 0.3] as const;

export const NO_REASSURANCE: Reassurance = {
  ratio: beginProcess(RATIOS.length),
  rate: beginProcess(RATE_SHARES.length),
};

export function reassure(
  { worseThan, toleratedErrorRate }: SequentialPolicy,
  { ratio, rate }: Reassurance,
  contest: Contest,
  forMs: number,
  tempering: number,
): Reassurance {
  const rates = RATE_SHARES.map((share) => share * toleratedErrorRate);
  return {
    ratio: grow(ratio, ratioLogs(contest, worseThan, RATIOS, tempering), forMs),
    rate: grow(rate, rateLogs(contest, toleratedErrorRate, rates, tempering), forMs),
  };
}

/** ln E against a bad candidate. */
export function logReassurance({ ratio, rate }: Reassurance): number {
  return logAverage(
    [logEvidence(ratio, RATIO_WEIGHTS), logEvidence(rate, RATE_WEIGHTS)],
    [0.5, 0.5],
  );
}
