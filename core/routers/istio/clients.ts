/** Whose requests a release does not move by weight, where Istio routes them. */
import { type ByName, named } from '../../kubernetes/by-name.ts';
import { followLater, type RouteWarning } from '../warnings.ts';
import type { IstioRouted, VirtualService } from './entries.ts';
import type { IstioRouting } from './routing.ts';

export function istioWarnings(routed: IstioRouted, others: ByName): RouteWarning[] {
  return [
    ...followLater(routed.service, entriesThatFollow(routed.routing)),
    ...meshClients(routed, others),
  ];
}

function entriesThatFollow({ routes }: IstioRouting): string[] {
  return routes.flatMap(({ name, rules }) =>
    rules.flatMap((rule) =>
      rule.follows ? [`http route ${rule.name ?? rule.index} of VirtualService ${name}`] : [],
    ),
  );
}

/** Where no VirtualService decides, the mesh spreads requests over both sides, tried or not. */
function meshClients({ service, routing }: IstioRouted, others: ByName): RouteWarning[] {
  const { routes, hosts } = routing;
  const decides = routes.some((route) => {
    const spec = named<VirtualService>(others, 'VirtualService', route.name)?.spec;
    // Of a delegate only its root knows.
    if (!spec?.hosts?.length) return true;
    const inMesh = !spec.gateways?.length || spec.gateways.includes('mesh');
    return inMesh && spec.hosts.some((host) => hosts.includes(host) || host.startsWith('*'));
  });
  if (decides) return [];
  return [
    {
      check: 'mesh-clients',
      message: `no VirtualService decides for clients inside the mesh that call service ${service} itself: while both sides run they reach the pods of both, before the candidate has been tried`,
      advice: `add gateway mesh and host ${service} to the VirtualService, or release such a service with router service`,
    },
  ];
}
