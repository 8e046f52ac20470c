/** Leases: who may act. */
import type { Kind } from '../api/kind.ts';
import { leaseFaults } from './plain.ts';

export const LEASES: Kind = {
  group: 'coordination.k8s.io',
  versions: ['v1'],
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  scope: 'Namespaced',
  faults: leaseFaults,
};
