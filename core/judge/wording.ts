/** From evidence to a verdict of the sequential judge, with its numbers in a line that people read. */
import { formatDuration } from '../duration.ts';
import { formatShare } from '../share.ts';
import type { Judgement } from './judge.ts';
import { type LatencyEvidence, QUANTILES } from './latency.ts';
import type { Contest } from './likelihood.ts';
import { logNeeded, METRIC_WEIGHTS, type SequentialPolicy } from './policy.ts';
import { blindness, type Sight } from './sight.ts';

/** Evidence as natural logarithms, and what it was gathered from. */
export interface Findings {
  readonly log: number;
  readonly errors: number;
  readonly latency: number;
  readonly byQuantile: readonly number[];
  readonly reassurance: number;
  readonly counted: Contest;
  readonly slow: LatencyEvidence['slow'];
  readonly step: { readonly forMs: number; readonly requests: number };
  readonly sight: Sight;
}

/** The bound is crossed that a candidate as good as the stable hardly ever crosses. */
export function isBad(policy: SequentialPolicy, { log }: Findings): boolean {
  return log >= logNeeded(policy);
}

export function worded(policy: SequentialPolicy, findings: Findings): Judgement {
  const numbers = numbersOf(policy, findings);
  const blind = blindness(findings.sight);
  if (isBad(policy, findings)) return { ...bad(policy, findings), numbers };
  if (blind) {
    const { why, since } = blind;
    return { verdict: 'unmeasurable', rule: 'sight', why, numbers, unmeasurableSince: since };
  }
  const missing = missingFor(policy, findings);
  const compared = comparison(findings.counted);
  if (missing) {
    const why = `${missing.told}; so far ${compared}`;
    return { verdict: 'not-enough-data', rule: missing.rule, why, numbers };
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
  const { minRequests, minDurationMs, promotionAlpha, worseThan, toleratedErrorRate } = policy;
  if (step.requests < minRequests) {
    const told = `${Math.round(step.requests)} of the ${minRequests} requests that a step needs`;
    return { rule: 'requests', told };
  }
  if (step.forMs < minDurationMs) {
    const told = `${formatDuration(step.forMs)} of ${formatDuration(minDurationMs)}`;
    return { rule: 'duration', told };
  }
  if (reassurance < Math.log(1 / promotionAlpha)) {
    const limits = `${worseThan}x the stable's errors or ${formatShare(toleratedErrorRate)}`;
    const told = `not yet shown to be below ${limits} (${evidence(reassurance, -Math.log(promotionAlpha))})`;
    return { rule: 'evidence', told };
  }
  return undefined;
}

function bad(policy: SequentialPolicy, findings: Findings): Omit<Judgement, 'numbers'> {
  const proof = evidence(findings.log, logNeeded(policy));
  const byErrors = Math.log(METRIC_WEIGHTS.errors) + findings.errors;
  if (byErrors >= Math.log(METRIC_WEIGHTS.latency) + findings.latency) {
    return { verdict: 'bad', rule: 'errors', why: `${comparison(findings.counted)}; ${proof}` };
  }
  const worst = findings.byQuantile.indexOf(Math.max(...findings.byQuantile));
  const { boundMs, counted } = findings.slow[worst] ?? { boundMs: 0, counted: findings.counted };
  const name = `p${(QUANTILES[worst] ?? 0) * 100}`;
  const slow = `requests above ${formatDuration(boundMs ?? 0)}, the stable's ${name}: `;
  return { verdict: 'bad', rule: 'latency', why: `${slow}${comparison(counted)}; ${proof}` };
}

/** `3.2% (19 of 600) against 0.5% (3 of 600)`: the candidate against the stable. */
function comparison(counted: Contest): string {
  const { candidate, candidateRequests, stable, stableRequests } = counted;
  return `${share(candidate, candidateRequests)} against ${share(stable, stableRequests)}`;
}

function share(part: number, whole: number): string {
  const counts = `${Math.round(part)} of ${Math.round(whole)}`;
  return whole > 0 ? `${formatShare(part / whole)} (${counts})` : 'no requests';
}

function evidence(log: number, needed: number): string {
  return `evidence ${power(log)} of ${power(needed)}`;
}

function power(log: number): string {
  return log < Math.log(1e6)
    ? String(Number(Math.exp(log).toPrecision(3)))
    : `10^${Math.floor(log / Math.LN10)}`;
}

/** Evidence as its logarithm to base 10. */
function numbersOf(policy: SequentialPolicy, findings: Findings): Judgement['numbers'] {
  const { counted, step } = findings;
  return {
    candidateRequests: counted.candidateRequests,
    candidateErrors: counted.candidate,
    stableRequests: counted.stableRequests,
    stableErrors: counted.stable,
    stepRequests: step.requests,
    evidence: findings.log / Math.LN10,
    evidenceNeeded: logNeeded(policy) / Math.LN10,
    evidenceOfErrors: findings.errors / Math.LN10,
    evidenceOfLatency: findings.latency / Math.LN10,
    reassurance: findings.reassurance / Math.LN10,
    reassuranceNeeded: -Math.log10(policy.promotionAlpha),
  };
}
