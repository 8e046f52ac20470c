/** Every router by its name. A routing carries its router's name, and so finds its way here. */

import { gatewayRouter } from './gateway-api/router.ts';
import { istioRouter } from './istio/router.ts';
import type { Router } from './router.ts';
import type { Routing } from './routing.ts';
import { withFurtherServices } from './service/further-services.ts';
import { serviceRouter } from './service/router.ts';

/** A router whose routing is known to be its own only at run time. */
type AnyRouter = Router<Routing>;

const ROUTERS = {
  service: withFurtherServices(serviceRouter as AnyRouter), // the routing carries the router's name
  istio: withFurtherServices(istioRouter as AnyRouter), // as above
  gateway: withFurtherServices(gatewayRouter as AnyRouter), // as above
};

export function routerOf({ router }: Routing): AnyRouter {
  switch (router) {
    case 'service':
      return ROUTERS.service;
    case 'istio':
      return ROUTERS.istio;
    case 'gateway-api':
      return ROUTERS.gateway;
  }
}
