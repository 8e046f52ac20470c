/**
 * The default judge: sequential tests with a bounded rate of false rollbacks, however often one
 * looks. Errors and latency each have their e-process; their weighted average decides. docs/judge.md
 * has the formulas and what they rest on.
 */
import {
  beginProcess,
  boundOfEvidence,
  type EProcess,
  grow,
  logAverage,
  logEvidence,
} from './e-process.ts';
import { logReassurance, NO_REASSURANCE, type Reassurance, reassure } from './good-enough.ts';
import type { Judge, Judgement } from './judge.ts';
import { beginLatency, growLatency, type LatencyEvidence, logsOfLatency } from './latency.ts';
import { type Contest, NOTHING, ratioLogs, sum } from './likelihood.ts';
import { ALIKE, type Dispersion, observePods, temperingOf } from './overdispersion.ts';
import { ALTERNATIVES, logNeeded, METRIC_WEIGHTS, type SequentialPolicy } from './policy.ts';
import type { MeasuredWindow, Window } from './sample.ts';
import { type Sight, see, UNSEEN } from './sight.ts';
import { type Findings, isBad, worded } from './wording.ts';

/** Plain JSON, bounded. */
export interface SequentialEvidence {
  readonly judge: 'sequential';
  readonly errors: EProcess;
  readonly latency: LatencyEvidence;
  readonly reassurance: Reassurance;
  readonly dispersion: Dispersion;
  /** All errors and requests so far. */
  readonly counted: Contest;
  /** What the current step has had. */
  readonly step: { readonly forMs: number; readonly requests: number };
  readonly sight: Sight;
  /** The verdict that ended it: a bound once crossed stays crossed. */
  readonly convicted: Judgement | undefined;
}

const NO_STEP = { forMs: 0, requests: 0 };

export function sequential(policy: SequentialPolicy): Judge<SequentialEvidence> {
  return {
    name: 'sequential',
    begin: () => BEGINNING,
    step: (evidence) => ({ ...evidence, step: NO_STEP }),
    take: (evidence, window) => take(policy, evidence, window),
    verdict: (evidence) => evidence.convicted ?? worded(policy, findings(evidence)),
  };
}

const BEGINNING: SequentialEvidence = {
  judge: 'sequential',
  errors: beginProcess(ALTERNATIVES.ratios.length),
  latency: beginLatency(ALTERNATIVES.ratios.length),
  reassurance: NO_REASSURANCE,
  dispersion: ALIKE,
  counted: NOTHING,
  step: NO_STEP,
  sight: UNSEEN,
  convicted: undefined,
};

function take(
  policy: SequentialPolicy,
  evidence: SequentialEvidence,
  window: Window,
): SequentialEvidence {
  if (evidence.convicted) return evidence;
  const sight = see(evidence.sight, window);
  if (window.kind === 'unmeasured' || sight.blind) return { ...evidence, sight };
  const grown = learn(policy, evidence, sight, window);
  if (!mayBeBad(policy, grown)) return grown;
  const found = findings(grown);
  return isBad(policy, found) ? { ...grown, convicted: worded(policy, found) } : grown;
}

/** Spares the exact evidence where it cannot be enough, which is almost always. */
function mayBeBad(policy: SequentialPolicy, { errors, latency }: SequentialEvidence): boolean {
  const needed = logNeeded(policy);
  return (
    boundOfEvidence(errors) >= needed ||
    latency.slow.some(({ process }) => boundOfEvidence(process) >= needed)
  );
}

function learn(
  policy: SequentialPolicy,
  evidence: SequentialEvidence,
  sight: Sight,
  window: MeasuredWindow,
): SequentialEvidence {
  const contest = contestOf(window);
  const { forMs } = window;
  const latency = growLatency(
    evidence.latency,
    window,
    ALTERNATIVES.ratios,
    policy.toleratedLatencyMs,
  );
  const dispersion = observePods(evidence.dispersion, window);
  // Before the candidate serves there is nothing to compare, but the stable can be got to know.
  if (contest.candidateRequests === 0) return { ...evidence, latency, dispersion, sight };
  const tempering = temperingOf(evidence.dispersion, window);
  const logs = ratioLogs(contest, 1, ALTERNATIVES.ratios, tempering);
  return {
    judge: 'sequential',
    errors: grow(evidence.errors, logs, forMs),
    latency,
    reassurance: reassure(policy, evidence.reassurance, contest, forMs, tempering),
    dispersion,
    counted: sum(evidence.counted, contest),
    step: {
      forMs: evidence.step.forMs + forMs,
      requests: evidence.step.requests + contest.candidateRequests,
    },
    sight,
    convicted: undefined,
  };
}

/** Counters of requests and of errors are not read at the same instant: no error without request. */
function contestOf({ candidate, stable }: MeasuredWindow): Contest {
  return {
    candidate: candidate.errors,
    candidateRequests: Math.max(candidate.requests, candidate.errors),
    stable: stable.errors,
    stableRequests: Math.max(stable.requests, stable.errors),
  };
}

/** ln of the evidence that the candidate is bad. */
export function logEvidenceAgainst(evidence: SequentialEvidence): number {
  return findings(evidence).log;
}

function findings(evidence: SequentialEvidence): Findings {
  const errors = logEvidence(evidence.errors, ALTERNATIVES.weights);
  const byQuantile = logsOfLatency(evidence.latency, ALTERNATIVES.weights);
  const latency = logAverage(
    byQuantile,
    byQuantile.map(() => 1 / byQuantile.length),
  );
  return {
    log: logAverage([errors, latency], [METRIC_WEIGHTS.errors, METRIC_WEIGHTS.latency]),
    errors,
    latency,
    byQuantile,
    reassurance: logReassurance(evidence.reassurance),
    counted: evidence.counted,
    slow: evidence.latency.slow,
    step: evidence.step,
    sight: evidence.sight,
  };
}
