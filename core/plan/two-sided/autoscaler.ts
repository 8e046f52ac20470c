/**
 * An autoscaler beside a release. It must not take pods from a side that is still needed, and it must
 * scale the side that serves: so it has a floor while a rollback is possible, and its target moves
 * with the traffic.
 */

import type { Target } from '../../cluster/action.ts';
import type { ClusterView } from '../../cluster/observation.ts';
import type { PlanInput } from '../../cluster/plan-input.ts';
import { scaledByName } from '../../cluster/scaled-by-name.ts';
import { named } from '../../kubernetes/by-name.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';
import type { AutoscalerSnapshot, TwoSidedPlan } from '../plan.ts';

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

export function autoscalerIn(
  { autoscaler }: Pick<TwoSidedPlan, 'autoscaler'>,
  seen: Pick<ClusterView, 'others'>,
): Autoscaler | undefined {
  return autoscaler && named(seen.others, KIND, autoscaler.name);
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

/** Its owner puts back what a release would have to change: its target, and its least. */
function ownedText({ metadata, spec }: Autoscaler): string | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (!owner) return undefined;
  const { name } = spec.scaleTargetRef;
  return `autoscaler ${metadata.name} is kept by ${owner.kind} ${owner.name}, which would put its target back to deployment ${name} and leave what serves after the release unscaled: release with strategy rolling, which keeps that Deployment, or take the ${owner.kind} away and let the release move a HorizontalPodAutoscaler of your own`;
}

function isAutoscaler(object: KubernetesObject): object is Autoscaler {
  return object.kind === KIND;
}
