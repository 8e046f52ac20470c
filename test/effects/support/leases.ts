/** Leases of the service as a test needs them. */
import { releaseId } from '../../../core/base/vocabulary.ts';
import type { Lease } from '../../../core/kubernetes/objects.ts';
import { APP } from '../../core/support/objects.ts';
import { START_MS } from './world.ts';

export const LEASE = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' } as const;
export const LEASE_NAME = `${APP}-release`;

/** `first` and its service; others of the same service differ in their release. */
export const SUBJECT = { release: releaseId('first'), service: APP, namespace: 'default' };

interface Held {
  readonly renewedMsAgo?: number;
  readonly seconds?: number;
}

/** Held by `<release>/<process>`, since the beginning of the test if nothing else is said. */
export function leaseOf(
  holderIdentity: string,
  { renewedMsAgo = 0, seconds = 15 }: Held = {},
): Lease {
  const renewTime = new Date(START_MS - renewedMsAgo).toISOString().replace('Z', '000Z');
  return {
    ...LEASE,
    metadata: {
      name: LEASE_NAME,
      namespace: 'default',
      labels: { 'app.kubernetes.io/managed-by': 'zero-downtime-deployment' },
    },
    spec: { holderIdentity, leaseDurationSeconds: seconds, renewTime, leaseTransitions: 1 },
  };
}
