/** PersistentVolumeClaims made from the volumeClaimTemplates of a run; they go when the run goes. */

import { persistentVolumeClaims } from '../../kubernetes/collection.ts';
import { controllerRef } from '../../kubernetes/controllers/owners.ts';
import { ApiFailure } from '../../kubernetes/definitions/failure.ts';
import type { World } from '../../kubernetes/world.ts';
import type { PipelineRun, TaskRun, WorkspaceBinding } from '../model/runs.ts';
import { claimName } from './claim-name.ts';

/** Makes those that are not there yet. Returns why the API will not have them, if it will not. */
export function createClaims(world: World, run: PipelineRun | TaskRun): string | undefined {
  try {
    for (const binding of run.spec.workspaces ?? []) createClaim(world, run, binding);
    return undefined;
  } catch (failure) {
    if (failure instanceof ApiFailure) return failure.message;
    throw failure;
  }
}

function createClaim(world: World, run: PipelineRun | TaskRun, binding: WorkspaceBinding): void {
  const { volumeClaimTemplate: template } = binding;
  const { namespace = '', uid } = run.metadata;
  const name = claimName(binding, uid);
  if (!template || persistentVolumeClaims(world).get(namespace, name)) return;
  const { labels, annotations } = template.metadata ?? {};
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
