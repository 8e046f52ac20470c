/** The annotation that says which release changed a Deployment last. */
import type { Deployment } from '../kubernetes/objects.ts';
import type { PatchOperation } from './action.ts';

export const RELEASE_MARK = 'release.zero-downtime.dev/release';

const MARK_PATH = `/metadata/annotations/${RELEASE_MARK.replaceAll('/', '~1')}`;

export function markOf(deployment: Deployment): string | undefined {
  return deployment.metadata.annotations?.[RELEASE_MARK];
}

/** Sets the mark, or takes it away where there was none before. */
export function marking(deployment: Deployment, mark: string | undefined): PatchOperation[] {
  if (markOf(deployment) === mark) return [];
  if (mark === undefined) return [{ op: 'remove', path: MARK_PATH }];
  const annotations: PatchOperation[] = deployment.metadata.annotations
    ? []
    : [{ op: 'add', path: '/metadata/annotations', value: {} }];
  return [...annotations, { op: 'add', path: MARK_PATH, value: mark }];
}
