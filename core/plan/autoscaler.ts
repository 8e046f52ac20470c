/**
 * An autoscaler beside a release. It must not take pods from a side that is still needed, and it must
 * scale the side that serves: so it has a floor while a rollback is possible, and its target moves
 * with the traffic.
 */

import {
  type Action,
  actionId,
  type PatchOperation,
  patchOf,
  type Target,
} from '../cluster/action.ts';
import type { ClusterView, Observation } from '../cluster/observation.ts';
import type { PlanInput } from '../cluster/plan-input.ts';
import { scaledByName } from '../cluster/scaled-by-name.ts';
import { named } from '../kubernetes/by-name.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import type { TwoSidedState } from '../state/state.ts';
import type { AutoscalerSnapshot, TwoSidedPlan } from './plan.ts';

export interface Autoscaler extends KubernetesObject {
  spec: {
    scaleTargetRef: { apiVersion?: string; kind: string; name: string };
    minReplicas?: number;
    maxReplicas: number;
  };
}

const API_VERSION = 'autoscaling/v2';
const KIND = 'HorizontalPodAutoscaler';

export function autoscalerTarget(namespace: string, { name }: AutoscalerSnapshot): Target {
  return { apiVersion: API_VERSION, kind: KIND, namespace, name };
}

/** The autoscaler of the stable, if it has one; or why no release can move it to the candidate. */
export function autoscalerFor({
  subject,
  others,
}: PlanInput): AutoscalerSnapshot | string | undefined {
  const byName = scaledByName(others.values(), subject.deployment.metadata.name);
  if (byName) return byName;
  for (const object of others.values()) {
    if (!isAutoscaler(object)) continue;
    const { scaleTargetRef, minReplicas } = object.spec;
    const { kind, name } = scaleTargetRef;
    if (kind === 'Deployment' && name === subject.deployment.metadata.name) {
      return ownedText(object) ?? { name: object.metadata.name, minReplicas };
    }
  }
  return undefined;
}

/** Whoever made it puts back what a release would have to change: its target, and its least. */
function ownedText({ metadata, spec }: Autoscaler): string | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (!owner) return undefined;
  const { name } = spec.scaleTargetRef;
  return `autoscaler ${metadata.name} is kept by ${owner.kind} ${owner.name}, which would put its target back to deployment ${name} and leave what serves after the release unscaled: release with strategy rolling, which keeps that Deployment, or take the ${owner.kind} away and let the release move a HorizontalPodAutoscaler of your own`;
}

/** More pods than this the autoscaler lets neither side have: to ask for them is a tug of war. */
export function mostPods(plan: TwoSidedPlan, seen: ClusterView): number {
  return autoscalerIn(plan, seen)?.spec.maxReplicas ?? Number.POSITIVE_INFINITY;
}

/** What brings the autoscaler to where it belongs at this point of the release. */
export function autoscalerActions(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): Action[] {
  if (!plan.autoscaler || state.phase === 'done' || state.scalingLeft === true) return [];
  const { name, minReplicas: own } = plan.autoscaler;
  const object = autoscalerIn(plan, seen);
  if (!object) return [];
  const target = scaledSide(plan, state) === 'stable' ? plan.stable.name : plan.candidate.name;
  const floored = state.phase === 'tidying' ? own : Math.max(own ?? 1, plan.floor);
  const { scaleTargetRef, minReplicas, maxReplicas } = object.spec;
  const operations: PatchOperation[] = [];
  if (scaleTargetRef.name !== target) {
    operations.push({ op: 'replace', path: '/spec/scaleTargetRef/name', value: target });
  }
  // More than the autoscaler's own most it refuses; less than that is its owner's decision.
  const floor = floored === undefined ? undefined : Math.min(floored, maxReplicas);
  if (minReplicas !== floor) {
    operations.push(
      floor === undefined
        ? { op: 'remove', path: '/spec/minReplicas' }
        : { op: 'add', path: '/spec/minReplicas', value: floor },
    );
  }
  if (operations.length === 0) return [];
  return [
    {
      id: actionId(plan.release, `autoscale-${target}-${floor ?? 'own'}`, name),
      text: `let autoscaler ${name} scale ${target}, at least ${floor ?? 1} pods`,
      effect: patchOf(object, operations),
    },
  ];
}

/** The side that has all traffic, or had it last. */
function scaledSide(plan: TwoSidedPlan, { direction, phase, step }: TwoSidedState) {
  if (direction === 'back') return 'stable';
  const watched = phase === 'monitoring' && step === plan.steps.length - 1;
  const after = ['holding', 'landing', 'draining', 'retiring', 'tidying'].includes(phase);
  return watched || after ? 'candidate' : 'stable';
}

export function autoscalerIn(
  { autoscaler }: TwoSidedPlan,
  seen: ClusterView,
): Autoscaler | undefined {
  return autoscaler && named(seen.others, KIND, autoscaler.name);
}

function isAutoscaler(object: KubernetesObject): object is Autoscaler {
  return object.kind === KIND;
}
