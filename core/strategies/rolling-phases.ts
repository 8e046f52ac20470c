/**
 * rolling: one Deployment, whose pods are replaced one after the other and never before their
 * successor is ready. The candidate is judged while it rolls. Turning back restores the whole pod
 * template as it was, not only the image.
 */
import { formatDuration } from '../duration.ts';
import { shortImage } from '../image.ts';
import { sameJson } from '../json.ts';
import type { Deployment, Pod } from '../kubernetes/objects.ts';
import { isServing, isTerminating } from '../kubernetes/pods.ts';
import { rolloutOf } from '../kubernetes/rollout.ts';
import { type Action, actionId, patchOf } from '../release/action.ts';
import { marking, markOf } from '../release/mark.ts';
import type { ClusterView, Observation } from '../release/observation.ts';
import type { RollingPlan } from '../release/plan.ts';
import { elapsedMs, ended, enter, noting, turned } from '../release/progress.ts';
import { startFailure } from '../release/start-up.ts';
import type { RollingState } from '../release/state.ts';
import { watchCandidate } from '../release/watch.ts';
import type { Transition } from './strategy.ts';

type Step = Transition<RollingState>;

/** The mark of a Deployment that this release is taking back to what it was. */
function undoMark(plan: RollingPlan): string {
  return `${plan.release} undone`;
}

export function nextRolling(plan: RollingPlan, state: RollingState, seen: Observation): Step {
  const deployment = seen.deployments.get(plan.workload.name);
  if (!deployment && state.phase !== 'done') {
    return stay(ended(state, seen.at, 'failed', `deployment ${plan.workload.name} is gone`), '');
  }
  switch (state.phase) {
    case 'rolling':
      return deployment ? roll(plan, state, seen, deployment) : stay(state, '');
    case 'monitoring':
      return monitor(plan, state, seen);
    case 'holding':
      return stay(state, 'somebody to conclude');
    case 'settling':
      return deployment ? settle(plan, state, seen, deployment) : stay(state, '');
    case 'done':
      return stay(state, 'nothing');
  }
}

/** Pods that run the candidate's image; the rest of the service's pods are the stable's. */
export function candidatePods(plan: RollingPlan, seen: ClusterView): Pod[] {
  return seen.pods.filter((pod) => imageOf(pod, plan.container) === plan.image.reference);
}

export function stablePods(plan: RollingPlan, seen: ClusterView): Pod[] {
  return seen.pods.filter((pod) => imageOf(pod, plan.container) !== plan.image.reference);
}

function imageOf(pod: Pod, container: string): string | undefined {
  return pod.spec.containers.find(({ name }) => name === container)?.image;
}

function stay(state: RollingState, waitingFor: string, actions: readonly Action[] = []): Step {
  return { state, actions, waitingFor };
}

function roll(
  plan: RollingPlan,
  state: RollingState,
  seen: Observation,
  deployment: Deployment,
): Step {
  const forward = state.direction === 'forward';
  if (markOf(deployment) !== (forward ? plan.release : undoMark(plan))) {
    const action = forward ? toCandidate(plan, deployment) : toStable(plan, deployment);
    return stay(state, 'the deployment to change', [action]);
  }
  if (!forward) return awaitRollout(plan, state, seen, deployment);
  // The candidate answers requests from its first ready pod on, so it is judged from there on.
  const pods = candidatePods(plan, seen).filter(isServing);
  const watched = watchCandidate(plan, state, seen, pods, pods.length);
  return watched.turn === undefined
    ? awaitRollout(plan, watched.state, seen, deployment)
    : stay(turned(watched.state, 'rolling', seen.at, watched.turn), '', watched.actions);
}

/** Complete is a rollout when the wanted pods are ready and none of the others is left. */
function awaitRollout(
  plan: RollingPlan,
  state: RollingState,
  seen: Observation,
  deployment: Deployment,
): Step {
  const forward = state.direction === 'forward';
  const [wanted, others] = forward
    ? [candidatePods(plan, seen), stablePods(plan, seen)]
    : [stablePods(plan, seen), candidatePods(plan, seen)];
  const rollout = rolloutOf(deployment);
  if (rollout.kind === 'complete' && others.length === 0) {
    return stay(enter(state, forward ? 'monitoring' : 'settling', seen.at), '');
  }
  const ready = wanted.filter(isServing).length;
  const side = forward ? 'candidate' : 'stable';
  const progress = `${ready} of ${plan.workload.replicas} ${side} pods ready`;
  const failure = startFailure(plan, wanted, rollout, progress, state.since, seen.at);
  if (!failure) return stay(state, progress);
  if (forward) return stay(turned(state, 'rolling', seen.at, failure.cause), '', failure.actions);
  const cause = `${state.cause}; and the way back is blocked: ${failure.cause}`;
  return stay(ended({ ...state, cause }, seen.at, 'failed'), '', failure.actions);
}

function monitor(plan: RollingPlan, state: RollingState, seen: Observation): Step {
  const pods = candidatePods(plan, seen).filter((pod) => !isTerminating(pod));
  const watched = watchCandidate(plan, state, seen, pods, plan.workload.replicas);
  if (watched.turn !== undefined) {
    return stay(turned(watched.state, 'rolling', seen.at, watched.turn), '', watched.actions);
  }
  const leftMs = plan.settings.rolling.monitoringMs - elapsedMs(state, seen.at);
  if (leftMs > 0) {
    return stay(watched.state, `${formatDuration(leftMs)} more of watching, ${watched.judged}`);
  }
  if (watched.verdict === 'unmeasurable') return stay(watched.state, watched.judged);
  const next = noting(watched.state, { judged: watched.judged });
  return stay(enter(next, 'holding', seen.at), '');
}

/** Gives back what only the release needed: how the Deployment rolls, and the mark of an undo. */
function settle(
  plan: RollingPlan,
  state: RollingState,
  seen: Observation,
  deployment: Deployment,
): Step {
  const forward = state.direction === 'forward';
  const mark = forward ? plan.release : plan.workload.mark;
  const settled =
    markOf(deployment) === mark && sameJson(deployment.spec.strategy, plan.workload.strategy);
  if (settled) {
    return stay(ended(state, seen.at, forward ? 'promoted' : 'rolled-back'), '');
  }
  const action: Action = {
    id: actionId(plan.release, 'settle', plan.workload.name),
    text: `give deployment ${plan.workload.name} its own update strategy back`,
    effect: patchOf(deployment, [
      ...marking(deployment, mark),
      { op: 'add', path: '/spec/strategy', value: plan.workload.strategy },
    ]),
  };
  return stay(state, 'the deployment to be as it was', [action]);
}

function toCandidate(plan: RollingPlan, deployment: Deployment): Action {
  const index = deployment.spec.template.spec.containers.findIndex(
    ({ name }) => name === plan.container,
  );
  return {
    id: actionId(plan.release, 'roll', plan.workload.name),
    text: `roll deployment ${plan.workload.name} to ${shortImage(plan.image.reference)}`,
    effect: patchOf(deployment, [
      ...marking(deployment, plan.release),
      { op: 'add', path: '/spec/strategy', value: carefully(plan) },
      {
        op: 'replace',
        path: `/spec/template/spec/containers/${index}/image`,
        value: plan.image.reference,
      },
    ]),
  };
}

function toStable(plan: RollingPlan, deployment: Deployment): Action {
  return {
    id: actionId(plan.release, 'roll-back', plan.workload.name),
    text: `roll deployment ${plan.workload.name} back to ${shortImage(plan.previousImage)}`,
    effect: patchOf(deployment, [
      ...marking(deployment, undoMark(plan)),
      { op: 'add', path: '/spec/strategy', value: carefully(plan) },
      { op: 'replace', path: '/spec/template', value: plan.workload.template },
    ]),
  };
}

/** No pod goes before its successor is ready. */
function carefully(plan: RollingPlan) {
  return {
    type: 'RollingUpdate',
    rollingUpdate: { maxSurge: plan.maxSurge, maxUnavailable: 0 },
  } as const;
}
