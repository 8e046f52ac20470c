/** How the service's traffic is routed as it stands, for the plan; or why a release cannot move it. */
import type { Routing, Selectors } from '../routers/routing.ts';
import { gatewayRouting } from './gateway-plan.ts';
import { istioRouting } from './istio-plan.ts';
import type { PlanInput } from './plan-input.ts';

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
