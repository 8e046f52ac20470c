/** What a plan keeps of how a service's traffic is routed: which objects decide, and how they were found. */
import type { Labels } from '../kubernetes/labels.ts';

/** Which pods the Service selects: as found, one side only, or both of them. */
export interface Selectors {
  readonly found: Labels;
  /** Carried by every pod of the stable and by no other; likewise `candidate`. */
  readonly stable: Labels;
  readonly candidate: Labels;
  readonly both: Labels;
}

/** Requests that carry these headers go to the candidate, whatever the weights say. */
export type HeaderRoute = Readonly<Record<string, string>> | undefined;

/** The Service itself: its selector decides, and the counts of pods behind it. */
export interface ServiceRouting {
  readonly router: 'service';
}

export interface IstioRouting {
  readonly router: 'istio';
  readonly virtualService: { readonly apiVersion: string; readonly name: string };
  /** Which entry of spec.http is the service's, and its destinations as they were found. */
  readonly entry: number;
  readonly entryName: string | undefined;
  readonly before: readonly unknown[];
  /** What is common to both destinations: the host, and a port where one was named. */
  readonly destination: { readonly host: string; readonly port?: unknown };
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
  readonly httpRoute: { readonly apiVersion: string; readonly name: string };
  /** Which of spec.rules is the service's, and its backendRefs as they were found. */
  readonly rule: number;
  readonly before: readonly unknown[];
  readonly headers: HeaderRoute;
}

export type Routing = ServiceRouting | IstioRouting | GatewayRouting;
