/** Leases: who may act. */
import type { FailureCause } from '../../definitions/failure.ts';
import { invalid, when } from '../../definitions/field-faults.ts';
import type { Kind } from '../../definitions/kind.ts';
import type { KubeObject } from '../../store/object.ts';
import { specOf } from '../fields.ts';

export const LEASES: Kind = {
  group: 'coordination.k8s.io',
  versions: ['v1'],
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  scope: 'Namespaced',
  faults: leaseFaults,
};

function leaseFaults(lease: KubeObject): FailureCause[] {
  const { leaseDurationSeconds: seconds } = specOf(lease);
  return when(typeof seconds === 'number' && seconds <= 0, () =>
    invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0'),
  );
}
