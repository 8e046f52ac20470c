/** From a judge's name in the config to the judge, with the policy that ships with the product. */
import type { Judge, JudgeName } from './judge.ts';
import { MANN_WHITNEY_DEFAULTS } from './judges/mann-whitney.ts';
import { SEQUENTIAL_DEFAULTS, type SequentialPolicy } from './policy.ts';
import { type Evidence, type JudgePolicy, judgeOf } from './registry.ts';

/**
 * Who trusts limits alone has written them as triggers, and as metrics with conditions: those are
 * watched beside every judge. This one then only wants something to hold against them.
 */
const LIMITS_ALONE: JudgePolicy = {
  judge: 'thresholds',
  policy: { metrics: [], minRequests: 20, minDurationMs: 0 },
  evaluate: () => ({ problem: 'no condition is left to this judge' }),
};

/**
 * How long a step lasts is for its config to say, and the release keeps to it: a judge that wants a
 * minute of its own could never call the candidate of a shorter step good.
 */
const OF_A_STEP = { ...SEQUENTIAL_DEFAULTS, minDurationMs: 0 };

/** What a config may say of it. Missing is what older plans lack. */
export interface Chosen {
  readonly judge: JudgeName;
  readonly unpaired?: Pick<SequentialPolicy, 'toleratedErrorRate' | 'drift' | 'beside'>;
}

export function judgeFor({ judge: name, unpaired }: Chosen): Judge<Evidence> {
  switch (name) {
    case 'sequential':
      return judgeOf({ judge: name, policy: { ...OF_A_STEP, ...unpaired } });
    case 'mann-whitney':
      return judgeOf({ judge: name, policy: MANN_WHITNEY_DEFAULTS });
    case 'thresholds':
      return judgeOf(LIMITS_ALONE);
  }
}
