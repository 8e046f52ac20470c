/** Watches the candidate while it serves: is it there, does it stay up, does it answer well? */

import { type AnalysisState, type Decision, FRESH } from '../../analysis/analysis-state.ts';
import { causeOf } from '../../analysis/cause.ts';
import { evaluateAnalysis } from '../../analysis/evaluate.ts';
import { countsRequests, nextWindow } from '../../analysis/request-window.ts';
import { cpuUsage, valuesOf } from '../../analysis/values.ts';
import { because, type Cause, type Side, type Verdict } from '../../base/vocabulary.ts';
import { type Action, showTrouble } from '../../cluster/action.ts';
import type { Observation } from '../../cluster/observation.ts';
import type { Window } from '../../judge/sample.ts';
import { isServing, troubleAmong } from '../../kubernetes/pods/pods.ts';
import { healthOf } from '../../metrics/kubernetes.ts';
import type { Sides } from '../../plan/own-pods.ts';
import type { Plan } from '../../plan/plan.ts';
import type { ReleaseState } from '../../state/state.ts';
import { noting } from '../../state/transitions.ts';
import { lifeOf } from './stable-before.ts';
import { troubleText } from './start-up.ts';

export interface Analysed<S> {
  readonly state: S;
  /** Why to turn back, if so. */
  readonly turn: Cause | undefined;
  readonly actions: readonly Action[];
  readonly verdict: Verdict;
  /** The verdict in words. */
  readonly judged: string;
  /** A limit that is exceeded, and not yet for long enough. */
  readonly undecided?: string | undefined;
  /** Errors that the stable's rate does not explain: not promoted, whatever the config says of too little data. */
  readonly unexplained?: string | undefined;
}

/** So many warnings a release keeps; each was told when it came. */
const KEPT_WARNINGS = 10;

/**
 * `expected` is how many pods the candidate should have by now; fewer than half ready is a fall.
 * `weight` is the share of the traffic that the candidate should get, 0 to 1, where a router says so.
 */
export function analyseCandidate<S extends ReleaseState>(
  plan: Plan,
  state: S,
  seen: Observation,
  pods: Sides,
  expected: number,
  weight?: number,
): Analysed<S> {
  const calm = { state, turn: undefined, actions: [], verdict: 'good' } as const;
  if (state.direction === 'back') return { ...calm, judged: '' };
  const trouble = troubleAmong(pods.candidate, seen.at, plan.settings.limits.schedulingMs);
  if (trouble) {
    const judged = `${trouble.pod} failed while serving: ${troubleText(trouble, seen)}`;
    const next = noting(state, { decision: fallOf(state, seen, 'pod failed', judged) });
    return {
      ...calm,
      state: next,
      turn: because('pod-failed', judged),
      actions: showTrouble(plan.release, trouble),
      judged,
    };
  }
  const ready = pods.candidate.filter(isServing).length;
  if (ready * 2 < expected) {
    const judged = `only ${ready} of ${expected} candidate pods are still ready`;
    const next = noting(state, { decision: fallOf(state, seen, 'pods not ready', judged) });
    return { ...calm, state: next, turn: because('pods-lost', judged), judged };
  }
  return judged(plan, state, seen, pods, expected, weight);
}

function judged<S extends ReleaseState>(
  plan: Plan,
  state: S,
  seen: Observation,
  pods: Sides,
  expected: number,
  weight: number | undefined,
): Analysed<S> {
  const { analysis, triggers } = plan.settings;
  const tally = state.tally ?? FRESH;
  const { window, ...counted } = countsRequests(plan)
    ? nextWindow(plan, tally, seen, pods)
    : { ...tally, window: undefined };
  const everyone = [...pods.stable, ...pods.candidate];
  const cpu = cpuUsage(tally.cpu, everyone, seen.readings);
  const values = (side: Side) =>
    valuesOf(
      side,
      pods[side],
      seen.readings,
      seen.measured,
      cpu,
      { metrics: analysis.metrics, triggers },
      seen.at,
    );
  const { last, windowAt, probes, owed } = counted;
  const life = tally.life ?? lifeOf(last.stable);
  const known = {
    ...tally,
    ...(life ? { life } : {}),
    ...(probes ? { probes } : {}),
    ...(owed ? { owed } : {}),
  };
  const assessed = evaluateAnalysis(
    { analysis, triggers },
    { ...known, last, windowAt, cpu },
    {
      at: seen.at,
      step: state.since,
      window: weighted(window, weight),
      values: { stable: values('stable'), candidate: values('candidate') },
      health: healthOf(pods.candidate, expected),
      uncounted:
        plan.metrics.kind === 'none' && !countsRequests(plan) ? plan.metrics.why : undefined,
    },
  );
  const { verdict, why, decision, warnings, undecided, unexplained } = assessed;
  const turn = assessed.turn === undefined ? undefined : causeOf(decision, assessed.turn);
  const warned =
    warnings.length === 0
      ? {}
      : { warnings: [...(state.evidence.warnings ?? []), ...warnings].slice(-KEPT_WARNINGS) };
  const next = noting({ ...state, tally: assessed.tally }, { ...warned, decision });
  return { state: next, turn, actions: [], verdict, judged: why, undecided, unexplained };
}

function weighted(window: Window | undefined, weight: number | undefined): Window | undefined {
  if (window?.kind !== 'measured' || weight === undefined) return window;
  return { ...window, candidateWeight: weight };
}

/** Pods that fall are reason enough, whatever was counted. */
function fallOf(state: ReleaseState, seen: Observation, rule: string, why: string): Decision {
  const { totals }: AnalysisState = state.tally ?? FRESH;
  return { at: seen.at, verdict: 'bad', rule, why, numbers: {}, ...totals };
}
