/**
 * What a release would do: its own strategy, driven to its end in a cluster where nothing goes
 * wrong. Nothing is asked of the real one, and nothing is told to it.
 */

import type { Outcome } from '../base/vocabulary.ts';
import type { Observation } from '../cluster/observation.ts';
import type { KubernetesObject, Pod } from '../kubernetes/objects.ts';
import { condition, isServing } from '../kubernetes/pods/pods.ts';
import { timeOf } from '../kubernetes/time.ts';
import type { Plan } from '../plan/plan.ts';
import { overdue } from '../strategies/overdue.ts';
import { isHandedOver, strategyOf } from '../strategies/registry.ts';
import { acted, advanced, type IdealCluster, idealCluster, measured } from './ideal-cluster.ts';
import { observed } from './ideal-view.ts';

export type ForecastStep =
  | { readonly kind: 'phase'; readonly afterMs: number; readonly phase: string }
  | { readonly kind: 'action'; readonly afterMs: number; readonly text: string };

export interface Forecast {
  /** In the order in which they would come. */
  readonly steps: readonly ForecastStep[];
  /** Undefined where the end could not be foreseen. */
  readonly outcome: Outcome | undefined;
  readonly cause: string | undefined;
  readonly durationMs: number;
  /** The most pods at any time, ending ones included, and how many there were at the start. */
  readonly mostPods: number;
  readonly podsBefore: number;
  /** What was taken for the time in which a pod becomes ready. */
  readonly startMs: number;
  /** The objects that would be made, as they would be sent. */
  readonly created: readonly KubernetesObject[];
}

const LOOK_MS = 500;
const MOST_LOOKS = 50_000;
const UNKNOWN_START_MS = 10_000;

/** `seen`: the real cluster as it is now, without reports or readings. */
export function foresee(plan: Plan, seen: Observation): Forecast {
  const strategy = strategyOf(plan);
  const startMs = startMsOf(seen.pods);
  const steps: ForecastStep[] = [];
  const created: KubernetesObject[] = [];
  let cluster: IdealCluster = idealCluster(seen, startMs);
  let state = strategy.begin(plan, seen.at);
  let mostPods = cluster.pods.length;
  const note = (
    step: { kind: 'phase'; phase: string } | { kind: 'action'; text: string },
  ): void => {
    steps.push({ ...step, afterMs: cluster.at - seen.at });
  };
  note({ kind: 'phase', phase: state.phase });
  for (let look = 0; look < MOST_LOOKS && state.outcome === undefined; look += 1) {
    const now = observed(cluster, plan);
    if (isHandedOver(state)) {
      state = strategy.conclude(state, now.at);
      note({ kind: 'phase', phase: state.phase });
    }
    const late = overdue(plan, state, now.at);
    const before = late === undefined ? state : strategy.turnBack(state, now.at, late);
    const { state: next, actions } = strategy.next(plan, before, now);
    const moved = next.phase !== state.phase || next.direction !== state.direction;
    if (moved) note({ kind: 'phase', phase: next.phase });
    state = next;
    for (const action of actions) {
      note({ kind: 'action', text: action.text });
      if (action.effect.kind === 'create') created.push(action.effect.object);
      cluster = acted(cluster, action);
    }
    mostPods = Math.max(mostPods, cluster.pods.length);
    const needs = strategy.needs(plan, state, now);
    for (const need of needs) {
      if (need.kind !== 'drain-probe') continue;
      note({ kind: 'action', text: `end pod ${need.pod} under a client, for the drain probe` });
    }
    cluster = measured(cluster, needs);
    if (!moved) cluster = advanced(cluster, LOOK_MS);
  }
  const { outcome, cause } = state;
  const durationMs = cluster.at - seen.at;
  const podsBefore = seen.pods.length;
  return { steps, outcome, cause, durationMs, mostPods, podsBefore, startMs, created };
}

/** As the quickest of the pods that serve: one that fell and came back was ready earlier. */
function startMsOf(pods: readonly Pod[]): number {
  const took = pods.filter(isServing).flatMap(({ metadata, status }) => {
    const created = timeOf(metadata.creationTimestamp);
    const ready = timeOf(condition(status?.conditions, 'Ready')?.lastTransitionTime);
    return created === undefined || ready === undefined ? [] : [ready - created];
  });
  return took.length === 0 ? UNKNOWN_START_MS : Math.max(1_000, Math.min(...took));
}
