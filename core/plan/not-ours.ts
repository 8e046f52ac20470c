/** A workload that a plan names and that is not about the release's pods. */

import type { KubernetesObject } from '../kubernetes/objects.ts';
import type { PlanBase } from './plan.ts';

export function notOurs({ kind, metadata }: KubernetesObject, { service }: PlanBase): string {
  return `${kind} ${metadata.name} has nothing to do with service ${service}: this release has not marked it, and the Service does not reach its pods`;
}
