/** Services and what they reach. */

import { selectorText } from '../../../definitions/selectors.ts';
import type { EndpointSlice, Service } from '../../../shapes.ts';
import { columns, listed, text, wide } from './table.ts';

const SHOWN_ENDPOINTS = 3;

export const SERVICE_COLUMNS = columns<Service>(
  text('Type', ({ spec }) => spec.type ?? 'ClusterIP'),
  text('Cluster-IP', ({ spec }) => spec.clusterIP || '<none>'),
  text('External-IP', externalAddress),
  text('Port(s)', ({ spec }) =>
    listed(
      spec.ports?.map(
        ({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`,
      ),
    ),
  ),
  wide(
    text('Selector', ({ spec }) => selectorText({ matchLabels: spec.selector ?? {} }) || '<none>'),
  ),
);

function externalAddress({ spec, status }: Service): string {
  if (spec.type === 'ExternalName') return spec.externalName ?? '<none>';
  if (spec.type !== 'LoadBalancer') return listed(spec.externalIPs);
  const ingress = status?.loadBalancer?.ingress?.map(({ ip, hostname }) => ip ?? hostname);
  return ingress?.length ? listed(ingress) : '<pending>';
}

export const ENDPOINT_SLICE_COLUMNS = columns<EndpointSlice>(
  text('AddressType', ({ addressType }) => addressType),
  text('Ports', ({ ports }) =>
    ports?.length
      ? ports.map(({ port }) => (port === undefined ? '*' : `${port}`)).join(',')
      : '<unset>',
  ),
  text('Endpoints', ({ endpoints }) => {
    const addresses = (endpoints ?? []).flatMap((endpoint) => endpoint.addresses);
    if (addresses.length === 0) return '<unset>';
    const shown = addresses.slice(0, SHOWN_ENDPOINTS).join(',');
    const more = addresses.length - SHOWN_ENDPOINTS;
    return more > 0 ? `${shown} + ${more} more...` : shown;
  }),
);
