/** Every router by its name. A routing carries its router's name, and so finds its way here. */
import { gatewayRouter } from './gateway-api.ts';
import { istioRouter } from './istio.ts';
import type { Router } from './router.ts';
import type { Routing } from './routing.ts';
import { serviceRouter } from './service.ts';

/** A router whose routing is known to be its own only at run time. */
type AnyRouter = Router<Routing>;

export function routerOf({ router }: Routing): AnyRouter {
  switch (router) {
    case 'service':
      return serviceRouter as AnyRouter; // the routing carries the router's name
    case 'istio':
      return istioRouter as AnyRouter; // as above
    case 'gateway-api':
      return gatewayRouter as AnyRouter; // as above
  }
}
