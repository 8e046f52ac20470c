/** Is the workload somebody's? What keeps it as it wants it puts back whatever a release writes. */

import type { Subject } from '../cluster/subject.ts';
import { workloadText } from '../kubernetes/workload.ts';
import type { Finding } from './finding.ts';

export function checkOwner({ deployment }: Pick<Subject, 'deployment'>): Finding[] {
  const owner = deployment.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (!owner) return [];
  return [
    {
      check: 'owned-by-controller',
      severity: 'refuse',
      message: `${workloadText(deployment)} is kept by ${owner.kind} ${owner.name}, its controller, which may put back what a release writes`,
      advice: `let the operator of ${owner.kind} release it, or set this check aside (preflight.ignore) if it leaves images, replicas and labels alone`,
    },
  ];
}
