/** What a plan keeps of how a service's traffic is routed: which objects decide, and how they were found. */
import type { Labels } from '../kubernetes/labels.ts';
import type { MovedRoute } from './found-rules.ts';

/** Which pods the Service selects: as found, one side only, or both of them. */
export interface Selectors {
  readonly found: Labels;
  /** Carried by every pod of the stable and by no other; likewise `candidate`. */
  readonly stable: Labels;
  readonly candidate: Labels;
  readonly both: Labels;
}

/** Another Service that leads to the stable's pods, and moves with the release. */
export interface FurtherService {
  readonly name: string;
  readonly selectors: Selectors;
}

/** Requests that carry these headers go to the candidate, whatever the weights say. */
export type HeaderRoute = Readonly<Record<string, string>> | undefined;

/** The Service itself: its selector decides, and the counts of pods behind it. */
export interface ServiceRouting {
  readonly router: 'service';
}

export interface IstioRouting {
  readonly router: 'istio';
  /** Every VirtualService of the namespace that leads to the service. */
  readonly routes: readonly MovedRoute[];
  /** The names by which the mesh knows the service; the first is the one that its routes use. */
  readonly hosts: readonly string[];
  readonly destinationRule: {
    readonly apiVersion: string;
    readonly name: string;
    /** Undefined where there was none: then it is the release's own, and goes with it. */
    readonly before: readonly unknown[] | undefined;
  };
  readonly subsets: { readonly stable: string; readonly candidate: string };
  readonly headers: HeaderRoute;
}

export interface GatewayRouting {
  readonly router: 'gateway-api';
  /** The HTTPRoutes and GRPCRoutes whose refs are weighted; others follow with the Service itself. */
  readonly routes: readonly MovedRoute[];
  readonly headers: HeaderRoute;
}

export type Routing = ServiceRouting | IstioRouting | GatewayRouting;
