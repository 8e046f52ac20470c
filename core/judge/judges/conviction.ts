/** By which of its tests the sequential judge calls a candidate bad, and on what counts. */
import { formatDuration } from '../../base/duration.ts';
import { formatShare } from '../../base/share.ts';
import type { Judgement } from '../judge.ts';
import { logNeeded, type SequentialPolicy, TEST_WEIGHTS, TESTS, type Test } from '../policy.ts';
import { QUANTILES } from '../statistics/latency.ts';
import { QUANTILES_ALONE } from '../unpaired/latency.ts';
import type { Findings } from './findings.ts';
import { besideIt, comparison, evidence, NONE, share } from './phrases.ts';

/** The test with the largest say decides what is told; the average of all is what convicts. */
export function conviction(
  policy: SequentialPolicy,
  findings: Findings,
): Omit<Judgement, 'numbers'> {
  const proof = evidence(findings.log, logNeeded(policy));
  const say = (rule: string, why: string): Omit<Judgement, 'numbers'> => ({
    verdict: 'bad',
    rule,
    why: `${why}; ${proof}`,
  });
  const { alone, baseline } = findings;
  const unpaired = alone?.counted ?? NONE;
  switch (strongest(policy, findings)) {
    case 'errors':
      return say('errors', besideIt(findings.counted));
    case 'before':
      return say('errors against before', `${comparison(unpaired, baseline)} before the release`);
    case 'tolerated': {
      const limit = formatShare(alone?.tolerated ?? policy.toleratedErrorRate);
      return say('errors against tolerated', `${share(unpaired)} against ${limit} tolerated`);
    }
    case 'latency': {
      const worst = largest(findings.byQuantile);
      const { boundMs, counted } = findings.slow[worst] ?? {
        boundMs: 0,
        counted: findings.counted,
      };
      const above = slowerThan(boundMs, QUANTILES[worst]);
      return say('latency', `${above}${besideIt(counted)}`);
    }
    case 'latencyBefore': {
      const worst = largest(findings.byQuantileAlone);
      const slow = findings.slowAlone[worst];
      const above = slowerThan(slow?.boundMs, QUANTILES_ALONE[worst]);
      const compared = comparison(slow?.alone.counted ?? NONE, slow?.before ?? NONE);
      return say('latency against before', `${above}${compared} before the release`);
    }
  }
}

function strongest({ beside }: SequentialPolicy, { tests }: Findings): Test {
  const logs = TESTS.map((name) => Math.log(TEST_WEIGHTS[beside][name]) + tests[name]);
  return TESTS[largest(logs)] ?? 'errors';
}

function largest(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}

function slowerThan(boundMs: number | undefined, quantile = 0): string {
  return `requests above ${formatDuration(boundMs ?? 0)}, the stable's p${quantile * 100}: `;
}
