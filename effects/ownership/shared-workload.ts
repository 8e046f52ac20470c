/**
 * Two Services of one workload are not released at once. Each release holds the Lease of its own
 * Service by the time it asks here, so of two that begin together at least one sees the other's.
 */

import type { Settings } from '../../core/config/settings.ts';
import { readJournal } from '../../core/journal/read-journal.ts';
import { releaseSharing } from '../../core/journal/shared-workload.ts';
import { selectorText } from '../../core/kubernetes/labels.ts';
import type { ConfigMap } from '../../core/kubernetes/objects.ts';
import { sharingServices } from '../../core/plan/two-sided/further-services.ts';
import { MANAGED_BY } from '../../core/routers/service/router.ts';
import { StageFailure } from '../base/failure.ts';
import type { StageContext } from '../context/stage-context.ts';
import type { PlanInputs } from '../inputs/plan-inputs.ts';
import type { ReleaseSubject } from './lease/lease.ts';
import { refuseIfLeased } from './lease/lease-guard.ts';

/** Throws with exit code 4 where the pods are another release's, which came by way of another Service. */
export async function refuseIfShared(
  { kube, clock }: Pick<StageContext, 'kube' | 'clock'>,
  { release, service, namespace }: ReleaseSubject,
  inputs: PlanInputs,
  settings: Settings,
): Promise<void> {
  const workload = inputs.subject.deployment.metadata.name;
  for (const { metadata } of sharingServices({ ...inputs, settings })) {
    await refuseIfLeased(kube, clock, namespace, metadata.name, release);
  }
  const labelSelector = selectorText(MANAGED_BY);
  const journals = await kube.list<ConfigMap>({ kind: 'v1/ConfigMap', namespace, labelSelector });
  for (const { data } of journals.items) {
    const journal = readJournal(data);
    // One that cannot be read is told of by the process that goes on with its release.
    const other =
      typeof journal === 'string' ? undefined : releaseSharing(journal, service, workload);
    if (!other) continue;
    throw new StageFailure(
      4,
      `release ${other.release} of service ${other.service} in namespace ${namespace} is not finished, and it is about the pods of service ${service} too`,
      `wait for it to end, or conclude it; nothing was changed`,
    );
  }
}
