import type { EndpointSlice } from './network-objects.ts';

/** Names of the pods that new connections can reach, each family of addresses by itself. */
export type Reached = readonly ReadonlySet<string>[];

/** Names of the pods that new connections can reach, by whichever family. */
export function readyPods(slices: readonly EndpointSlice[]): ReadonlySet<string> {
  return new Set(reachedByFamily(slices).flatMap((names) => [...names]));
}

/** Names of those that new connections can reach whichever family they choose. */
export function readyByEveryFamily(slices: readonly EndpointSlice[]): ReadonlySet<string> {
  const [first = new Set<string>(), ...others] = reachedByFamily(slices);
  return new Set([...first].filter((name) => others.every((names) => names.has(name))));
}

/** Proxies learn of the families one after the other: one that is late still leads to old pods. */
export function reachedByFamily(slices: readonly EndpointSlice[]): Reached {
  const families = new Map<string, Set<string>>();
  for (const { addressType = 'IPv4', endpoints } of slices) {
    const names = families.get(addressType) ?? new Set();
    families.set(addressType, names);
    // An API server may say null where there are none.
    for (const { conditions, targetRef } of endpoints ?? []) {
      // An absent `ready` means ready (discovery.k8s.io/v1).
      if (conditions?.ready !== false && targetRef?.name !== undefined) names.add(targetRef.name);
    }
  }
  return [...families.values()];
}

/** Whether these pods, at least one, and no others are reached, by every family. */
export function endpointsAre(wanted: ReadonlySet<string>, reached: Reached): boolean {
  const isSo = reached.length > 0 && reached.every((names) => sameMembers(names, wanted));
  return wanted.size > 0 && isSo;
}

function sameMembers(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((name) => b.has(name));
}
