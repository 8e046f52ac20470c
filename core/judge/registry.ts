/** Every judge by its name. Evidence from a journal carries its judge's name, and goes on with it. */

import type { SequentialEvidence } from './evidence.ts';
import type { Judge } from './judge.ts';
import {
  type MannWhitneyEvidence,
  type MannWhitneyPolicy,
  mannWhitney,
} from './judges/mann-whitney.ts';
import { sequential } from './judges/sequential.ts';
import {
  type Evaluate,
  type ThresholdEvidence,
  type ThresholdPolicy,
  thresholds,
} from './judges/thresholds.ts';
import type { SequentialPolicy } from './policy.ts';

export type JudgePolicy =
  | { readonly judge: 'sequential'; readonly policy: SequentialPolicy }
  | { readonly judge: 'mann-whitney'; readonly policy: MannWhitneyPolicy }
  | { readonly judge: 'thresholds'; readonly policy: ThresholdPolicy; readonly evaluate: Evaluate };

/** What a journal keeps of a judge. */
export type Evidence = SequentialEvidence | MannWhitneyEvidence | ThresholdEvidence;

export function judgeOf(chosen: JudgePolicy): Judge<Evidence> {
  switch (chosen.judge) {
    case 'sequential':
      return ofAny(sequential(chosen.policy), (e) => (e.judge === 'sequential' ? e : undefined));
    case 'mann-whitney':
      return ofAny(mannWhitney(chosen.policy), (e) => (e.judge === 'mann-whitney' ? e : undefined));
    case 'thresholds':
      return ofAny(thresholds(chosen.policy, chosen.evaluate), (e) =>
        e.judge === 'thresholds' ? e : undefined,
      );
  }
}

/** Another judge's evidence is none: a release whose judge was changed begins to gather it anew. */
function ofAny<E extends Evidence>(
  judge: Judge<E>,
  own: (evidence: Evidence) => E | undefined,
): Judge<Evidence> {
  const mine = (evidence: Evidence): E => own(evidence) ?? judge.begin();
  return {
    name: judge.name,
    begin: () => judge.begin(),
    know: (evidence, life) => judge.know(mine(evidence), life),
    step: (evidence) => judge.step(mine(evidence)),
    take: (evidence, window) => judge.take(mine(evidence), window),
    verdict: (evidence) => judge.verdict(mine(evidence)),
  };
}
