/** What most phases of a two-sided release have measured. */

import type { Need, Observation } from '../../cluster/observation.ts';
import { isServing } from '../../kubernetes/pods/pods.ts';
import type { Sides } from '../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../plan/plan.ts';
import type { TwoSidedState } from '../../state/state.ts';
import { needsBefore } from '../common/stable-before.ts';

/** The counters of all pods that serve. */
export function countersNeed({ settings }: TwoSidedPlan, { stable, candidate }: Sides): Need {
  const pods = namesOf([...stable, ...candidate].filter(isServing));
  return { kind: 'readings', pods, everyMs: settings.podMetrics.everyMs };
}

/** All that the candidate is judged by; going back it is not judged any more. */
export function judgingNeeds(plan: TwoSidedPlan, state: TwoSidedState, sides: Sides): Need[] {
  const counters = countersNeed(plan, sides);
  return state.direction === 'forward' ? [counters, { kind: 'metrics' }] : [counters];
}

/** What the stable alone counts before the candidate has requests. */
export function baselineNeeds(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  { stable }: Sides,
): readonly Need[] {
  return state.direction === 'forward' ? needsBefore(plan, namesOf(stable.filter(isServing))) : [];
}

export function namesOf(pods: Observation['pods']): string[] {
  return pods.map((pod) => pod.metadata.name);
}
