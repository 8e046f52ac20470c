/** What can be done to resources and subresources, as discovery tells it. */
import type { Kind, Subresource } from '../../definitions/kind.ts';

const STORED_VERBS = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

export function verbsOf(kind: Kind): readonly string[] {
  return kind.storage === 'none' ? ['create'] : STORED_VERBS;
}

interface ServedSubresource {
  readonly verbs: readonly string[];
  /** What it speaks of, where that is not the object itself. */
  readonly type?: { readonly group: string; readonly version: string; readonly kind: string };
}

const READ_AND_WRITE = ['get', 'patch', 'update'];

export const SUBRESOURCES: Readonly<Record<Subresource, ServedSubresource>> = {
  status: { verbs: READ_AND_WRITE },
  scale: { verbs: READ_AND_WRITE, type: { group: 'autoscaling', version: 'v1', kind: 'Scale' } },
  log: { verbs: ['get'] },
  eviction: { verbs: ['create'], type: { group: 'policy', version: 'v1', kind: 'Eviction' } },
  binding: { verbs: ['create'], type: { group: '', version: 'v1', kind: 'Binding' } },
  token: {
    verbs: ['create'],
    type: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  },
  finalize: { verbs: ['update'] },
};
