/**
 * The default judge: sequential tests with a bounded rate of false rollbacks, however often one
 * looks. Errors and latency are each compared with the stable beside the candidate, and with the
 * stable before it where none is beside; the weighted average of all decides. docs/judge.md has the
 * formulas and what they rest on.
 */

import type { SequentialEvidence } from '../evidence.ts';
import type { Judge } from '../judge.ts';
import { see, UNSEEN } from '../measurability.ts';
import {
  ALTERNATIVES,
  ERROR_WEIGHTS,
  logNeeded,
  OUTRIGHT,
  type SequentialPolicy,
} from '../policy.ts';
import type { MeasuredWindow, Window } from '../sample.ts';
import { type Block, gather } from '../statistics/blocks.ts';
import { beginProcess, boundOfEvidence, grow } from '../statistics/e-process.ts';
import { beginLatency, growLatency, type LatencyEvidence } from '../statistics/latency.ts';
import { type Contest, NOTHING, outrightLogs, ratioLogs, sum } from '../statistics/likelihood.ts';
import { ALIKE, observePods, temperingAlone, temperingOf } from '../statistics/overdispersion.ts';
import { beginAlone, growAlone } from '../unpaired/against-a-rate.ts';
import { type Baseline, extended, knowing, UNKNOWN } from '../unpaired/baseline.ts';
import { NO_REASSURANCE, reassure } from '../unpaired/good-enough.ts';
import { growLatencyAlone } from '../unpaired/latency.ts';
import { findings, isBad } from './findings.ts';
import { worded } from './wording.ts';

const NO_STEP = { forMs: 0, requests: 0 };

export function sequential(policy: SequentialPolicy): Judge<SequentialEvidence> {
  return {
    name: 'sequential',
    begin: () => BEGINNING,
    know: (evidence, life) =>
      evidence.baseline ? evidence : { ...evidence, baseline: knowing(life) },
    step: (evidence) => ({ ...evidence, step: NO_STEP }),
    take: (evidence, window) => take(policy, evidence, window),
    verdict: (evidence) => evidence.convicted ?? worded(policy, findings(policy, evidence)),
  };
}

const BEGINNING: SequentialEvidence = {
  judge: 'sequential',
  errors: beginProcess(ERROR_WEIGHTS.length),
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
  const { pending, block } = gather(evidence.pending, window, hasBegun(evidence));
  const seen: SequentialEvidence = {
    ...evidence,
    step: stepOf(evidence, window),
    pending,
    sight,
  };
  const grown = block ? learn(policy, seen, block) : seen;
  const known = { ...grown, dispersion: observePods(grown.dispersion, window) };
  if (!block || !mayBeBad(policy, known)) return known;
  const found = findings(policy, known);
  return isBad(policy, found) ? { ...known, convicted: worded(policy, found) } : known;
}

/**
 * Spares the exact evidence where it cannot be enough, which is almost always. Against the stable
 * before, it is never more than that of the likeliest cell.
 */
function mayBeBad(
  policy: SequentialPolicy,
  { errors, latency, alone, latencyAlone = [] }: SequentialEvidence,
): boolean {
  const lone = [...(alone ? [alone.bad, alone.intolerable] : [])];
  const slow = [
    ...latency.slow.map(({ process }) => process),
    ...latencyAlone.map((each) => each.alone.bad),
  ];
  const needed = logNeeded(policy);
  return [errors, ...lone, ...slow].some((process) => boundOfEvidence(process) >= needed);
}

function hasBegun({ step, counted, alone }: SequentialEvidence): boolean {
  return step.requests > 0 || counted.candidateRequests > 0 || alone !== undefined;
}

/** Before the candidate serves there is nothing to compare, but the stable can be got to know. */
function stepOf({ step }: SequentialEvidence, window: MeasuredWindow): SequentialEvidence['step'] {
  const { candidateRequests } = contestOf(window);
  if (candidateRequests === 0) return step;
  return { forMs: step.forMs + window.forMs, requests: step.requests + candidateRequests };
}

function learn(
  policy: SequentialPolicy,
  evidence: SequentialEvidence,
  { kind, window }: Block,
): SequentialEvidence {
  switch (kind) {
    case 'stable': {
      const latency = latencyWith(policy, evidence, window);
      return { ...evidence, latency, baseline: baselineWith(evidence, window) };
    }
    case 'beside':
      return beside(policy, evidence, window);
    case 'alone':
      return alone(policy, evidence, window);
  }
}

function beside(
  policy: SequentialPolicy,
  evidence: SequentialEvidence,
  window: MeasuredWindow,
): SequentialEvidence {
  const contest = contestOf(window);
  const tempering = temperingOf(evidence.dispersion, window);
  const logs = [
    ...ratioLogs(contest, 1, ALTERNATIVES.ratios, tempering),
    ...outrightLogs(contest, OUTRIGHT, tempering),
  ];
  return {
    ...evidence,
    errors: grow(evidence.errors, logs, window.forMs),
    latency: latencyWith(policy, evidence, window),
    reassurance: reassure(policy, evidence.reassurance, contest, window.forMs, tempering),
    baseline: baselineWith(evidence, window),
    counted: sum(evidence.counted, contest),
  };
}

function alone(
  policy: SequentialPolicy,
  evidence: SequentialEvidence,
  window: MeasuredWindow,
): SequentialEvidence {
  const { candidate, forMs } = window;
  const tempering = temperingAlone(evidence.dispersion, window);
  const before = evidence.baseline ?? UNKNOWN;
  const stableGone = { ...contestOf(window), stable: 0, stableRequests: 0 };
  const slow = growLatencyAlone(evidence.latencyAlone, evidence.latency, window, policy);
  return {
    ...evidence,
    reassurance: reassure(policy, evidence.reassurance, stableGone, forMs, tempering),
    alone: growAlone(
      evidence.alone ?? beginAlone(before, policy),
      candidate,
      policy,
      forMs,
      tempering,
    ),
    ...(slow ? { latencyAlone: slow } : {}),
  };
}

function latencyWith(
  { toleratedLatencyMs }: SequentialPolicy,
  { latency }: SequentialEvidence,
  window: MeasuredWindow,
): LatencyEvidence {
  return growLatency(latency, window, ALTERNATIVES.ratios, toleratedLatencyMs);
}

function baselineWith(
  { baseline = UNKNOWN }: SequentialEvidence,
  window: MeasuredWindow,
): Baseline {
  return extended(baseline, window.stable);
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
export function logEvidenceAgainst(policy: SequentialPolicy, evidence: SequentialEvidence): number {
  return findings(policy, evidence).log;
}
