/** What blue-green does to its two Deployments and the preview Service. */
import { shortImage } from '../image.ts';
import { selects } from '../kubernetes/labels.ts';
import type { Deployment, Pod } from '../kubernetes/objects.ts';
import {
  type Action,
  actionId,
  type PatchOperation,
  patchOf,
  targetOf,
} from '../release/action.ts';
import type { Sides } from '../release/confirmation.ts';
import { marking, markOf, RELEASE_MARK } from '../release/mark.ts';
import type { ClusterView, Observation } from '../release/observation.ts';
import type { BlueGreenPlan } from '../release/plan.ts';
import { previewOf } from '../routers/service.ts';
import type { ReleaseId, Side } from '../vocabulary.ts';

function workloadName(plan: BlueGreenPlan, side: Side): string {
  return side === 'stable' ? plan.stable.name : plan.candidate.name;
}

export function workloadOf(plan: BlueGreenPlan, seen: Observation, side: Side) {
  return seen.deployments.get(workloadName(plan, side));
}

export function sidesOf(plan: BlueGreenPlan, seen: ClusterView): Sides {
  const of = (matchLabels: Record<string, string> | undefined): Pod[] =>
    seen.pods.filter((pod) => selects(matchLabels, pod.metadata.labels));
  return {
    stable: of(plan.stable.selector.matchLabels),
    candidate: of(plan.candidate.selector.matchLabels),
  };
}

/** Brings the candidate and its preview into being; nothing where both are there already. */
export function candidateActions(plan: BlueGreenPlan, seen: Observation): Action[] {
  return [...candidateDeployment(plan, seen), ...preview(plan, seen)];
}

/** True once the candidate's Deployment is the one that was planned, at its full size. */
export function isCandidateApplied(plan: BlueGreenPlan, deployment: Deployment): boolean {
  return markOf(deployment) === plan.release && deployment.spec.replicas === plan.stable.replicas;
}

/** Gives the stable its capacity back; a rollback never sends traffic to fewer pods than before. */
export function stableActions(plan: BlueGreenPlan, seen: Observation): Action[] {
  const stable = workloadOf(plan, seen, 'stable');
  if (!stable || (stable.spec.replicas ?? 1) >= plan.stable.replicas) return [];
  return [scale(plan.release, stable, plan.stable.replicas)];
}

/** The drain hook of every pod that has not answered it yet. */
export function drainActions(
  plan: BlueGreenPlan,
  seen: Observation,
  pods: readonly Pod[],
): Action[] {
  const { hook } = plan.settings.drain;
  if (!hook) return [];
  return pods
    .filter((pod) => pod.status?.podIP !== undefined)
    .map((pod): Action => {
      const { name } = pod.metadata;
      const url = `http://${pod.status?.podIP}:${hook.port ?? plan.port}${hook.path}`;
      return {
        id: actionId(plan.release, 'drain', name),
        text: `ask pod ${name} to let go of its connections`,
        effect: { kind: 'call', pod: name, method: hook.method, url },
      };
    })
    .filter((action) => !seen.called.has(action.id));
}

/** Takes the losing side away: the stable is scaled to zero, the candidate is put back as it was. */
export function retireActions(plan: BlueGreenPlan, seen: Observation, side: Side): Action[] {
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

function candidateDeployment(plan: BlueGreenPlan, seen: Observation): Action[] {
  const { candidate, release, stable } = plan;
  const existing = seen.deployments.get(candidate.name);
  if (existing) {
    if (isCandidateApplied(plan, existing)) return [];
    const operations: PatchOperation[] = [
      ...marking(existing, release),
      { op: 'replace', path: '/spec/template', value: candidate.template },
      { op: 'add', path: '/spec/replicas', value: stable.replicas },
    ];
    return [
      {
        id: actionId(release, 'update', candidate.name),
        text: `update deployment ${candidate.name} to ${shortImage(plan.image.reference)}, ${stable.replicas} pods`,
        effect: patchOf(existing, operations),
      },
    ];
  }
  const object: Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: candidate.name,
      namespace: plan.namespace,
      labels: { ...candidate.labels },
      annotations: { [RELEASE_MARK]: release },
    },
    spec: {
      replicas: stable.replicas,
      selector: candidate.selector,
      template: candidate.template,
      ...(stable.strategy ? { strategy: stable.strategy } : {}),
    },
  };
  return [
    {
      id: actionId(release, 'create', candidate.name),
      text: `create deployment ${candidate.name} with ${shortImage(plan.image.reference)}, ${stable.replicas} pods`,
      effect: { kind: 'create', object },
    },
  ];
}

function preview(plan: BlueGreenPlan, seen: Observation): Action[] {
  if (!seen.service || seen.previewService) return [];
  const object = previewOf(seen.service, plan.previewService, plan.selectors.candidate);
  return [
    {
      id: actionId(plan.release, 'create-preview', plan.previewService),
      text: `create service ${plan.previewService} for trying the candidate`,
      effect: { kind: 'create', object },
    },
  ];
}

function retiredStable(plan: BlueGreenPlan, seen: Observation): Action[] {
  const stable = workloadOf(plan, seen, 'stable');
  return stable && stable.spec.replicas !== 0 ? [scale(plan.release, stable, 0)] : [];
}

function candidateAsBefore(plan: BlueGreenPlan, seen: Observation): Action[] {
  const { before, name } = plan.candidate;
  const deployment = workloadOf(plan, seen, 'candidate');
  if (!deployment || markOf(deployment) !== plan.release) return [];
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
  const operations: PatchOperation[] = [
    ...marking(deployment, before.mark),
    { op: 'replace', path: '/spec/template', value: before.template },
    { op: 'add', path: '/spec/replicas', value: before.replicas },
  ];
  return [
    {
      id: actionId(plan.release, 'put-back', name),
      text: `put deployment ${name} back as it was, ${before.replicas} pods`,
      effect: patchOf(deployment, operations),
    },
  ];
}

function scale(release: ReleaseId, deployment: Deployment, replicas: number): Action {
  const { name } = deployment.metadata;
  return {
    id: actionId(release, `scale-${replicas}`, name),
    text: `scale deployment ${name} to ${replicas}`,
    effect: patchOf(deployment, [{ op: 'add', path: '/spec/replicas', value: replicas }]),
  };
}
