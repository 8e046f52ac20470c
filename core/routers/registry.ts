/** Every router by its name. A routing carries its router's name, and so finds its way here. */

import type { RouterName } from '../base/vocabulary.ts';
import { gatewayRouter } from './gateway-api/router.ts';
import { istioRouter } from './istio/router.ts';
import type { Router } from './router.ts';
import { withFurtherServices } from './service/further-services.ts';
import { serviceRouter } from './service/router.ts';

const ROUTERS = {
  service: withFurtherServices(serviceRouter),
  istio: withFurtherServices(istioRouter),
  'gateway-api': withFurtherServices(gatewayRouter),
};

type RoutingOf<T> = T extends Router<infer R> ? R : never;

/** What a plan keeps of how a service's traffic is routed: one of what the routers keep. */
export type Routing = RoutingOf<(typeof ROUTERS)[RouterName]>;

/** A router whose routing is known to be its own only at run time. */
export type AnyRouter = Router<Routing>;

export function routerNamed(name: RouterName): AnyRouter {
  return ROUTERS[name];
}

export function routerOf({ router }: Routing): AnyRouter {
  return routerNamed(router);
}

/** Of a plan out of a journal, which an earlier version may have written. */
export function readRouting(routing: Routing): Routing {
  // What stands in a ConfigMap may name any router.
  const router: AnyRouter | undefined = routerOf(routing);
  return router ? router.read(routing) : routing;
}
