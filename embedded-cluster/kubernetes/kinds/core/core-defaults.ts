/** What the API fills into namespaces, nodes and claims. */
import type { DraftObject } from '../../store/object.ts';
import { filled, withSpec } from '../fields.ts';

export function namespaceDefaults(draft: DraftObject): DraftObject {
  const { name } = draft.metadata;
  const labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': name ?? '' };
  return {
    ...draft,
    metadata: { ...draft.metadata, labels },
    spec: draft.spec ?? { finalizers: ['kubernetes'] },
    status: draft.status ?? { phase: 'Active' },
  };
}

export function nodeDefaults(draft: DraftObject): DraftObject {
  return filled(draft, { spec: {}, status: {} });
}

export function claimDefaults(draft: DraftObject): DraftObject {
  const claim = withSpec(draft, (spec) => filled(spec, { volumeMode: 'Filesystem' }));
  return { ...claim, status: draft.status ?? { phase: 'Pending' } };
}
