/** Whom a Service reaches, as its EndpointSlices say. */
import type { EndpointSlice } from './objects.ts';

/** Names of the pods that new connections can reach. */
export function readyPods(slices: readonly EndpointSlice[]): ReadonlySet<string> {
  const names = slices
    .flatMap((slice) => slice.endpoints ?? [])
    // An absent `ready` means ready (discovery.k8s.io/v1).
    .filter((endpoint) => endpoint.conditions?.ready !== false)
    .map((endpoint) => endpoint.targetRef?.name)
    .filter((name) => name !== undefined);
  return new Set(names);
}

export function sameMembers(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((name) => b.has(name));
}
