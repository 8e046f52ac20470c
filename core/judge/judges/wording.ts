/** From evidence to a verdict of the sequential judge, with its numbers in a line that people read. */
import { formatDuration } from '../../base/duration.ts';
import { formatShare } from '../../base/share.ts';
import type { Judgement } from '../judge.ts';
import { blindness } from '../measurability.ts';
import { logNeeded, type SequentialPolicy } from '../policy.ts';
import { isExplained } from '../unpaired/explained.ts';
import { conviction } from './conviction.ts';
import { type Findings, isBad } from './findings.ts';
import { besideIt, comparison, evidence, NONE } from './phrases.ts';

export function worded(policy: SequentialPolicy, findings: Findings): Judgement {
  const numbers = numbersOf(policy, findings);
  const blind = blindness(findings.sight);
  if (isBad(policy, findings)) return { ...conviction(policy, findings), numbers };
  if (blind) {
    const { why, since } = blind;
    return { verdict: 'unmeasurable', rule: 'sight', why, numbers, unmeasurableSince: since };
  }
  const missing = missingFor(policy, findings);
  const compared = seenSoFar(findings);
  if (missing) {
    const why = `${missing.told}; so far ${compared}`;
    const open = { verdict: 'not-enough-data', rule: missing.rule, why, numbers } as const;
    const unexplained = unexplainedBy(policy, findings);
    return unexplained === undefined ? open : { ...open, unexplained };
  }
  const proof = evidence(findings.reassurance, -Math.log(policy.promotionAlpha));
  return { verdict: 'good', rule: 'errors', why: `${compared}; ${proof} that it is fine`, numbers };
}

/** What a step still lacks. */
interface Missing {
  readonly rule: 'requests' | 'duration' | 'evidence';
  readonly told: string;
}

function missingFor(
  policy: SequentialPolicy,
  { step, reassurance }: Findings,
): Missing | undefined {
  const { minRequests, minDurationMs, promotionAlpha, worseThan, harmlessErrorRate } = policy;
  if (step.requests < minRequests) {
    const told = `${Math.round(step.requests)} of the ${minRequests} requests that a step needs`;
    return { rule: 'requests', told };
  }
  if (step.forMs < minDurationMs) {
    const told = `${formatDuration(step.forMs)} of ${formatDuration(minDurationMs)}`;
    return { rule: 'duration', told };
  }
  if (reassurance < Math.log(1 / promotionAlpha)) {
    const limits = `${worseThan}x the stable's errors or ${formatShare(harmlessErrorRate)}`;
    const told = `not yet shown to be below ${limits} (${evidence(reassurance, -Math.log(promotionAlpha))})`;
    return { rule: 'evidence', told };
  }
  return undefined;
}

/** Errors that chance at the stable's rate would hardly ever make, beside it or after it. */
function unexplainedBy(
  { drift }: SequentialPolicy,
  { counted, alone, baseline, pending }: Findings,
): string | undefined {
  const beside = { requests: counted.candidateRequests, errors: counted.candidate };
  const stable = { requests: counted.stableRequests, errors: counted.stable };
  if (!isExplained(beside, stable, drift)) {
    return `${comparison(beside, stable)} of the stable beside it`;
  }
  const waiting = pending?.candidate ?? NONE;
  const lone = alone?.counted ?? NONE;
  const unpaired = {
    requests: lone.requests + waiting.requests,
    errors: lone.errors + waiting.errors,
  };
  if (isExplained(unpaired, baseline, drift)) return undefined;
  return `${comparison(unpaired, baseline)} of the stable before it`;
}

/** With the stable before it, where the candidate has been alone. */
function seenSoFar({ counted, alone, baseline }: Findings): string {
  if (!alone) return besideIt(counted);
  const unpaired = `${comparison(alone.counted, baseline)} before the release`;
  return counted.candidateRequests === 0 ? unpaired : `${besideIt(counted)}; ${unpaired}`;
}

/** Evidence as its logarithm to base 10. */
function numbersOf(policy: SequentialPolicy, findings: Findings): Judgement['numbers'] {
  const { counted, step, tests, alone, baseline } = findings;
  const unpaired = alone && {
    aloneRequests: alone.counted.requests,
    aloneErrors: alone.counted.errors,
    beforeRequests: baseline.requests,
    beforeErrors: baseline.errors,
    // So much of it the stable's counters had counted before the release looked.
    beforeRequestsOfLife: baseline.life.requests,
    evidenceAgainstBefore: tests.before / Math.LN10,
    evidenceAgainstTolerated: tests.tolerated / Math.LN10,
  };
  return {
    candidateRequests: counted.candidateRequests + (alone?.counted.requests ?? 0),
    candidateErrors: counted.candidate + (alone?.counted.errors ?? 0),
    stableRequests: counted.stableRequests,
    stableErrors: counted.stable,
    ...unpaired,
    stepRequests: step.requests,
    evidence: findings.log / Math.LN10,
    evidenceNeeded: logNeeded(policy) / Math.LN10,
    evidenceOfErrors: tests.errors / Math.LN10,
    evidenceOfLatency: Math.max(tests.latency, tests.latencyBefore) / Math.LN10,
    reassurance: findings.reassurance / Math.LN10,
    reassuranceNeeded: -Math.log10(policy.promotionAlpha),
  };
}
