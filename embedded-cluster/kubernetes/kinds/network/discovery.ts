/** Which pods a Service reaches. */
import type { Kind } from '../../definitions/kind.ts';
import type { DraftObject } from '../../store/object.ts';
import { changedItems, filled } from '../fields.ts';

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

function endpointSliceDefaults(draft: DraftObject): DraftObject {
  return changedItems(draft, 'ports', (port) => filled(port, { name: '', protocol: 'TCP' }));
}
