/** Leases: who may act. */
import type { Kind } from '../api/kind.ts';

export const LEASES: Kind = {
  group: 'coordination.k8s.io',
  versions: ['v1'],
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  scope: 'Namespaced',
};
