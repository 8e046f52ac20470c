/** One look of a phase, so that a test says only what differs from a release in which all goes well. */
import { type Instant, instant, type RouterName } from '../../../../../core/base/vocabulary.ts';
import type { Observation, Reading } from '../../../../../core/cluster/observation.ts';
import type { ReleaseConfig } from '../../../../../core/config/schema.ts';
import type { Pod } from '../../../../../core/kubernetes/objects.ts';
import { type Sides, sidesOfTwo } from '../../../../../core/plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../../../core/plan/plan.ts';
import {
  durable,
  type TwoSidedPhase,
  type TwoSidedState,
} from '../../../../../core/state/state.ts';
import type { Phase } from '../../../../../core/strategies/two-sided/phase.ts';
import { phaseOf } from '../../../../../core/strategies/two-sided/phase-registry.ts';
import type { TwoSidedTransition } from '../../../../../core/strategies/two-sided/transition.ts';
import { APP, deployment, service } from '../../../support/objects.ts';
import { planFor, play, settingsFor } from '../../../support/play.ts';
import { BLUE } from '../../../support/releases.ts';
import { routesFor } from '../../../support/routes.ts';
import { type ToyCluster, toyCluster } from '../../../support/toy-cluster.ts';

export interface Scene {
  readonly plan: TwoSidedPlan;
  readonly state: TwoSidedState;
  readonly cluster: ToyCluster;
  readonly phase: Phase;
}

interface Wanted {
  readonly strategy?: 'blue-green' | 'canary';
  readonly metrics?: 'pods' | 'none';
  readonly config?: Partial<ReleaseConfig>;
  readonly router?: RouterName;
  /** So many pods the candidate's place has before the release begins. */
  readonly restingPods?: number;
}

const GREEN = { app: APP, version: 'green' };

/** A release that has just come to a phase. */
export function sceneOf(
  name: TwoSidedPhase,
  {
    strategy = 'blue-green',
    metrics = 'none',
    config = {},
    router = 'service',
    restingPods,
  }: Wanted = {},
): Scene {
  const blue = deployment(`${APP}-blue`, 'v1', BLUE);
  const resting =
    restingPods === undefined ? [] : [deployment(`${APP}-green`, 'v0', GREEN, restingPods)];
  const cluster = toyCluster([blue, ...resting], service(BLUE), {}, routesFor(router));
  const settings = settingsFor(strategy, { traffic: { router }, ...config });
  const plan = planFor(cluster, settings, metrics);
  const { state: reached } = play(cluster, plan, { until: name });
  const state = durable(reached);
  if (plan.strategy === 'rolling' || state.strategy === 'rolling') throw new Error('two sides');
  if (state.phase !== name) throw new Error(`it ended in ${state.phase}`);
  return { plan, state, cluster, phase: phaseOf(state) };
}

/** The same release, as a transition has left it. */
export function then(scene: Scene, { state }: TwoSidedTransition): Scene {
  return { ...scene, state, phase: phaseOf(state) };
}

/** What the phase makes of a look `afterMs` after it began. */
export function lookAfter(
  { plan, state, cluster, phase }: Scene,
  afterMs: number,
  change: (seen: Observation) => Observation = (seen) => seen,
): TwoSidedTransition {
  const at = instant(state.since + afterMs);
  const looked = { ...cluster.observe([]), at };
  const seen = change(plan.metrics.kind === 'none' ? { ...looked, readings: new Map() } : looked);
  return phase.next(plan, state, seen, sidesOfTwo(plan, seen));
}

export function sidesIn({ plan, cluster }: Scene): Sides {
  return sidesOfTwo(plan, cluster.observe([]));
}

/** Brought to another phase of the same step, as a guard does. */
export function at(scene: Scene, phase: TwoSidedPhase): Scene {
  const state: TwoSidedState = { ...scene.state, phase };
  return { ...scene, state, phase: phaseOf(state) };
}

/** As it would stand had it turned back. */
export function goingBack(scene: Scene, more: Partial<TwoSidedState> = {}): Scene {
  const cause = 'somebody said stop';
  const state: TwoSidedState = { ...scene.state, direction: 'back', cause, ...more };
  return { ...scene, state, phase: phaseOf(state) };
}

/** Without some of the pods. */
export function without(gone: readonly Pod[]): (seen: Observation) => Observation {
  const names = new Set(gone.map(({ metadata }) => metadata.name));
  return (seen) => ({
    ...seen,
    pods: seen.pods.filter(({ metadata }) => !names.has(metadata.name)),
  });
}

/** With all pods there, but some of them not ready. */
export function unready(some: readonly Pod[]): (seen: Observation) => Observation {
  const names = new Set(some.map(({ metadata }) => metadata.name));
  return (seen) => ({
    ...seen,
    pods: seen.pods.map((pod) =>
      names.has(pod.metadata.name)
        ? { ...pod, status: { ...pod.status, conditions: [{ type: 'Ready', status: 'False' }] } }
        : pod,
    ),
  });
}

/** Every pod tells so many requests; undefined: it tells nothing. */
export function counting(
  of: (pod: string) => number | undefined,
): (seen: Observation) => Observation {
  return (seen) => ({
    ...seen,
    readings: new Map(
      seen.pods.map(({ metadata: { name } }) => [name, readingOf(of(name), seen.at)]),
    ),
  });
}

function readingOf(requests: number | undefined, at: Instant): Reading {
  return requests === undefined
    ? { kind: 'failed', at, why: 'connection refused' }
    : { kind: 'counted', at, counters: { requests, errors: 0 } };
}
