/** What the plan of every release that moves traffic keeps of it, whatever splits it. */
import type { RouterName } from '../base/vocabulary.ts';
import type { Labels } from '../kubernetes/labels.ts';

/** How a service's traffic is routed, and how that was found: each router's own, by its name. */
export interface RoutingBase {
  readonly router: RouterName;
}

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
