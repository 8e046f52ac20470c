/** Which pods a Service reaches. */
import type { Kind } from '../api/kind.ts';
import { endpointSliceDefaults } from './plain.ts';

export const ENDPOINT_SLICES: Kind = {
  group: 'discovery.k8s.io',
  versions: ['v1'],
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  singular: 'endpointslice',
  scope: 'Namespaced',
  generation: 'counted',
  defaults: endpointSliceDefaults,
};
