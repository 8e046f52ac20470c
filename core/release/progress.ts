/** How a release moves from phase to phase: the parts that are the same for every strategy. */
import { formatDuration } from '../duration.ts';
import type { Instant, Outcome } from '../vocabulary.ts';
import type { Plan } from './plan.ts';
import type { Evidence, ReleaseState } from './state.ts';

/** Enters a phase. That something stood still in the last phase proves nothing in this one. */
export function enter<S extends ReleaseState>(state: S, phase: S['phase'], at: Instant): S {
  return {
    ...state,
    phase,
    since: at,
    stillness: undefined,
    endpointsSince: undefined,
  };
}

export function noting<S extends ReleaseState>(state: S, evidence: Evidence): S {
  return { ...state, evidence: { ...state.evidence, ...evidence } };
}

/** Turns back because of `cause`; whoever turned it first is right. */
export function turned<S extends ReleaseState>(
  state: S,
  phase: S['phase'],
  at: Instant,
  cause: string,
): S {
  if (state.direction === 'back') return state;
  return enter({ ...state, direction: 'back', cause: state.cause ?? cause }, phase, at);
}

export function ended<S extends ReleaseState>(
  state: S,
  at: Instant,
  outcome: Outcome,
  cause?: string,
): S {
  return enter({ ...state, outcome, cause: state.cause ?? cause }, 'done', at);
}

export function elapsedMs(state: ReleaseState, at: Instant): number {
  return at - state.since;
}

/** Why a release that goes forward has taken too long, if it has. One that is handed over waits. */
export function overdue(plan: Plan, state: ReleaseState, at: Instant): string | undefined {
  const { maxMs } = plan.settings.limits;
  const waits = state.phase === 'holding' || state.outcome !== undefined;
  if (state.direction === 'back' || waits || at - state.startedAt < maxMs) return undefined;
  return `not promoted within ${formatDuration(maxMs)}: still in phase ${state.phase}`;
}
