/** How a release moves from phase to phase: the parts that are the same for every strategy. */

import { ALL_SEEN } from '../analysis/analysis-state.ts';
import { type Cause, type Instant, instant, type Outcome } from '../base/vocabulary.ts';
import type { Evidence, ReleaseState } from './state.ts';

/**
 * Enters a phase. That something stood still in the last phase proves nothing in this one, and what
 * an operator said of the last phase's waiting does not concern this one.
 */
export function enter<S extends ReleaseState>(state: S, phase: S['phase'], at: Instant): S {
  return {
    ...state,
    phase,
    since: at,
    wait: { kind: 'running' },
    pausedMs: pausedMs(state, at),
    tally: state.tally && { ...state.tally, unseen: ALL_SEEN },
    stillness: undefined,
    endpointsSince: undefined,
    handingBackSince: undefined,
  };
}

/**
 * A process that takes a release over gives its phase the time anew: what passed while no one looked was
 * neither watching nor patience. A process that has only just entered the phase loses nothing by it.
 */
export function takenOver<S extends ReleaseState>(state: S, at: Instant): S {
  // What an operator has said stands, whichever process drives: a pause most of all.
  if (state.outcome !== undefined || state.wait.kind === 'paused') return state;
  const { wait, repairing } = state;
  // What was to be put right may never have been written: that is no fight yet.
  const begun = repairing && { ...repairing, since: at };
  return { ...enter(state, state.phase, at), wait, repairing: begun };
}

export function noting<S extends ReleaseState>(state: S, evidence: Evidence): S {
  return { ...state, evidence: { ...state.evidence, ...evidence } };
}

/** Turns back because of `cause`; the first cause stands. */
export function turnedBack<S extends ReleaseState>(
  state: S,
  phase: S['phase'],
  at: Instant,
  cause: Cause,
): S {
  if (state.direction === 'back') return state;
  return enter({ ...state, direction: 'back', ...firstCause(state, cause) }, phase, at);
}

export function ended<S extends ReleaseState>(
  state: S,
  at: Instant,
  outcome: Outcome,
  cause?: Cause,
): S {
  return enter({ ...state, outcome, ...firstCause(state, cause) }, 'done', at);
}

/** The first cause of turning back wins; one that an earlier version has written has no code. */
function firstCause(
  { cause, code }: ReleaseState,
  now: Cause | undefined,
): Pick<ReleaseState, 'cause' | 'code'> {
  if (cause !== undefined) return code === undefined ? { cause } : { cause, code };
  return now === undefined ? { cause } : { cause: now.text, code: now.code };
}

/** Ends a way back that cannot be gone to its end: what is left of it is for a person to see to. */
export function blocked<S extends ReleaseState>(state: S, at: Instant, why: string): S {
  const cause = `${state.cause}; and the way back is blocked: ${why}`;
  return ended({ ...state, cause }, at, 'failed');
}

/** Remembers since when what was written is seen in force. */
export function observedSince<S extends ReleaseState>(state: S, at: Instant): S {
  return { ...state, endpointsSince: state.endpointsSince ?? at };
}

/** In force, and so lately that some proxy may not have heard of it. */
export function isPropagating(
  { endpointsSince }: ReleaseState,
  withinMs: number,
  at: Instant,
): boolean {
  return endpointsSince !== undefined && at - endpointsSince < withinMs;
}

/** From when on the time of the phase counts: its clock stands still while the release is paused. */
export function countedFrom({ wait, since }: ReleaseState, at: Instant): Instant {
  return wait.kind === 'paused' ? instant(since + at - wait.since) : since;
}

export function elapsedMs(state: ReleaseState, at: Instant): number {
  return at - countedFrom(state, at);
}

/**
 * What is left of a phase in which the candidate is watched for `watchMs`; nothing where an operator
 * has cut it short. Time in which nothing could be said of the candidate was not watching.
 */
export function watchLeftMs(state: ReleaseState, watchMs: number, at: Instant): number {
  if (state.wait.kind === 'skipped') return 0;
  return watchMs + unmeasuredMs(state, at) - elapsedMs(state, at);
}

/** For how long nothing could be said of the candidate in this phase. */
export function unmeasuredMs({ tally }: ReleaseState, at: Instant): number {
  const { ms, since = at } = tally?.unseen ?? ALL_SEEN;
  return ms + at - since;
}

export function paused<S extends ReleaseState>(state: S, at: Instant, limitMs: number): S {
  return { ...state, wait: { kind: 'paused', since: at, until: instant(at + limitMs) } };
}

/** Goes on where it was paused, with as much of its time left as it had then. */
export function resumed<S extends ReleaseState>(state: S, at: Instant): S {
  if (state.wait.kind !== 'paused') return state;
  return {
    ...state,
    since: countedFrom(state, at),
    wait: { kind: 'running' },
    pausedMs: pausedMs(state, at),
  };
}

/** For how long the release was paused altogether, until `at`. */
export function pausedMs({ wait, pausedMs: before }: ReleaseState, at: Instant): number {
  return wait.kind === 'paused' ? before + at - wait.since : before;
}
