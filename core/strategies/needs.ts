/**
 * What must be measured: what the strategy needs for its next decision, and in every phase what all pods
 * count that may still answer somebody. A pod that is being ended answers to its last second.
 */

import type { Need, Observation } from '../cluster/observation.ts';
import { isServing, isTerminating } from '../kubernetes/pods/pods.ts';
import type { Plan } from '../plan/plan.ts';
import type { ReleaseState } from '../state/state.ts';
import { strategyOf } from './registry.ts';

export function needsOf(plan: Plan, state: ReleaseState, seen: Observation): readonly Need[] {
  const strategy = strategyOf(plan);
  const needs = strategy.needs(plan, state, seen);
  if (state.outcome !== undefined || plan.metrics.kind === 'none') return needs;
  const asked = new Set(needs.flatMap((need) => (need.kind === 'readings' ? need.pods : [])));
  const { stable, candidate } = strategy.sides(plan, seen);
  const more = [...stable, ...candidate]
    .filter((pod) => isServing(pod) || (isTerminating(pod) && pod.status?.phase === 'Running'))
    .map(({ metadata }) => metadata.name)
    .filter((name) => !asked.has(name));
  if (more.length === 0) return needs;
  return [...needs, { kind: 'readings', pods: more, everyMs: plan.settings.podMetrics.everyMs }];
}
