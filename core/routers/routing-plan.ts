/** How the service's traffic is routed as it stands, for the plan; or why a release cannot move it. */

import type { PlanInput } from '../cluster/plan-input.ts';
import { gatewayRouting } from './gateway-api/plan.ts';
import { istioRouting } from './istio/plan.ts';
import type { Routing, Selectors } from './routing.ts';

export function routingFor(input: PlanInput, selectors: Selectors): Routing | string {
  switch (input.settings.traffic.router) {
    case 'service':
      return { router: 'service' };
    case 'istio':
      return istioRouting(input, selectors);
    case 'gateway-api':
      return gatewayRouting(input);
  }
}
