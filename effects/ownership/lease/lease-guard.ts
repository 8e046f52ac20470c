/** Another release under way is found before anything is begun. */

import type { Instant, ReleaseId } from '../../../core/base/vocabulary.ts';
import { claimOf, type Held, heldText, leaseName } from '../../../core/journal/lease.ts';
import type { Lease } from '../../../core/kubernetes/objects.ts';
import type { Clock } from '../../base/clock.ts';
import { StageFailure } from '../../base/failure.ts';
import type { Kube } from '../../kube/client.ts';

/** Throws with exit code 4 where another release holds the service. */
export async function refuseIfLeased(
  kube: Kube,
  clock: Clock,
  namespace: string,
  service: string,
  release: ReleaseId,
): Promise<void> {
  const lease = await kube.get<Lease>({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    namespace,
    name: leaseName(service),
  });
  const claim = claimOf(lease, { release, process: '' }, clock.now());
  if (claim.kind === 'other-release') throw heldBy(claim, service, namespace, clock.now());
}

export function heldBy(held: Held, service: string, namespace: string, now: Instant): StageFailure {
  return new StageFailure(
    4,
    `release ${held.release} holds service ${service} in namespace ${namespace}: ${heldText(held, now)}`,
    `wait for it to end, or cancel its PipelineRun; nothing was changed. Who holds it: kubectl get lease ${leaseName(service)} -n ${namespace}`,
  );
}
