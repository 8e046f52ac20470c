/** A phase of a rolling release as one object: what happens in it, and all that others ask about it. */

import type { Need, Observation } from '../../cluster/observation.ts';
import type { RollingPlan } from '../../plan/plan.ts';
import type { RollingState } from '../../state/state.ts';
import type { Transition, WaitsFor } from '../strategy.ts';

export interface Phase {
  next(plan: RollingPlan, state: RollingState, seen: Observation): Transition<RollingState>;
  /** What must be measured for its next decision. */
  needs(plan: RollingPlan, state: RollingState, seen: Observation): readonly Need[];
  /** `time` is time in which the candidate is watched; at the `end` the old pods are gone. */
  readonly waitsFor: WaitsFor;
  /** Whether pods are being replaced: as carefully as the release has made it. */
  readonly replacesPods: boolean;
}
