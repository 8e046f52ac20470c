/**
 * A router: the codec between "so much of the traffic goes to the candidate" and the objects that
 * make it so. Reads what is written, says what to write; holds no client.
 */

import type { ReleaseId, Side } from '../base/vocabulary.ts';
import type { Action, Target } from '../cluster/action.ts';
import type { ClusterView } from '../cluster/observation.ts';
import type { PlanInput } from '../cluster/plan-input.ts';
import type { Settings } from '../config/settings.ts';
import type { ByName } from '../kubernetes/by-name.ts';
import type { EndpointSlice } from '../kubernetes/network-objects.ts';
import type { FurtherService, RoutingBase, Selectors } from './routing.ts';
import type { RouteWarning } from './warnings.ts';

/** What a router needs to know of a release. */
export interface Routed<R extends RoutingBase> {
  readonly release: ReleaseId;
  readonly namespace: string;
  readonly service: string;
  readonly previewService: string;
  readonly selectors: Selectors;
  readonly furtherServices?: readonly FurtherService[];
  readonly routing: R;
  /** Where it is not 0, old pods go on running: nothing may reach them by then. */
  readonly rollbackWindowMs: number;
}

/** What a router reads and writes: `{ kind: 'HTTPRoute', name: 'pay' }`. */
export type RoutedObject = Pick<Target, 'kind' | 'name'>;

/** One of several changes that must be in force one after the other. */
export type RouteChange =
  | { readonly kind: 'done' }
  | { readonly kind: 'write'; readonly text: string; readonly actions: readonly Action[] }
  | { readonly kind: 'blocked'; readonly of: RoutedObject; readonly why: string };

export const DONE: RouteChange = { kind: 'done' };

/** Done where nothing has to be written. */
export function routeChange(actions: readonly Action[]): RouteChange {
  const [first] = actions;
  return first ? { kind: 'write', text: first.text, actions } : DONE;
}

/** Whether what is written sends `weight` percent to the candidate. */
export type RouteState =
  | { readonly kind: 'as-wanted' }
  | { readonly kind: 'otherwise' }
  /** Somebody else has written something that no release writes. */
  | { readonly kind: 'changed'; readonly of: RoutedObject; readonly what: string }
  | { readonly kind: 'gone'; readonly of: RoutedObject; readonly what: string };

/** An object that decides where requests go, by name; without one, all of its kind in the namespace. */
export interface RoutingObjects {
  /** The first that the cluster serves is asked. */
  readonly apiVersions: readonly string[];
  readonly kind: string;
  readonly name?: string;
}

/** What a release writes of an object: `its routes`, in `spec.http`. */
export interface WrittenField {
  readonly what: string;
  readonly field: string;
}

export interface Router<R extends RoutingBase> {
  /** What its weights are shares of: a kept-alive connection may hold all requests of a client. */
  readonly splits: 'requests' | 'connections';
  /**
   * Whether the Service's own pods have shares, or the Service and its preview: then the Service goes
   * over to the candidate last of all.
   */
  readonly splitsBetween: 'pods' | 'services';
  /** What it writes of its own objects, by kind. */
  readonly writes: Readonly<Record<string, WrittenField>>;
  /** What is listed for `plan`, beside the Service. */
  wanted(traffic: Settings['traffic']): readonly RoutingObjects[];
  /** How the traffic is routed as it stands; or why a release cannot move it. */
  plan(input: PlanInput, selectors: Selectors): R | string;
  /** What stands in a plan, which an earlier version may have made. */
  read(routing: R): R;
  /**
   * Why an object that a plan out of a journal names is another service's; left out where a router looks
   * whether each leads to the service before it writes.
   */
  strange?(routed: Routed<R>, seen: ClusterView): string | undefined;
  /** Whose requests it moves otherwise than by weight; `others`: every route of the namespace. */
  warnings(routed: Routed<R>, others: ByName): readonly RouteWarning[];
  /** The objects it reads beside the Service and its preview. */
  scope(routed: Routed<R>): readonly Target[];
  /** Keeps requests away from the candidate's pods before there are any; in this order. */
  preparation(routed: Routed<R>, seen: ClusterView): readonly RouteChange[];
  /** What must hold beside the weight, whatever it is, for as long as weights are written; in this order. */
  standing(routed: Routed<R>, seen: ClusterView): readonly RouteChange[];
  written(routed: Routed<R>, seen: ClusterView, weightPercent: number): RouteState;
  shift(routed: Routed<R>, seen: ClusterView, weightPercent: number): readonly Action[];
  /**
   * Where its own route is gone, and requests go wherever the Service leads: what leads that to one side
   * alone. Undefined while the route is there; left out where without one requests reach nobody, or the stable.
   */
  unrouted?(routed: Routed<R>, seen: ClusterView, side: Side): RouteChange | undefined;
  /** Takes along what names the stable's pods by another hash of their template than they have now. */
  followStable(routed: Routed<R>, seen: ClusterView): readonly Action[];
  /** What the router's own status still waits for; undefined where it says all is in force, or nothing. */
  pending(routed: Routed<R>, seen: ClusterView): string | undefined;
  /** Where the candidate's pods must be known before they may get requests; undefined: nowhere. */
  candidateEndpoints(seen: ClusterView): readonly EndpointSlice[] | undefined;
  /** Whose pods the Service's endpoints are at a weight. */
  endpoints(weightPercent: number): Side | 'both';
  /** How many candidate pods a weight takes, where either side alone has `full`. */
  candidatePods(weightPercent: number, full: number, sizing: Sizing): number;
  /** The share that so many candidate pods beside `full` stable ones truly get. */
  achieved(weightPercent: number, full: number): number;
  /** After the candidate was found good and before the stable is let go; in this order. */
  finalForm(routed: Routed<R>, seen: ClusterView): readonly RouteChange[];
  /** Gives the way that requests take back as it was found, and nothing else. */
  ownRoute(routed: Routed<R>, seen: ClusterView): RouteChange;
  /** Takes away what only the release needed, once the losing side's pods are gone; in this order. */
  cleanUp(routed: Routed<R>, seen: ClusterView, winner: Side): readonly RouteChange[];
}

/** `full`: the candidate is as large as the stable from the start; `by-weight`: it grows with its share. */
export type Sizing = 'full' | 'by-weight';

/** Where a router splits requests and not pods: enough pods for the share, one at least. */
export function podsForShare(weightPercent: number, full: number, sizing: Sizing): number {
  if (sizing === 'full' || weightPercent >= 100) return full;
  return Math.max(1, Math.ceil((full * weightPercent) / 100));
}
