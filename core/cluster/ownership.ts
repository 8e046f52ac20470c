/** The annotation that says which release changed a workload last. */
import type { KubernetesObject } from '../kubernetes/objects.ts';
import type { PatchOperation } from './action.ts';

export const RELEASE_ANNOTATION = 'release.zero-downtime.dev/release';

/** What stands behind the name of a release that takes a workload back, or keeps it from rolling on. */
export const ANNOTATION_ENDINGS = { undone: ' undone', paused: ' paused' } as const;

const MARK_PATH = `/metadata/annotations/${RELEASE_ANNOTATION.replaceAll('/', '~1')}`;

export function ownerReleaseOf(workload: KubernetesObject): string | undefined {
  return workload.metadata.annotations?.[RELEASE_ANNOTATION];
}

/** Sets the mark, or takes it away where there was none before. */
export function ownershipAnnotation(
  workload: KubernetesObject,
  mark: string | undefined,
): PatchOperation[] {
  if (ownerReleaseOf(workload) === mark) return [];
  if (mark === undefined) return [{ op: 'remove', path: MARK_PATH }];
  const annotations: PatchOperation[] = workload.metadata.annotations
    ? []
    : [{ op: 'add', path: '/metadata/annotations', value: {} }];
  return [...annotations, { op: 'add', path: MARK_PATH, value: mark }];
}
