/** What controllers ask of a pod. */
import { pods } from '../collection.ts';
import type { Pod, PodTemplate } from '../shapes.ts';
import type { KubeObject } from '../store/object.ts';
import type { World } from '../world.ts';
import { conditionOf } from './conditions.ts';
import { controllerRef } from './owners.ts';

export function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

export function isActive(pod: Pod): boolean {
  return !hasEnded(pod) && !pod.metadata.deletionTimestamp;
}

export function isTerminating(pod: Pod): boolean {
  return !hasEnded(pod) && pod.metadata.deletionTimestamp !== undefined;
}

export function isReady({ status }: Pod): boolean {
  return conditionOf(status?.conditions, 'Ready')?.status === 'True';
}

/** Since when the pod has been ready; undefined while it is not. */
export function readySinceMs({ status }: Pod): number | undefined {
  const ready = conditionOf(status?.conditions, 'Ready');
  if (ready?.status !== 'True' || !ready.lastTransitionTime) return undefined;
  return Date.parse(ready.lastTransitionTime);
}

/** When the pod counts as available, given how long it must have been ready. */
export function availableAtMs(pod: Pod, minReadySeconds: number): number | undefined {
  const since = readySinceMs(pod);
  return since === undefined ? undefined : since + minReadySeconds * 1000;
}

export interface PodOverrides {
  readonly name?: string;
  readonly labels?: Record<string, string>;
  readonly finalizers?: string[];
}

/** Makes a pod of the template, under the control of `owner`. */
export function createPodOf(
  world: World,
  owner: KubeObject,
  template: PodTemplate,
  { name, labels, finalizers = [] }: PodOverrides = {},
): Pod {
  const { namespace } = owner.metadata;
  const { annotations, finalizers: templated = [] } = template.metadata ?? {};
  const allFinalizers = [...templated, ...finalizers];
  return pods(world).create({
    metadata: {
      ...(name === undefined ? { generateName: `${owner.metadata.name}-` } : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...template.metadata?.labels, ...labels },
      ...(annotations ? { annotations } : {}),
      ...(allFinalizers.length > 0 ? { finalizers: allFinalizers } : {}),
      ownerReferences: [controllerRef(owner)],
    },
    spec: template.spec,
  });
}
