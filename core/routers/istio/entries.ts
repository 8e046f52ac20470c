/** The entries of VirtualServices: which of them lead to the service, and what they say at a weight. */
import { sameJson } from '../../base/json.ts';
import type { Side } from '../../base/vocabulary.ts';
import type { ClusterView } from '../../cluster/observation.ts';
import { named } from '../../kubernetes/by-name.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';
import { type FoundRule, knownAgain, type MovedRoute } from '../found-rules.ts';
import type { Routed } from '../router.ts';
import type { IstioRouting } from './routing.ts';

export type IstioRouted = Routed<IstioRouting>;

/** networking.istio.io HTTPRoute, as far as a release looks into it. */
export interface HttpEntry {
  readonly name?: string;
  readonly match?: readonly Readonly<Record<string, unknown>>[];
  readonly route?: readonly unknown[];
  readonly delegate?: { readonly name?: string; readonly namespace?: string };
}

export interface VirtualService extends KubernetesObject {
  spec: {
    hosts?: string[];
    gateways?: string[];
    http?: HttpEntry[];
    tcp?: HttpEntry[];
    tls?: HttpEntry[];
  };
}

interface Destined {
  readonly destination?: { readonly host?: string; readonly subset?: string };
  readonly weight?: number;
}

/** What a release makes of a VirtualService's entries. */
export type Change = (route: MovedRoute, http: readonly HttpEntry[]) => HttpEntry[];

export function virtualServiceIn(
  seen: Pick<ClusterView, 'others'>,
  { name }: Pick<MovedRoute, 'name'>,
): VirtualService | undefined {
  return named(seen.others, 'VirtualService', name);
}

export function leadsTo(hosts: readonly string[], { route = [] }: HttpEntry): boolean {
  return route.some((each) => hosts.includes(String(destined(each).destination?.host)));
}

/** All of an entry but where it leads. */
export function likeEntry({ route: _, ...like }: HttpEntry): unknown {
  return like;
}

/** With so much of the service's traffic on the candidate. */
export function entriesAt(routed: IstioRouted, weightPercent: number): Change {
  const { headers } = routed.routing;
  const partial = weightPercent > 0 && weightPercent < 100;
  return (route, http) =>
    changed(routed, route, http, (entry, found) => {
      // What the config does not name stays with the stable until the last step.
      const follows = !found || found.follows === true;
      const weight = follows && partial ? 0 : weightPercent;
      const routedEntry = { ...entry, route: routeAt(routed, entry, found, weight) };
      return headers && partial && !follows
        ? [byHeaders(routed, entry, headers), routedEntry]
        : [routedEntry];
    });
}

export function entriesAsFound(routed: IstioRouted): Change {
  return (route, http) =>
    changed(routed, route, http, (entry, found) => {
      const { destination, ...base } = baseOf(entry);
      const { subset: _, ...whole } = Object(destination);
      const subset = destined(found?.before[0]).destination?.subset;
      const led = { ...base, destination: subset === undefined ? whole : { ...whole, subset } };
      return [{ ...entry, route: [weightedAsFound(led, found)] }];
    });
}

/** The end of a promoted release: nothing names the old revision any more. */
export function candidateOnly(routed: IstioRouted): Change {
  return (route, http) =>
    changed(routed, route, http, (entry, found) => [
      { ...entry, route: [weightedAsFound(towards(routed, entry, 'candidate'), found)] },
    ]);
}

/** True where every entry that was found is there, and leads where a release may have led it. */
export function isKnownRoute(
  routed: IstioRouted,
  route: MovedRoute,
  http: readonly HttpEntry[],
): boolean {
  const own = withoutHeaders(routed, http);
  const known = ownEntries(routed, route, own);
  const { hosts, subsets } = routed.routing;
  return (
    route.rules.every((rule) => [...known.values()].includes(rule)) &&
    [...known].every(([index, found]) => {
      const all = own[index]?.route ?? [];
      if (found && sameJson(all, found.before)) return true;
      const ours = [...Object.values(subsets), destined(found?.before[0]).destination?.subset];
      return (
        all.length <= 2 &&
        all.every((each) => {
          const { host, subset } = destined(each).destination ?? {};
          return hosts.includes(String(host)) && ours.includes(subset);
        })
      );
    })
  );
}

function destined(route: unknown): Destined {
  return Object(route);
}

/** Entries that lead to the service, those too that others have put there meanwhile. */
function ownEntries(
  { routing: { hosts } }: IstioRouted,
  route: MovedRoute,
  own: readonly HttpEntry[],
): ReadonlyMap<number, FoundRule | undefined> {
  const now = own.flatMap((entry, index) =>
    leadsTo(hosts, entry) ? [{ index, name: entry.name, like: likeEntry(entry) }] : [],
  );
  const known = knownAgain(route.rules, now);
  return new Map(now.map(({ index }) => [index, known.get(index)]));
}

function changed(
  routed: IstioRouted,
  route: MovedRoute,
  http: readonly HttpEntry[],
  change: (entry: HttpEntry, found: FoundRule | undefined) => readonly HttpEntry[],
): HttpEntry[] {
  const own = withoutHeaders(routed, http);
  const known = ownEntries(routed, route, own);
  return own.flatMap((entry, index) =>
    known.has(index) ? change(entry, known.get(index)) : [entry],
  );
}

function routeAt(
  routed: IstioRouted,
  entry: HttpEntry,
  found: FoundRule | undefined,
  weightPercent: number,
): readonly unknown[] {
  const stable = towards(routed, entry, 'stable');
  if (weightPercent === 0) return [weightedAsFound(stable, found)];
  return [
    { ...stable, weight: 100 - weightPercent },
    { ...towards(routed, entry, 'candidate'), weight: weightPercent },
  ];
}

/** Where an entry leads, with its header operations and all that its owner has put there. */
function baseOf({ route = [] }: HttpEntry): Omit<Destined, 'weight'> {
  const { weight: _, ...base } = destined(route[0]);
  return base;
}

function towards({ routing }: IstioRouted, entry: HttpEntry, side: Side): Destined {
  const { destination, ...base } = baseOf(entry);
  return { ...base, destination: { ...destination, subset: routing.subsets[side] } };
}

function weightedAsFound(led: Destined, found: FoundRule | undefined): Destined {
  const { weight } = destined(found?.before[0]);
  return weight === undefined ? led : { ...led, weight };
}

function headerEntryName({ release }: IstioRouted): string {
  return `candidate-of-${release}`;
}

/** Entries of that name that lead elsewhere are another release's. */
function withoutHeaders(routed: IstioRouted, http: readonly HttpEntry[]): readonly HttpEntry[] {
  const { hosts } = routed.routing;
  return http.filter((entry) => entry.name !== headerEntryName(routed) || !leadsTo(hosts, entry));
}

/** The entry before the service's own: the same requests, but only those with the headers. */
function byHeaders(
  routed: IstioRouted,
  entry: HttpEntry,
  headers: Readonly<Record<string, string>>,
): HttpEntry {
  const exact = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, { exact: value }]),
  );
  const match = (entry.match ?? [{}]).map((each) => ({
    ...each,
    headers: { ...Object(each.headers), ...exact },
  }));
  const route = [towards(routed, entry, 'candidate')];
  return { ...entry, name: headerEntryName(routed), match, route };
}
