/** Network policies: stored only, nothing enforces them here. */
import type { Kind } from '../api/kind.ts';
import { policyDefaults } from './plain.ts';

export const NETWORK_POLICIES: Kind = {
  group: 'networking.k8s.io',
  versions: ['v1'],
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  singular: 'networkpolicy',
  scope: 'Namespaced',
  shortNames: ['netpol'],
  generation: 'counted',
  defaults: policyDefaults,
};
