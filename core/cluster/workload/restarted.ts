/** Pods that are started although nothing of them has changed: an annotation makes them new ones. */

import type { ReleaseId } from '../../base/vocabulary.ts';
import type { PodTemplate } from '../../kubernetes/objects.ts';

const STARTED_FOR = 'release.zero-downtime.dev/started-for';

export function startedFor(release: ReleaseId, { metadata, spec }: PodTemplate): PodTemplate {
  const annotations = { ...metadata?.annotations, [STARTED_FOR]: release };
  return { metadata: { ...metadata, annotations }, spec };
}
