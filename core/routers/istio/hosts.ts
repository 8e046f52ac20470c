/** The names by which a mesh knows a service, and whether all that a plan names is about them. */
import type { ClusterView } from '../../cluster/observation.ts';
import { named } from '../../kubernetes/by-name.ts';
import type { Routed } from '../router.ts';
import type { IstioRouting } from './routing.ts';
import type { DestinationRule } from './subsets.ts';

export function hostsFor(service: string, namespace: string): readonly string[] {
  const qualified = `${service}.${namespace}`;
  return [service, qualified, `${qualified}.svc`, `${qualified}.svc.cluster.local`];
}

/** Entries are known by their hosts, and a DestinationRule by its own: another one's would be moved, or deleted. */
export function strangeHosts(
  { service, namespace, routing }: Routed<IstioRouting>,
  seen: ClusterView,
): string | undefined {
  const own = hostsFor(service, namespace);
  if (!routing.hosts.every((host) => own.includes(host))) {
    return `the plan is about requests to other hosts than service ${service}`;
  }
  const { name } = routing.destinationRule;
  const rule = named<DestinationRule>(seen.others, 'DestinationRule', name);
  if (!rule || own.includes(rule.spec.host)) return undefined;
  return `DestinationRule ${name} is for another host than service ${service}`;
}
