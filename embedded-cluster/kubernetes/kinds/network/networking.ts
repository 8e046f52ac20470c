/** Network policies: stored only, nothing enforces them here. */
import type { Kind } from '../../definitions/kind.ts';
import type { DraftObject } from '../../store/object.ts';
import { filled, withSpec } from '../fields.ts';

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

function policyDefaults(draft: DraftObject): DraftObject {
  return withSpec(draft, (spec) =>
    filled(spec, { policyTypes: spec.egress ? ['Ingress', 'Egress'] : ['Ingress'] }),
  );
}
