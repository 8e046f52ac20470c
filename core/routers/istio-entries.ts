/** The entries of a VirtualService's spec.http: which of them is the release's, and what it says at a weight. */
import { sameJson } from '../json.ts';
import { named } from '../kubernetes/by-name.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import { type Action, actionId, patchOf } from '../release/action.ts';
import type { ClusterView } from '../release/observation.ts';
import type { Side } from '../vocabulary.ts';
import type { Routed } from './router.ts';
import type { IstioRouting } from './routing.ts';

export type IstioRouted = Routed<IstioRouting>;

/** networking.istio.io HTTPRoute, as far as a release looks into it. */
export interface HttpEntry {
  readonly name?: string;
  readonly match?: readonly Readonly<Record<string, unknown>>[];
  readonly route?: readonly unknown[];
}

export interface VirtualService extends KubernetesObject {
  spec: { hosts?: string[]; http?: HttpEntry[] };
}

export function virtualServiceOf(
  { routing }: IstioRouted,
  seen: ClusterView,
): VirtualService | undefined {
  return named(seen.others, 'VirtualService', routing.virtualService.name);
}

/** All entries with so much of the service's traffic on the candidate. */
export function entriesAt(
  routed: IstioRouted,
  http: readonly HttpEntry[],
  weightPercent: number,
): HttpEntry[] {
  const { headers } = routed.routing;
  const partial = weightPercent > 0 && weightPercent < 100;
  return withRoute(routed, http, routeAt(routed, weightPercent), partial && headers);
}

export function entriesAsFound(routed: IstioRouted, http: readonly HttpEntry[]): HttpEntry[] {
  return withRoute(routed, http, routed.routing.before, undefined);
}

/** The end of a promoted release: nothing names the old revision any more. */
export function candidateOnly(routed: IstioRouted, http: readonly HttpEntry[]): HttpEntry[] {
  return withRoute(routed, http, [destination(routed, 'candidate')], undefined);
}

/** True where the service's entry says what this release found, or what it may have written. */
export function isKnownRoute(routed: IstioRouted, http: readonly HttpEntry[]): boolean {
  const own = withoutHeaders(routed, http);
  const entry = own[positionIn(routed, own)];
  if (!entry) return false;
  if (sameJson(entry.route, routed.routing.before)) return true;
  const ours = (['stable', 'candidate'] as const).map((side) => destination(routed, side));
  const destinations = (entry.route ?? []).map((each) => ({ ...Object(each), weight: undefined }));
  return (
    destinations.length > 0 &&
    destinations.every((each) =>
      ours.some((known) => sameJson(each.destination, known.destination)),
    )
  );
}

/** One write of spec.http; none where it says so already. */
export function writeEntries(
  routed: IstioRouted,
  seen: ClusterView,
  what: string,
  text: string,
  change: (http: readonly HttpEntry[]) => readonly HttpEntry[],
): Action[] {
  const object = virtualServiceOf(routed, seen);
  if (!object?.spec.http) return [];
  const value = change(object.spec.http);
  const id = actionId(routed.release, what, object.metadata.name);
  return [{ id, text, effect: patchOf(object, [{ op: 'replace', path: '/spec/http', value }]) }];
}

function routeAt(routed: IstioRouted, weightPercent: number): readonly unknown[] {
  if (weightPercent === 0) return [destination(routed, 'stable')];
  return [
    { ...destination(routed, 'stable'), weight: 100 - weightPercent },
    { ...destination(routed, 'candidate'), weight: weightPercent },
  ];
}

function destination({ routing }: IstioRouted, side: Side) {
  return { destination: { ...routing.destination, subset: routing.subsets[side] } };
}

/** Everything of the entry but its route stays: retries, timeouts, what other people wrote. */
function withRoute(
  routed: IstioRouted,
  http: readonly HttpEntry[],
  route: readonly unknown[],
  headers: IstioRouting['headers'] | false,
): HttpEntry[] {
  const own = withoutHeaders(routed, http);
  const position = positionIn(routed, own);
  return own.flatMap((entry, index) => {
    if (index !== position) return [entry];
    const routedEntry = { ...entry, route };
    return headers ? [byHeaders(routed, entry, headers), routedEntry] : [routedEntry];
  });
}

function headerEntryName({ release }: IstioRouted): string {
  return `candidate-of-${release}`;
}

function withoutHeaders(routed: IstioRouted, http: readonly HttpEntry[]): readonly HttpEntry[] {
  return http.filter(({ name }) => name !== headerEntryName(routed));
}

function positionIn({ routing }: IstioRouted, own: readonly HttpEntry[]): number {
  return routing.entryName === undefined
    ? routing.entry
    : own.findIndex(({ name }) => name === routing.entryName);
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
  return {
    ...entry,
    name: headerEntryName(routed),
    match,
    route: [destination(routed, 'candidate')],
  };
}
