/**
 * Looks in every phase whether both sides still have the pods that the release counts on. A candidate
 * that was found good and has fallen since is not promoted; a stable that somebody scaled down is no
 * way back. Pods are counted as they are seen now, whatever was seen before.
 */

import type { Side } from '../../../base/vocabulary.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { writerText } from '../../../kubernetes/field-managers.ts';
import { sidesOfTwo } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { candidatePodsAt } from '../../../plan/sizing.ts';
import { interfered, isFight } from '../../../state/interference.ts';
import type { Interference, TwoSidedState } from '../../../state/state.ts';
import { enter } from '../../../state/transitions.ts';
import { type Guarded, stay } from '../../strategy.ts';
import { mostPods } from '../autoscaler.ts';
import { reversed, serving, stepOf } from '../transition.ts';
import { scale, workloadOf } from '../workloads.ts';

type Decided = Guarded<TwoSidedState>;

const REPLICAS = ['spec', 'replicas'];

export function guardSizes(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): Decided {
  if (state.phase === 'done') return { state };
  if (state.direction === 'back') return guardStableBack(plan, state, seen);
  const candidate = guardCandidate(plan, state, seen);
  return candidate.step ? candidate : guardStable(plan, candidate.state, seen);
}

/** Pods that the candidate has at the weight that is written; 0 where requests reach none of it yet. */
export function candidateNeeded(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): number {
  const step = servingStep(state);
  if (step < 0) return 0;
  const { weightPercent } = stepOf(plan, { ...state, step });
  const planned = candidatePodsAt(plan, weightPercent, plan.candidate.replicas);
  const { replicas = planned } = workloadOf(plan, seen, 'candidate')?.spec ?? {};
  // Where an autoscaler decides, fewer may be right, and none never is.
  return plan.autoscaler ? Math.max(1, Math.min(replicas, planned)) : planned;
}

/** The step whose weight is in force, as far as it was seen; -1 before the first. */
function servingStep({ phase, step }: TwoSidedState): number {
  switch (phase) {
    case 'routing':
    case 'testing':
    case 'done':
      return -1;
    case 'preparing':
    case 'switching':
      return step - 1;
    case 'confirming':
    case 'monitoring':
    case 'holding':
    case 'landing':
    case 'draining':
    case 'retiring':
    case 'tidying':
      return step;
  }
}

function guardCandidate(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): Decided {
  const needed = candidateNeeded(plan, state, seen);
  const { name } = plan.candidate;
  const deployment = workloadOf(plan, seen, 'candidate');
  const text = `deployment ${name}`;
  if (!deployment) {
    if (needed > 0) {
      const why = `${text} is gone: somebody deleted it`;
      return turned(state, seen, { object: text, what: 'it', by: 'somebody' }, why);
    }
    return state.phase === 'testing' ? madeAgain(state, seen, text) : { state };
  }
  const { replicas = 1 } = deployment.spec;
  const by = writerText(deployment, REPLICAS);
  const change = { object: text, what: 'its number of pods', by };
  if (needed > 0 && replicas * 2 < needed) {
    return turned(state, seen, change, `${by} scaled ${text} to ${replicas}, and ${needed} serve`);
  }
  const ready = serving(sidesOfTwo(plan, seen).candidate);
  // Where the phase itself watches the candidate, its word is kept.
  if (ready * 2 < needed && state.phase !== 'monitoring') {
    const why = `only ${ready} of ${needed} candidate pods are still ready`;
    return { state, step: stay(reversed(state, seen.at, why), '') };
  }
  if (plan.autoscaler || replicas >= needed) return { state };
  return scaledAgain(plan, state, seen, 'candidate', needed);
}

function madeAgain(state: TwoSidedState, seen: Observation, object: string): Decided {
  const by = 'somebody';
  if (isFight(state, object, seen.at)) {
    const why = `somebody keeps on deleting ${object} while the release runs`;
    return turned(state, seen, { object, what: 'it', by }, why);
  }
  const noted = interfered(state, { at: seen.at, object, what: 'it', by, response: 'repaired' });
  return { state, step: stay(enter(noted, 'preparing', seen.at), '') };
}

/** The stable is the way back, and serves at every weight but the last. */
function guardStable(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): Decided {
  if (state.phase === 'routing' || state.phase === 'retiring' || state.phase === 'tidying') {
    return { state };
  }
  const stable = workloadOf(plan, seen, 'stable');
  const { replicas = 1 } = stable?.spec ?? {};
  const needed = Math.min(plan.floor, mostPods(plan, seen));
  // An autoscaler beside the release has the candidate as its target by now: nothing else scales it up.
  if (!stable || replicas >= needed) return { state };
  return scaledAgain(plan, state, seen, 'stable', needed);
}

/** Before the candidate goes, the stable must be there: its pods are all that is left then. */
function guardStableBack(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): Decided {
  if (!['draining', 'retiring', 'tidying'].includes(state.phase)) return { state };
  const needed = Math.min(plan.floor, mostPods(plan, seen));
  const ready = serving(sidesOfTwo(plan, seen).stable);
  const stable = workloadOf(plan, seen, 'stable');
  if (ready * 2 >= needed || !stable) return { state };
  if (state.phase === 'draining')
    return { state, step: stay(enter(state, 'preparing', seen.at), '') };
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
  if (isFight(state, object, seen.at) && state.direction === 'forward') {
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
  return { state, step: stay(reversed(noted, seen.at, why), '') };
}
