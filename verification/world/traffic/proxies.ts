/** By which clients find a pod: the proxies of their nodes, or those of a mesh or a gateway. */

import type { SimulatedCluster } from '../../../embedded-cluster/cluster/simulated-cluster.ts';
import type { Running } from '../../../embedded-cluster/kubernetes/world.ts';
import type { Route } from '../../../embedded-cluster/mesh/routing.ts';
import { type Backend, createServiceView } from '../../../embedded-cluster/network/service-view.ts';
import { PAYMENTS } from '../application/run.ts';
import { GATEWAY, GATEWAY_PORT } from '../routes.ts';
import type { Scenario } from '../scenario.ts';
import { NAMESPACE, SERVICE, SERVICE_PORT } from '../service.ts';

/** By which a client's node, or the mesh on it, finds a pod for a request. */
export interface NodeProxy extends Running {
  /** Where it leads that client; undefined where it knows of nobody. */
  route(client: string): Backend | undefined;
}

const PROXIES = 2;

export function proxiesOf(
  { world, mesh }: SimulatedCluster,
  { router, network }: Scenario,
): NodeProxy[] {
  const running = { stop: () => undefined };
  const to = { namespace: NAMESPACE, service: SERVICE, port: SERVICE_PORT };
  const gate = { namespace: NAMESPACE, gateway: GATEWAY, port: GATEWAY_PORT };
  const request = { method: 'POST', path: PAYMENTS, headers: {} };
  const backendOf = (route: Route): Backend | undefined =>
    route.type === 'forward' ? route.backend : undefined;
  switch (router) {
    case 'service':
      return Array.from({ length: PROXIES }, () => {
        const view = createServiceView(world, network);
        return {
          route: (client) => view.route(NAMESPACE, SERVICE, SERVICE_PORT, client),
          stop: view.stop,
        };
      });
    case 'istio':
      return mesh.proxies.map((proxy) => ({
        ...running,
        route: () => backendOf(proxy.routeToService(to, request)),
      }));
    case 'gateway-api':
      return mesh.proxies.map((proxy) => ({
        ...running,
        route: () => backendOf(proxy.routeAtGateway(gate, request)),
      }));
  }
}
