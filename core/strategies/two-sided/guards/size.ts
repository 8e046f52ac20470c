/**
 * Looks in every phase whether both sides still have the pods that the release counts on. A candidate
 * that was found good and has fallen since is not promoted; a stable that somebody scaled down is no
 * way back. Pods are counted as they are seen now, whatever was seen before.
 */

import { because, type Side } from '../../../base/vocabulary.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { writerText } from '../../../kubernetes/field-managers.ts';
import { sidesOfTwo } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { interfered, isFight } from '../../../state/interference.ts';
import type { Interference, TwoSidedPhase, TwoSidedState } from '../../../state/state.ts';
import { enter } from '../../../state/transitions.ts';
import { type Guarded, stay } from '../../strategy.ts';
import { mostPods } from '../autoscaler.ts';
import { phaseOf, reversed } from '../phase-registry.ts';
import { candidateNeeded } from '../sizes.ts';
import { isOver, serving } from '../transition.ts';
import { scale, workloadOf } from '../workloads.ts';

type Decided = Guarded<TwoSidedState>;

const REPLICAS = ['spec', 'replicas'];

export function guardSizes(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): Decided {
  if (isOver(state)) return { state };
  if (state.direction === 'back') return guardStableBack(plan, state, seen);
  const candidate = guardCandidate(plan, state, seen);
  return candidate.step ? candidate : guardStable(plan, candidate.state, seen);
}

function guardCandidate(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): Decided {
  const phase = phaseOf(state);
  const stepInForce = phase.stepInForce(state);
  const needed = candidateNeeded(plan, state, seen, stepInForce);
  const { name } = plan.candidate;
  const deployment = workloadOf(plan, seen, 'candidate');
  const text = `deployment ${name}`;
  if (!deployment) {
    if (needed > 0) {
      const why = `${text} is gone: somebody deleted it`;
      return turned(state, seen, { object: text, what: 'it', by: 'somebody' }, why);
    }
    const to = stepInForce < 0 ? phase.triedAgainIn(state) : undefined;
    return to === undefined ? { state } : madeAgain(state, seen, text, to);
  }
  const { replicas = 1 } = deployment.spec;
  const by = writerText(deployment, REPLICAS);
  const change = { object: text, what: 'its number of pods', by };
  if (needed > 0 && replicas * 2 < needed) {
    return turned(state, seen, change, `${by} scaled ${text} to ${replicas}, and ${needed} serve`);
  }
  const ready = serving(sidesOfTwo(plan, seen).candidate);
  // Where the phase itself watches the candidate, its word is kept.
  if (ready * 2 < needed && phase.waitsFor !== 'time') {
    const why = `only ${ready} of ${needed} candidate pods are still ready`;
    return { state, step: stay(reversed(state, seen.at, because('pods-lost', why)), '') };
  }
  if (plan.autoscaler || replicas >= needed) return { state };
  return scaledAgain(plan, state, seen, 'candidate', needed);
}

function madeAgain(
  state: TwoSidedState,
  seen: Observation,
  object: string,
  to: TwoSidedPhase,
): Decided {
  const by = 'somebody';
  if (isFight(state, { object, by, at: seen.at })) {
    const why = `somebody keeps on deleting ${object} while the release runs`;
    return turned(state, seen, { object, what: 'it', by }, why);
  }
  const noted = interfered(state, { at: seen.at, object, what: 'it', by, response: 'repaired' });
  return { state, step: stay(enter(noted, to, seen.at), '') };
}

/** The stable is the way back, and serves at every weight but the last. */
function guardStable(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): Decided {
  const { ownership, loser } = phaseOf(state);
  if (ownership === 'taking' || loser === 'ended') return { state };
  const stable = workloadOf(plan, seen, 'stable');
  const { replicas = 1 } = stable?.spec ?? {};
  const needed = Math.min(plan.floor, mostPods(plan, seen));
  // An autoscaler beside the release has the candidate as its target by now: nothing else scales it up.
  if (!stable || replicas >= needed) return { state };
  return scaledAgain(plan, state, seen, 'stable', needed);
}

/** Before the candidate goes, the stable must be there: its pods are all that is left then. */
function guardStableBack(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): Decided {
  const { loser } = phaseOf(state);
  if (loser === 'kept') return { state };
  const needed = Math.min(plan.floor, mostPods(plan, seen));
  const ready = serving(sidesOfTwo(plan, seen).stable);
  const stable = workloadOf(plan, seen, 'stable');
  if (ready * 2 >= needed || !stable) return { state };
  if (loser === 'drained') return { state, step: stay(enter(state, 'preparing', seen.at), '') };
  const { replicas = 1 } = stable.spec;
  if (replicas >= needed) return { state };
  return scaledAgain(plan, state, seen, 'stable', needed);
}

function scaledAgain(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  side: Side,
  needed: number,
): Decided {
  const workload = workloadOf(plan, seen, side);
  if (!workload) return { state };
  const object = `deployment ${workload.metadata.name}`;
  const by = writerText(workload, REPLICAS);
  const change = { object, what: 'its number of pods', by };
  if (isFight(state, { object, by, at: seen.at }) && state.direction === 'forward') {
    const why = `${by} keeps on scaling ${object} to ${workload.spec.replicas} while the release runs`;
    return turned(state, seen, change, why);
  }
  const noted = interfered(state, { at: seen.at, ...change, response: 'repaired' });
  const actions = [scale(plan.release, workload, needed)];
  return { state, step: stay(noted, `${object} to have ${needed} pods again`, actions) };
}

function turned(
  state: TwoSidedState,
  seen: Observation,
  change: Pick<Interference, 'object' | 'what' | 'by'>,
  why: string,
): Decided {
  const noted = interfered(state, { at: seen.at, ...change, response: 'turned-back' });
  return { state, step: stay(reversed(noted, seen.at, because('changed-by-others', why)), '') };
}
