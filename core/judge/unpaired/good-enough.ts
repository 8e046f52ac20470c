/**
 * The other side of the e-process: evidence that the candidate is *not* bad. Its null hypothesis is
 * a candidate that makes at least `worseThan` times the stable's errors and so many that they
 * harm. Either part can be refuted, for e-processes average to one; the second is what lets
 * a service go on that makes no errors at all, of which the first learns nothing. A third compares the
 * candidate with the stable before the release, where none is beside it.
 */

import type { Beside, SequentialPolicy } from '../policy.ts';
import {
  beginProcess,
  type EProcess,
  grow,
  logAverage,
  logEvidence,
} from '../statistics/e-process.ts';
import { type Contest, rateLogs, ratioLogs } from '../statistics/likelihood.ts';
import { type Alone, logForBefore } from './against-a-rate.ts';
import type { Baseline } from './baseline.ts';

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
  { worseThan, harmlessErrorRate }: SequentialPolicy,
  { ratio, rate }: Reassurance,
  contest: Contest,
  forMs: number,
  tempering: number,
): Reassurance {
  const rates = RATE_SHARES.map((share) => share * harmlessErrorRate);
  return {
    ratio: grow(ratio, ratioLogs(contest, worseThan, RATIOS, tempering), forMs),
    rate: grow(rate, rateLogs(contest, harmlessErrorRate, rates, tempering), forMs),
  };
}

/**
 * How the averages are taken: of the stable beside it, of the rate alone, of the stable before it. Where
 * a stable is beside the candidate all the time, the third has nothing to add.
 */
const PARTS: Readonly<Record<Beside, readonly [ratio: number, rate: number, before: number]>> = {
  always: [0.49, 0.49, 0.02],
  'at first': [0.3, 0.5, 0.2],
  never: [0.02, 0.49, 0.49],
};

/** ln E against a bad candidate. */
export function logReassurance(
  { beside }: SequentialPolicy,
  { ratio, rate }: Reassurance,
  alone: Alone | undefined,
  before: Baseline,
): number {
  return logAverage(
    [
      logEvidence(ratio, RATIO_WEIGHTS),
      logEvidence(rate, RATE_WEIGHTS),
      alone ? logForBefore(alone, before) : 0,
    ],
    PARTS[beside],
  );
}
