/** The Lease of a service as the API keeps it: where it is, and how it is written. */

import type { Instant, ReleaseId } from '../../../core/base/vocabulary.ts';
import { handedOver, leaseName } from '../../../core/journal/lease.ts';
import type { Lease } from '../../../core/kubernetes/objects.ts';
import { MANAGED_BY } from '../../../core/routers/service/router.ts';
import type { Kube } from '../../kube/client.ts';

export interface LeaseTarget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export function leaseTarget(namespace: string, service: string): LeaseTarget {
  const name = leaseName(service);
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace, name };
}

/** Whose it is to be, and for how long no one else gets it who sees no sign of life. */
export interface Holding {
  readonly holder: string;
  readonly durationMs: number;
  readonly at: Instant;
}

/** Undefined where somebody else was faster. */
export async function writeLease(
  kube: Kube,
  target: LeaseTarget,
  previous: Lease | undefined,
  holding: Holding,
): Promise<Lease | undefined> {
  const lease = leaseFor(target, previous, holding);
  const written = previous ? await kube.replace(lease) : await kube.create(lease);
  return written.kind === 'done' ? (written.object as Lease) : undefined; // a write answers with it
}

/** Whether a process of this release that is gone has left its Lease behind. */
export async function isLeftHeld(
  kube: Kube,
  namespace: string,
  service: string,
  release: ReleaseId,
): Promise<boolean> {
  const lease = await kube.get<Lease>(leaseTarget(namespace, service));
  return lease?.spec?.holderIdentity?.startsWith(handedOver(release)) ?? false;
}

function leaseFor(
  { apiVersion, kind, namespace, name }: LeaseTarget,
  previous: Lease | undefined,
  { holder, durationMs, at }: Holding,
): Lease {
  const time = new Date(at).toISOString().replace('Z', '000Z');
  const { spec } = previous ?? {};
  const same = spec?.holderIdentity === holder;
  return {
    apiVersion,
    kind,
    metadata: previous?.metadata ?? { name, namespace, labels: { ...MANAGED_BY } },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: Math.ceil(durationMs / 1000),
      renewTime: time,
      acquireTime: same ? (spec?.acquireTime ?? time) : time,
      leaseTransitions: (spec?.leaseTransitions ?? 0) + (same ? 0 : 1),
    },
  };
}
