/** What a look adds to what is known: to the judge's evidence, to the sums, to what triggers look back on. */

import type { Side } from '../base/vocabulary.ts';
import { judgeFor } from '../judge/choice.ts';
import type { Judge, Judgement } from '../judge/judge.ts';
import type { Evidence } from '../judge/registry.ts';
import { type MeasuredWindow, together } from '../judge/sample.ts';
import { type Facts, isCheck } from '../triggers/facts.ts';
import type { Trigger } from '../triggers/kinds/registry.ts';
import type { AnalysisInput, Policy } from './analysis-input.ts';
import type { AnalysisState } from './analysis-state.ts';

/** The service's usual throughput is what it was in the first so many seconds of the watch. */
const USUAL_MS = 30_000;

const NOTHING = { requests: 0, errors: 0 };

export type Accumulated = AnalysisState & { readonly evidence: Evidence };

/** Takes the window in: into the judge's evidence, the sums, and what the triggers look back on. */
export function accumulate(
  { analysis, triggers }: Policy,
  tally: AnalysisState,
  look: AnalysisInput,
): Accumulated {
  const judge = judgeFor(analysis);
  const { window, step } = look;
  const begun = known(judge, tally);
  const stepped = tally.step !== undefined && tally.step !== step ? judge.step(begun) : begun;
  if (!window) return { ...tally, evidence: stepped, step };
  const evidence = judge.take(stepped, window);
  if (window.kind === 'unmeasured') {
    const blindSince = tally.blindSince ?? look.at;
    return { ...tally, evidence, step, blindSince, blindWhy: window.why };
  }
  const { candidate, stable } = tally.totals;
  const recent = remembered(tally.recent, window, furthest(triggers));
  return {
    ...tally,
    evidence,
    step,
    recent,
    blindSince: undefined,
    totals: { candidate: sum(candidate, window.candidate), stable: sum(stable, window.stable) },
    usualThroughput: tally.usualThroughput ?? usualOf(recent),
  };
}

/** The counters' life may be told later than the first look: of pods that no one had read by then. */
function known(
  judge: Judge<Evidence>,
  { evidence = judge.begin(), life }: AnalysisState,
): Evidence {
  return life ? judge.know(evidence, life) : evidence;
}

/** The stable alone, before the candidate has a request: what comes after is held against it. */
export function accumulateBefore(
  analysis: Policy['analysis'],
  tally: AnalysisState,
  window: MeasuredWindow,
): AnalysisState {
  const judge = judgeFor(analysis);
  return {
    ...tally,
    evidence: judge.take(known(judge, tally), window),
    stableBefore: sum(tally.stableBefore ?? NOTHING, window.stable),
  };
}

function sum(
  a: AnalysisState['totals'][Side],
  b: AnalysisState['totals'][Side],
): AnalysisState['totals'][Side] {
  return { requests: a.requests + b.requests, errors: a.errors + b.errors };
}

const MOST_RECENT = 300;

/** Windows as far back as any trigger looks; where that is far, neighbours are one. */
function remembered(
  recent: readonly MeasuredWindow[],
  window: MeasuredWindow,
  furthestMs: number,
): MeasuredWindow[] {
  const last = recent.at(-1);
  const fine = furthestMs / MOST_RECENT;
  const grown =
    last && last.forMs + window.forMs <= fine
      ? [...recent.slice(0, -1), together(last, window)]
      : [...recent, window];
  return grown.filter(({ at }) => window.at - at < furthestMs);
}

function furthest(triggers: readonly Trigger[]): number {
  return Math.max(
    USUAL_MS * 2,
    ...triggers.map((each) => ('windowMs' in each ? each.windowMs : 0)),
  );
}

function usualOf(recent: readonly MeasuredWindow[]): number | undefined {
  const all = recent.reduce<MeasuredWindow | undefined>(
    (a, b) => (a ? together(a, b) : b),
    undefined,
  );
  if (!all || all.forMs < USUAL_MS) return undefined;
  return (all.candidate.requests + all.stable.requests) / (all.forMs / 1000);
}

export function factsOf(tally: AnalysisState, { at, values, health }: AnalysisInput): Facts {
  return {
    at,
    values,
    health,
    usualThroughput: tally.usualThroughput,
    over: (ms) =>
      tally.recent
        .filter((window) => at - window.at < ms)
        .reduce<MeasuredWindow | undefined>((a, b) => (a ? together(a, b) : b), undefined),
  };
}

/** How the judge's evidence grows; its bounds are in the decision. */
const CURVES = ['evidence', 'evidenceOfErrors', 'evidenceOfLatency', 'reassurance'];

export function curves({ numbers }: Judgement): { numbers?: Record<string, number> } {
  const kept = CURVES.flatMap((name) => {
    const value = numbers[name];
    return value === undefined ? [] : [[name, Number(value.toPrecision(4))] as const];
  });
  return kept.length > 0 ? { numbers: Object.fromEntries(kept) } : {};
}

/** What the trace keeps of a look beside its window. */
export function told({ values, health }: AnalysisInput) {
  const numbers: Record<string, number> = {};
  for (const side of ['candidate', 'stable'] as const) {
    for (const [name, measured] of Object.entries(values[side])) {
      if (measured.kind === 'value')
        numbers[`${name}/${side}`] = Number(measured.value.toPrecision(6));
      // For a replay: that a dependency failed is as much a finding as a number.
      else if (isCheck(name)) numbers[`${name}/${side}`] = 0;
    }
  }
  const restarts = Object.values(health.restarts).reduce((all, count) => all + count, 0);
  const pods = [health.ready, health.expected, restarts] as const;
  return Object.keys(numbers).length > 0 ? { values: numbers, pods } : { pods };
}
