/** Which requests a release of these routes moves otherwise than by weight. */
import { type ByName, named } from '../kubernetes/by-name.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import type { Plan, TwoSidedPlan } from '../plan/plan.ts';
import type { MovedRoute } from '../routers/found-rules.ts';
import { isGatewayRoute, isRefTo } from '../routers/gateway-api/rules.ts';
import type { VirtualService } from '../routers/istio/entries.ts';
import type { IstioRouting } from '../routers/routing.ts';
import type { Finding } from './finding.ts';

/** `others`: every route of the namespace. */
export function checkRoutes(plan: Plan, others: ByName): Finding[] {
  if (plan.strategy === 'rolling') return [];
  const { routing } = plan;
  switch (routing.router) {
    case 'service':
      return [];
    case 'istio':
      return [
        ...following(plan, entriesThatFollow(routing)),
        ...meshClients(plan, routing, others),
      ];
    case 'gateway-api':
      return following(
        plan,
        [...others.values()].flatMap((route) => rulesThatFollow(plan, route)),
      );
  }
}

function following({ service }: TwoSidedPlan, what: readonly string[]): Finding[] {
  if (what.length === 0) return [];
  return [
    {
      check: 'routes-follow',
      severity: 'warn',
      message: `${what.join(', ')} lead to service ${service} too and are not weighted: they follow with the last step`,
      advice:
        'their clients meet the candidate all at once: name these routes and rules in traffic as well, or none',
    },
  ];
}

function entriesThatFollow({ routes }: IstioRouting): string[] {
  return routes.flatMap(({ name, rules }) =>
    rules.flatMap((rule) =>
      rule.follows ? [`http route ${rule.name ?? rule.index} of VirtualService ${name}`] : [],
    ),
  );
}

function rulesThatFollow(plan: TwoSidedPlan, route: KubernetesObject): string[] {
  const { routing, service, namespace } = plan;
  if (routing.router !== 'gateway-api' || !isGatewayRoute(route)) return [];
  const moved = routing.routes.find((each) => isSame(each, route))?.rules ?? [];
  return (route.spec.rules ?? []).flatMap(({ name, backendRefs = [] }, index) => {
    const leads = backendRefs.some((ref) => isRefTo(ref, service, namespace));
    const isMoved = moved.some((rule) => rule.index === index);
    return leads && !isMoved
      ? [`rule ${name ?? index} of ${route.kind} ${route.metadata.name}`]
      : [];
  });
}

function isSame({ kind, name }: MovedRoute, object: KubernetesObject): boolean {
  return kind === object.kind && name === object.metadata.name;
}

/** Where no VirtualService decides, the mesh spreads requests over both sides, tried or not. */
function meshClients(
  { service }: TwoSidedPlan,
  { routes, hosts }: IstioRouting,
  others: ByName,
): Finding[] {
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
      severity: 'warn',
      message: `no VirtualService decides for clients inside the mesh that call service ${service} itself: while both sides run they reach the pods of both, before the candidate has been tried`,
      advice: `add gateway mesh and host ${service} to the VirtualService, or release such a service with router service`,
    },
  ];
}
