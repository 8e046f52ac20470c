/** How the service's traffic is routed as it stands, for the plan; or why a release cannot move it. */
import { named } from '../kubernetes/by-name.ts';
import type { HttpRoute } from '../routers/gateway-api.ts';
import type { VirtualService } from '../routers/istio-entries.ts';
import { type DestinationRule, subsetName } from '../routers/istio-subsets.ts';
import type { Routing, Selectors } from '../routers/routing.ts';
import type { PlanInput } from './plan-input.ts';
import { colourOfCandidate } from './sides.ts';

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

function istioRouting(input: PlanInput, selectors: Selectors): Routing | string {
  const { traffic, canary } = input.settings;
  const { name, route } = traffic.virtualService;
  const object = named<VirtualService>(input.others, 'VirtualService', name);
  if (!object) {
    return `VirtualService ${name} not found: router istio needs one that routes to the service; name it as traffic.virtualService.name`;
  }
  const http = object.spec.http ?? [];
  const hosts = hostsOf(input);
  const own = http.flatMap((entry, index) => {
    const named = route === undefined || entry.name === route;
    const leads = (entry.route ?? []).some((each) => hosts.includes(hostOf(each)));
    return named && leads ? [{ entry, index }] : [];
  });
  const [only, second] = own;
  if (!only || second) {
    const which = route === undefined ? '' : ` named ${route}`;
    return `VirtualService ${name} has ${own.length} http routes${which} to service ${input.subject.service.metadata.name}, not one: name it as traffic.virtualService.route`;
  }
  const before = only.entry.route ?? [];
  if (before.length !== 1) {
    return `VirtualService ${name} splits the service's traffic already (${before.length} destinations): a release needs one`;
  }
  const { subset, ...destination } = Object(Object(before[0]).destination);
  const rule = named<DestinationRule>(
    input.others,
    'DestinationRule',
    traffic.destinationRule.name,
  );
  if (rule && !hosts.includes(rule.spec.host)) {
    return `DestinationRule ${rule.metadata.name} is for host ${rule.spec.host}, not for the service: name another one as traffic.destinationRule.name`;
  }
  const colour = colourOfCandidate({ selectors });
  return {
    router: 'istio',
    virtualService: { apiVersion: object.apiVersion, name },
    entry: only.index,
    entryName: only.entry.name,
    before,
    destination,
    destinationRule: {
      apiVersion: rule?.apiVersion ?? object.apiVersion,
      name: traffic.destinationRule.name,
      before: rule && (rule.spec.subsets ?? []),
    },
    subsets: {
      stable: subset ?? subsetName('stable', input.subject.deployment.metadata.name),
      candidate: subsetName(colour, input.image.tag),
    },
    headers: canary.headers,
  };
}

function gatewayRouting(input: PlanInput): Routing | string {
  const { traffic, canary } = input.settings;
  const { name } = traffic.httpRoute;
  const object = named<HttpRoute>(input.others, 'HTTPRoute', name);
  if (!object) {
    return `HTTPRoute ${name} not found: router gateway-api needs one that leads to the service; name it as traffic.httpRoute.name`;
  }
  const service = input.subject.service.metadata.name;
  const own = (object.spec.rules ?? []).flatMap(({ backendRefs = [] }, index) =>
    backendRefs.some((ref) => Object(ref).name === service) ? [{ backendRefs, index }] : [],
  );
  const [only, second] = own;
  if (!only || second) {
    return `HTTPRoute ${name} has ${own.length} rules that lead to service ${service}, not one: a release can move one`;
  }
  if (only.backendRefs.length !== 1) {
    return `HTTPRoute ${name} splits the service's traffic already (${only.backendRefs.length} backends): a release needs one`;
  }
  return {
    router: 'gateway-api',
    httpRoute: { apiVersion: object.apiVersion, name },
    rule: only.index,
    before: only.backendRefs,
    headers: canary.headers,
  };
}

function hostOf(route: unknown): string {
  return String(Object(Object(route).destination).host);
}

/** The names by which a mesh knows the service. */
function hostsOf({ subject }: PlanInput): readonly string[] {
  const { name, namespace = 'default' } = subject.service.metadata;
  const qualified = `${name}.${namespace}`;
  return [name, qualified, `${qualified}.svc`, `${qualified}.svc.cluster.local`];
}
