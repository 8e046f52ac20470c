/** Watches the candidate while it serves: is it there, does it stay up, does it answer well? */
import { isBlindTooLong, judge } from '../judge/limits.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { isServing, troubleAmong } from '../kubernetes/pods.ts';
import type { Verdict } from '../vocabulary.ts';
import { type Action, showTrouble } from './action.ts';
import type { Observation } from './observation.ts';
import type { Plan } from './plan.ts';
import type { ReleaseState } from './state.ts';

export interface Watched<S> {
  readonly state: S;
  /** Why to turn back, if so. */
  readonly turn: string | undefined;
  readonly actions: readonly Action[];
  readonly verdict: Verdict;
  /** The verdict in words. */
  readonly judged: string;
}

/** `expected` is how many pods the candidate should have by now; fewer than half ready is a fall. */
export function watchCandidate<S extends ReleaseState>(
  plan: Plan,
  state: S,
  seen: Observation,
  pods: readonly Pod[],
  expected: number,
): Watched<S> {
  const calm = { state, turn: undefined, actions: [], verdict: 'good' } as const;
  if (state.direction === 'back') return { ...calm, judged: '' };
  const trouble = troubleAmong(pods, seen.at);
  if (trouble) {
    const turn = `${trouble.pod} failed while serving: ${trouble.reason} ${trouble.message}`.trim();
    return { ...calm, turn, actions: showTrouble(plan.release, trouble), judged: turn };
  }
  const ready = pods.filter(isServing).length;
  if (ready * 2 < expected) {
    const turn = `only ${ready} of ${expected} candidate pods are still ready`;
    return { ...calm, turn, judged: turn };
  }
  if (plan.metrics.kind === 'none') {
    return { ...calm, judged: `by readiness only: ${plan.metrics.why}` };
  }
  const names = pods.map((pod) => pod.metadata.name);
  const { tally, verdict, why } = judge(plan.settings.triggers, state.tally, seen, names);
  const next = { ...state, tally };
  if (verdict === 'bad') return { ...calm, state: next, turn: why, verdict, judged: why };
  const turn = isBlindTooLong(tally, seen.at) ? `rolled back unseen: ${why}` : undefined;
  return { ...calm, state: next, turn, verdict, judged: why };
}
