/** PersistentVolumeClaims made from the volumeClaimTemplates of a run; they go when the run goes. */
import { ApiFailure } from '../../api/failure.ts';
import { persistentVolumeClaims } from '../../collection.ts';
import { controllerRef } from '../../controllers/owners.ts';
import type { World } from '../../world.ts';
import type { PipelineRun, TaskRun } from '../model/runs.ts';
import { claimName } from './claim-name.ts';

export function createClaims(world: World, run: PipelineRun | TaskRun): void {
  const { namespace = '', uid } = run.metadata;
  for (const binding of run.spec.workspaces ?? []) {
    const { volumeClaimTemplate: template } = binding;
    if (!template) continue;
    const { labels, annotations } = template.metadata ?? {};
    const name = claimName(binding, uid);
    if (persistentVolumeClaims(world).get(namespace, name)) continue;
    persistentVolumeClaims(world).create({
      metadata: {
        name,
        namespace,
        ownerReferences: [controllerRef(run)],
        ...(labels && { labels }),
        ...(annotations && { annotations }),
      },
      spec: template.spec,
    });
  }
}

/** Why a claim could not be made; anything but the API's refusal is a bug. */
export function claimsFault(world: World, run: PipelineRun | TaskRun): string | undefined {
  try {
    createClaims(world, run);
    return undefined;
  } catch (failure) {
    if (failure instanceof ApiFailure) return failure.message;
    throw failure;
  }
}
