/**
 * Whether what a journal says is this service's own. Anyone who may edit ConfigMaps could name other
 * namespaces, services and workloads in it, and a stage has rights that they have not: so a plan is acted
 * on only as far as the cluster itself shows that it is about these objects.
 */

import type { ClusterView } from '../cluster/observation.ts';
import type { Plan } from '../plan/plan.ts';
import { makerOf } from '../plan/registry.ts';
import type { Journal } from './journal.ts';

/** Why the journal is another service's; undefined where it is this one's. */
export function strangeJournal(
  { current }: Journal,
  namespace: string | undefined,
  service: string,
): string | undefined {
  if (!current) return undefined;
  const { plan } = current;
  if (plan.service === service && (namespace === undefined || plan.namespace === namespace)) {
    return undefined;
  }
  const what = plan.service === service ? 'namespace' : 'service';
  return `it is about another ${what} than its name says: somebody has edited it`;
}

/**
 * The workload in a plan that is not the release's, and why. A workload is, if this release has marked
 * it, or if its pods are those that the Service is about.
 */
export function stranger(plan: Plan, view: ClusterView): string | undefined {
  return makerOf(plan).strange(plan, view);
}
