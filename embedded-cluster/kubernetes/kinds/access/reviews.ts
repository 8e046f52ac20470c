/** Reviews: asked and answered, never stored. */
import type { Kind } from '../../definitions/kind.ts';

function review(group: string, kind: string, scope: Kind['scope'] = 'Cluster'): Kind {
  const singular = kind.toLowerCase();
  return {
    group,
    versions: ['v1'],
    kind,
    plural: `${singular}s`,
    singular,
    scope,
    storage: 'none',
  };
}

export const REVIEWS: readonly Kind[] = [
  review('authentication.k8s.io', 'SelfSubjectReview'),
  review('authentication.k8s.io', 'TokenReview'),
  review('authorization.k8s.io', 'LocalSubjectAccessReview', 'Namespaced'),
  review('authorization.k8s.io', 'SelfSubjectAccessReview'),
  review('authorization.k8s.io', 'SelfSubjectRulesReview'),
  review('authorization.k8s.io', 'SubjectAccessReview'),
];
