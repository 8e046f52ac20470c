/**
 * The VirtualServices that lead to the service. All of them are planned for: once both sides are
 * among the Service's endpoints, an entry that names no subset would reach a candidate that was
 * not tried yet. The config may say which are weighted; the others follow with the last step.
 */

import { colourOfCandidate } from '../../cluster/colours.ts';
import type { PlanInput } from '../../cluster/plan-input.ts';
import { named } from '../../kubernetes/by-name.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';
import { isChosen, rulesText, unknownChoices } from '../chosen-rules.ts';
import type { FoundRule, MovedRoute } from '../found-rules.ts';
import type { Selectors } from '../routing.ts';
import { leadsTo, likeEntry, type VirtualService } from './entries.ts';
import { hostsFor } from './hosts.ts';
import type { IstioRouting } from './routing.ts';
import { type DestinationRule, subsetName } from './subsets.ts';

export function istioRouting(input: PlanInput, selectors: Selectors): IstioRouting | string {
  const { name: service, namespace = 'default' } = input.subject.service.metadata;
  const hosts = hostsFor(service, namespace);
  const found = [...input.others.values()].filter(isVirtualService);
  const leading = found.filter(({ spec }) => (spec.http ?? []).some((e) => leadsTo(hosts, e)));
  const missing = whyNone(input, found, leading) ?? byOtherProtocols(input, found, hosts);
  if (missing !== undefined) return missing;
  const routes: MovedRoute[] = [];
  for (const object of leading) {
    const route = movedRoute(input, object, hosts);
    if (typeof route === 'string') return route;
    routes.push(route);
  }
  const subset = subsetFound(routes);
  if (subset.length > 1) {
    return `the VirtualServices lead to several subsets of service ${input.subject.service.metadata.name} (${subset.join(', ')}): a release moves one; let all lead to the same`;
  }
  const rule = ruleFor(input, hosts);
  if (typeof rule === 'string') return rule;
  const apiVersion = leading[0]?.apiVersion ?? 'networking.istio.io/v1';
  const { name } = input.settings.traffic.destinationRule;
  const colour = colourOfCandidate({ selectors });
  return {
    router: 'istio',
    routes,
    hosts: [hostUsed(routes) ?? hosts[0], ...hosts].filter((host) => host !== undefined),
    destinationRule: {
      apiVersion: rule?.apiVersion ?? apiVersion,
      name,
      before: rule && (rule.spec.subsets ?? []),
    },
    subsets: {
      stable: subset[0] ?? subsetName('stable', input.subject.deployment.metadata.name),
      candidate: subsetName(colour, input.image.tag),
    },
    headers: input.settings.canary.headers,
  };
}

function isVirtualService(object: KubernetesObject): object is VirtualService {
  return object.kind === 'VirtualService';
}

/** Why there is nothing to move; a root that delegates says to whom. */
function whyNone(
  { settings: { traffic }, subject: { service } }: PlanInput,
  found: readonly VirtualService[],
  leading: readonly VirtualService[],
): string | undefined {
  const serviceName = service.metadata.name;
  const wanted = traffic.virtualService.name;
  const name = wanted ?? serviceName;
  const object = found.find(({ metadata }) => metadata.name === name);
  if (leading.some((each) => each === object)) return undefined;
  const delegates = (object?.spec.http ?? []).flatMap(({ delegate }) => delegate ?? []);
  if (delegates.length > 0) {
    const { namespace = 'default' } = service.metadata;
    const names = delegates.map((each) => `${each.namespace ?? namespace}/${each.name}`).join(', ');
    return `VirtualService ${name} has no route to service ${serviceName} itself, it delegates to VirtualService ${names}: name the delegate that leads to the service as traffic.virtualService.name (one of namespace ${namespace}: a release writes to no other)`;
  }
  if (wanted !== undefined) {
    return object
      ? `VirtualService ${name} has no http route to service ${serviceName}: name the one that has as traffic.virtualService.name`
      : `VirtualService ${name} not found: router istio needs one that routes to the service; name it as traffic.virtualService.name`;
  }
  if (leading.length > 0) return undefined;
  return `no VirtualService with an http route to service ${serviceName} found in the namespace: router istio needs one, for example VirtualService ${serviceName}`;
}

/** Connections of tcp and tls routes go to every endpoint of the Service, so to both sides. */
function byOtherProtocols(
  { subject }: PlanInput,
  found: readonly VirtualService[],
  hosts: readonly string[],
): string | undefined {
  for (const { metadata, spec } of found) {
    for (const protocol of ['tcp', 'tls'] as const) {
      if (!(spec[protocol] ?? []).some((entry) => leadsTo(hosts, entry))) continue;
      return `VirtualService ${metadata.name} leads to service ${subject.service.metadata.name} by a ${protocol} route too, and connections cannot be weighed by requests: give it a Service of its own, or use router service`;
    }
  }
  return undefined;
}

function movedRoute(
  { settings: { traffic }, subject }: PlanInput,
  { apiVersion, kind, metadata, spec }: VirtualService,
  hosts: readonly string[],
): MovedRoute | string {
  const { name, routes: choice } = traffic.virtualService;
  const isNamed = name === undefined || name === metadata.name;
  const own = (spec.http ?? []).flatMap((entry, index): FoundRule[] =>
    leadsTo(hosts, entry)
      ? [{ name: entry.name, index, like: likeEntry(entry), before: entry.route ?? [] }]
      : [],
  );
  const unknown = isNamed ? unknownChoices(choice, own) : undefined;
  if (unknown !== undefined) {
    return `VirtualService ${metadata.name} has no http route ${unknown} to service ${subject.service.metadata.name}, only ${rulesText(own)}: name these as traffic.virtualService.route, by name or by place counted from 0`;
  }
  const split = own.find(({ before }) => before.length !== 1);
  if (split) {
    return `VirtualService ${metadata.name} splits the service's traffic already (${split.before.length} destinations in http route ${rulesText([split])}): a release needs one`;
  }
  const rules = own.map((rule) =>
    isNamed && isChosen(choice, rule.name, rule.index) ? rule : { ...rule, follows: true },
  );
  return { apiVersion, kind, name: metadata.name, rules };
}

function destinationsOf(routes: readonly MovedRoute[]): { host?: string; subset?: string }[] {
  const rules = routes.flatMap((route) => route.rules);
  return rules.map(({ before }) => Object(Object(before[0]).destination));
}

function subsetFound(routes: readonly MovedRoute[]): string[] {
  return [...new Set(destinationsOf(routes).flatMap(({ subset }) => subset ?? []))];
}

function hostUsed(routes: readonly MovedRoute[]): string | undefined {
  return destinationsOf(routes)[0]?.host;
}

function ruleFor(
  { others, settings: { traffic } }: PlanInput,
  hosts: readonly string[],
): DestinationRule | string | undefined {
  const { name } = traffic.destinationRule;
  const rule = named<DestinationRule>(others, 'DestinationRule', name);
  if (!rule || hosts.includes(rule.spec.host)) return rule;
  return `DestinationRule ${name} is for host ${rule.spec.host}, not for the service: name another one as traffic.destinationRule.name`;
}
