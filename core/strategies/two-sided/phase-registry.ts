/** Every phase of a two-sided release by its name, and the ways back that lead out of any of them. */

import type { Cause, Instant } from '../../base/vocabulary.ts';
import type { TwoSidedPhase, TwoSidedState } from '../../state/state.ts';
import { turnedBack } from '../../state/transitions.ts';
import { type Phase, turnBackFrom, wayBack } from './phase.ts';
import { confirming } from './phases/confirming.ts';
import { done } from './phases/done.ts';
import { draining } from './phases/draining.ts';
import { holding } from './phases/holding.ts';
import { landing } from './phases/landing.ts';
import { monitoring } from './phases/monitoring.ts';
import { preparing } from './phases/preparing.ts';
import { retiring } from './phases/retiring.ts';
import { routing } from './phases/routing.ts';
import { switching } from './phases/switching.ts';
import { testing } from './phases/testing.ts';
import { tidying } from './phases/tidying.ts';
import { isOver } from './transition.ts';

const PHASES: Readonly<Record<TwoSidedPhase, Phase>> = {
  routing,
  preparing,
  testing,
  switching,
  confirming,
  monitoring,
  holding,
  landing,
  draining,
  retiring,
  tidying,
  done,
};

export function phaseOf({ phase }: TwoSidedState): Phase {
  return PHASES[phase];
}

/** Turns back where that is still possible. */
export function turnBack(state: TwoSidedState, at: Instant, cause: Cause): TwoSidedState {
  return turnBackFrom(phaseOf(state), state, at, cause);
}

/**
 * Turns back from wherever it is, because what serves cannot be relied on any more. Where the stable
 * has been let go already, it is brought back before anything leads to it.
 */
export function reversed(state: TwoSidedState, at: Instant, cause: Cause): TwoSidedState {
  const unrepaired = { ...state, repairing: undefined };
  if (isOver(state)) return unrepaired;
  return turnedBack(unrepaired, wayBack(phaseOf(state), state), at, cause);
}
