/** What a StatefulSet is put back to after a release. */

import { isTooLarge } from '../../cluster/workload/template-size.ts';
import type { StatefulSet } from '../../kubernetes/workload-objects.ts';
import type { StatefulSetSnapshot } from '../plan.ts';

/** The API's default of updateStrategy. */
const DEFAULT_UPDATE = { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } as const;

/** A text says why it cannot be released. */
export function statefulSetSnapshot({ metadata, spec }: StatefulSet): StatefulSetSnapshot | string {
  const { updateStrategy = DEFAULT_UPDATE } = spec;
  const { partition = 0 } = updateStrategy.rollingUpdate ?? {};
  // No ReplicaSet keeps it: the way back leads to what the journal says.
  if (isTooLarge(spec.template)) {
    return `the pod template of StatefulSet ${metadata.name} is larger than 60 kB, and the release's journal, which the way back needs, has no room for it: move what is large in it (environment, annotations) to a ConfigMap`;
  }
  if (partition === 0) return { updateStrategy };
  return `StatefulSet ${metadata.name} has a partition of its own (${partition}), and pods of two revisions: finish that update first, down to partition 0`;
}
