/** What a two-sided release does to its two Deployments and the preview Service. */
import { shortImage } from '../../base/image.ts';
import { sameJson } from '../../base/json.ts';
import type { ReleaseId, Side } from '../../base/vocabulary.ts';
import { type Action, actionId, patchOf, targetOf } from '../../cluster/action.ts';
import type { Observation } from '../../cluster/observation.ts';
import { ownerReleaseOf } from '../../cluster/ownership.ts';
import { keepsRollbackWindow } from '../../journal/rollback-window.ts';
import type { Pod } from '../../kubernetes/objects.ts';
import type { Deployment } from '../../kubernetes/workload-objects.ts';
import { sidesOfTwo } from '../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../plan/plan.ts';
import { previewOf, repointed } from '../../routers/service/preview.ts';
import { hookCall } from '../../smoke/hook.ts';
import { becomingAsBefore, becomingCandidate, candidateObject } from './candidate-deployment.ts';

export function workloadOf(plan: TwoSidedPlan, seen: Observation, side: Side) {
  return seen.deployments.get(side === 'stable' ? plan.stable.name : plan.candidate.name);
}

/** Brings `pods` of the candidate and its preview into being; nothing where they are there already. */
export function candidateActions(plan: TwoSidedPlan, seen: Observation, pods: number): Action[] {
  return [...candidateDeployment(plan, seen, pods), ...preview(plan, seen)];
}

/** True once the candidate's Deployment is the one that was planned, and large enough. */
export function isCandidateApplied(
  plan: TwoSidedPlan,
  deployment: Deployment,
  pods: number,
): boolean {
  return ownerReleaseOf(deployment) === plan.release && (deployment.spec.replicas ?? 1) >= pods;
}

/** Ends all pods of the candidate; its Deployment stays. */
export function emptyCandidate(plan: TwoSidedPlan, seen: Observation): Action[] {
  const candidate = workloadOf(plan, seen, 'candidate');
  return candidate && candidate.spec.replicas !== 0 ? [scale(plan.release, candidate, 0)] : [];
}

/** Gives the stable `pods`; a rollback never sends traffic to fewer than before. */
export function stableActions(plan: TwoSidedPlan, seen: Observation, pods: number): Action[] {
  const stable = workloadOf(plan, seen, 'stable');
  if (!stable || (stable.spec.replicas ?? 1) >= pods) return [];
  return [scale(plan.release, stable, pods)];
}

/** The drain hook of every pod that has not answered it yet. */
export function drainActions(
  plan: TwoSidedPlan,
  seen: Observation,
  pods: readonly Pod[],
): Action[] {
  return pods
    .flatMap(({ metadata: { name }, status }): Action[] => {
      const call = status?.podIP === undefined ? undefined : hookCall(plan, status.podIP);
      if (!call) return [];
      return [
        {
          id: actionId(plan.release, 'drain', name),
          text: `ask pod ${name} to close its connections`,
          effect: { kind: 'call', pod: name, ...call },
        },
      ];
    })
    .filter((action) => !seen.called.has(action.id));
}

/**
 * Takes the losing side away: the stable is scaled to zero, or kept running where somebody may want
 * it back soon; the candidate is put back as it was.
 */
export function retireActions(plan: TwoSidedPlan, seen: Observation, side: Side): Action[] {
  const workload = side === 'stable' ? retiredStable(plan, seen) : candidateAsBefore(plan, seen);
  const { previewService } = seen;
  if (!previewService) return workload;
  const { name, uid = '' } = previewService.metadata;
  const removal: Action = {
    id: actionId(plan.release, 'delete-preview', name),
    text: `delete service ${name}`,
    effect: { kind: 'delete', target: targetOf(previewService), uid },
  };
  return [...workload, removal];
}

function candidateDeployment(plan: TwoSidedPlan, seen: Observation, pods: number): Action[] {
  const { candidate, release } = plan;
  const existing = seen.deployments.get(candidate.name);
  if (existing) {
    if (isCandidateApplied(plan, existing, pods)) return [];
    if (ownerReleaseOf(existing) !== release) return [updated(plan, existing, pods)];
    // They still take room, if only for their last seconds.
    const ending = existing.spec.replicas === 0 && sidesOfTwo(plan, seen).candidate.length > 0;
    return ending ? [] : [scale(release, existing, pods)];
  }
  const object = candidateObject(plan, pods);
  return [
    {
      id: actionId(release, 'create', candidate.name),
      text: `create deployment ${candidate.name} with ${shortImage(plan.image.reference)}, ${counted(pods)}`,
      effect: { kind: 'create', object },
    },
  ];
}

/** Pods of another revision that still run in its place end before the candidate's start. */
function updated(plan: TwoSidedPlan, existing: Deployment, pods: number) {
  const { candidate, image, release } = plan;
  const { replicas, template } = existing.spec;
  const warm = replicas !== 0 && !sameJson(template, candidate.template);
  const first = warm ? 0 : pods;
  return {
    id: actionId(release, 'update', candidate.name),
    text: `update deployment ${candidate.name} to ${shortImage(image.reference)}, ${counted(first)}`,
    effect: patchOf(existing, becomingCandidate(plan, existing, first)),
  };
}

function preview(plan: TwoSidedPlan, seen: Observation): Action[] {
  const { service, previewService } = seen;
  if (!service) return [];
  const { candidate } = plan.selectors;
  if (previewService) return repointed(plan.release, service, previewService, candidate);
  const object = previewOf(service, plan.previewService, candidate);
  return [
    {
      id: actionId(plan.release, 'create-preview', plan.previewService),
      text: `create service ${plan.previewService} for trying the candidate`,
      effect: { kind: 'create', object },
    },
  ];
}

function retiredStable(plan: TwoSidedPlan, seen: Observation): Action[] {
  const stable = keepsRollbackWindow(plan) ? undefined : workloadOf(plan, seen, 'stable');
  return stable && stable.spec.replicas !== 0 ? [scale(plan.release, stable, 0)] : [];
}

function candidateAsBefore(plan: TwoSidedPlan, seen: Observation): Action[] {
  const { before, name } = plan.candidate;
  const deployment = workloadOf(plan, seen, 'candidate');
  if (!deployment || ownerReleaseOf(deployment) !== plan.release) return [];
  if (!before) {
    const { uid = '' } = deployment.metadata;
    return [
      {
        id: actionId(plan.release, 'delete', name),
        text: `delete deployment ${name}, which this release had created`,
        effect: { kind: 'delete', target: targetOf(deployment), uid },
      },
    ];
  }
  return [
    {
      id: actionId(plan.release, 'put-back', name),
      text: `put deployment ${name} back as it was, ${counted(before.replicas)}`,
      effect: patchOf(deployment, becomingAsBefore(plan, before, deployment)),
    },
  ];
}

export function scale(release: ReleaseId, deployment: Deployment, replicas: number): Action {
  const { name } = deployment.metadata;
  return {
    id: actionId(release, `scale-${replicas}`, name),
    text: `scale deployment ${name} to ${replicas}`,
    effect: patchOf(deployment, [{ op: 'add', path: '/spec/replicas', value: replicas }]),
  };
}

function counted(pods: number): string {
  return pods === 1 ? '1 pod' : `${pods} pods`;
}
