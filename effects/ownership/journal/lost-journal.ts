/** Sees to a release whose journal is gone: what it has left is never called unchanged. */

import { recordOf } from '../../../core/journal/journal.ts';
import { type Traces, tracesOf } from '../../../core/journal/traces.ts';
import type { Service } from '../../../core/kubernetes/network-objects.ts';
import type { Deployment, StatefulSet } from '../../../core/kubernetes/workload-objects.ts';
import type { Kube } from '../../kube/client.ts';
import type { ReleaseSubject } from '../lease/lease.ts';
import type { OwnedRelease } from '../owned-release.ts';

/** What the cluster shows of a release, whatever is in the journal. */
export async function findTraces(
  kube: Kube,
  { release, service, namespace }: ReleaseSubject,
): Promise<Traces> {
  const [found, { items: deployments }, { items: statefulSets }] = await Promise.all([
    kube.get<Service>({ apiVersion: 'v1', kind: 'Service', namespace, name: service }),
    kube.list<Deployment>({ kind: 'apps/v1/Deployment', namespace }),
    kube.list<StatefulSet>({ kind: 'apps/v1/StatefulSet', namespace }),
  ]);
  return tracesOf(release, found, [...deployments, ...statefulSets]);
}

/**
 * Sends traffic back where that is safe; what it says is why the release has failed, or undefined where
 * it has left nothing, or its journal tells of it after all. The Lease is held.
 */
export async function finishLostRelease(
  owned: OwnedRelease,
  subject: ReleaseSubject,
): Promise<string | undefined> {
  const { kube, lease, journal, log } = owned;
  const { current } = journal.journal();
  if (recordOf(journal.journal(), subject.release)) return undefined;
  if (current?.plan.release === subject.release) return undefined;
  const traces = await findTraces(kube, subject);
  switch (traces.kind) {
    case 'none':
      return undefined;
    case 'left':
      return traces.why;
    case 'turn': {
      const { effect, text } = traces.action;
      if (effect.kind !== 'patch') return traces.why;
      await lease.ensureHeld(journal.assertUnchanged);
      log.event({ event: 'action', action: text });
      const written = await kube.patch(effect.target, effect.operations);
      return written.kind === 'done'
        ? `${traces.why}: traffic was sent back to what it has not marked; the rest is for a person to take away`
        : `${traces.why}: somebody else has just changed the Service (${written.why})`;
    }
  }
}
