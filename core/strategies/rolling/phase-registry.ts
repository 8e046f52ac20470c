/** Every phase of a rolling release by its name. */

import type { RollingPhase, RollingState } from '../../state/state.ts';
import type { Phase } from './phase.ts';
import { done } from './phases/done.ts';
import { holding } from './phases/holding.ts';
import { monitoring } from './phases/monitoring.ts';
import { rolling } from './phases/rolling.ts';
import { settling } from './phases/settling.ts';

const PHASES: Readonly<Record<RollingPhase, Phase>> = {
  rolling,
  monitoring,
  holding,
  settling,
  done,
};

export function phaseOf({ phase }: RollingState): Phase {
  return PHASES[phase];
}
