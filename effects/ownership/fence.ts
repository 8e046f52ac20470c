/**
 * A process that was killed may have sent a write that has not arrived yet. Every write names the
 * version of the object that it was decided on; so a process that takes over changes each object once, and
 * such a write is refused whenever it arrives. (Kubernetes gives an object a new version only if
 * something in it changes: hence an annotation that comes and goes.)
 */

import { type PatchOperation, patchOf, type Target } from '../../core/cluster/action.ts';
import type { KubernetesObject } from '../../core/kubernetes/objects.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { scopeOf } from '../../core/plan/scope.ts';
import type { Kube } from '../kube/client.ts';

const FENCE = 'release.zero-downtime.dev/fence';
const FENCE_PATH = `/metadata/annotations/${FENCE.replace('/', '~1')}`;

/** Resolves once no write of an earlier process can change what the plan is about. */
export async function fence(kube: Kube, plan: Plan): Promise<void> {
  await Promise.all(targetsOf(plan).map((target) => fenceOne(kube, target)));
}

function targetsOf(plan: Plan): Target[] {
  const { namespace } = plan;
  const { service, furtherServices, deployments, others } = scopeOf(plan);
  return [
    ...[service, ...furtherServices].map((name) => {
      return { apiVersion: 'v1', kind: 'Service', namespace, name };
    }),
    ...deployments.map((name) => ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name })),
    ...others,
  ];
}

async function fenceOne(kube: Kube, target: Target): Promise<void> {
  for (;;) {
    const found = await kube.get<KubernetesObject>(target);
    if (!found) return;
    const raised = isFenced(found) ? found : await write(kube, found, raising(found));
    const lowered = raised && (await write(kube, raised, [{ op: 'remove', path: FENCE_PATH }]));
    // Somebody else has changed it in between, perhaps the very write that is to be kept out.
    if (lowered) return;
  }
}

async function write(
  kube: Kube,
  object: KubernetesObject,
  operations: readonly PatchOperation[],
): Promise<KubernetesObject | undefined> {
  const { target, operations: guarded } = patchOf(object, operations);
  const written = await kube.patch(target, guarded);
  return written.kind === 'done' ? written.object : undefined;
}

function isFenced({ metadata }: KubernetesObject): boolean {
  return metadata.annotations?.[FENCE] !== undefined;
}

function raising({ metadata }: KubernetesObject): PatchOperation[] {
  const annotations: PatchOperation[] = metadata.annotations
    ? []
    : [{ op: 'add', path: '/metadata/annotations', value: {} }];
  return [...annotations, { op: 'add', path: FENCE_PATH, value: 'raised' }];
}
