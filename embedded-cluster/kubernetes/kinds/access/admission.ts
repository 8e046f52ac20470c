/** Rules of a cluster about what may be written, in CEL. */
import type { Kind } from '../../definitions/kind.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import { filled, specOf } from '../fields.ts';

const GROUP = {
  group: 'admissionregistration.k8s.io',
  versions: ['v1'],
  scope: 'Cluster',
} as const;

export const VALIDATING_ADMISSION_POLICIES: Kind = {
  ...GROUP,
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  singular: 'validatingadmissionpolicy',
  subresources: ['status'],
  generation: 'counted',
  defaults: (draft) => withSpec(draft, { failurePolicy: 'Fail' }),
};

export const VALIDATING_ADMISSION_POLICY_BINDINGS: Kind = {
  ...GROUP,
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  singular: 'validatingadmissionpolicybinding',
};

function withSpec(draft: DraftObject, defaults: object): DraftObject {
  return { ...draft, spec: filled(specOf(draft as KubeObject), { ...defaults }) };
}
