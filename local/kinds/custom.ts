/** Definitions of further kinds. */
import type { Kind } from '../api/kind.ts';

export const CUSTOM_RESOURCE_DEFINITIONS: Kind = {
  group: 'apiextensions.k8s.io',
  versions: ['v1'],
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  scope: 'Cluster',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  subresources: ['status'],
  generation: 'counted',
};
