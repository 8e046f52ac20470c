/** What was seen of the cluster and of the application at one moment: all that a decision rests on. */

import type { Instant, Side } from '../base/vocabulary.ts';
import type { ByName } from '../kubernetes/by-name.ts';
import type { EndpointSlice, Service } from '../kubernetes/network-objects.ts';
import type { ClusterEvent, Pod } from '../kubernetes/objects.ts';
import type { Deployment, ReplicaSet } from '../kubernetes/workload-objects.ts';
import type { Measured } from '../metrics/metric.ts';
import type { Counters } from '../metrics/traffic.ts';
import type { EarlierProbes, ProbeCounts } from './prober.ts';

/** The last attempt to read a pod's metrics page. */
export type Reading =
  | {
      readonly kind: 'counted';
      readonly at: Instant;
      readonly counters: Counters;
      /** By the names of core/metrics/page/gauges.ts. */
      readonly gauges?: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'failed'; readonly at: Instant; readonly why: string };

/** What came of a series of fresh connections through the Service, or of smoke checks. */
export interface Report {
  /** Which request for it this answers. */
  readonly key: string;
  readonly at: Instant;
  /** Empty where all went well; otherwise a line per failure. */
  readonly failures: readonly string[];
  /** What was checked, in a few words. */
  readonly checked: string;
  /** How many connections are held, where that was asked and every pod told. */
  readonly count?: number;
  /** Why it cannot tell at all, however often it is asked: another way of seeing it is taken. */
  readonly cannotTell?: string;
}

/** How well the cluster was seen. */
export interface Freshness {
  /** When the oldest part of what is seen was last known to be so: listed, or told by its watch. */
  readonly seenAt: Instant;
  /** Which part that is, and what the API has answered since: `pods`, `status 403: …`. */
  readonly part: string;
  readonly why: string | undefined;
  /** When the API last answered anything at all. */
  readonly contactAt: Instant;
  /** Since when it has answered without having been away in between. */
  readonly contactSince: Instant;
}

export interface SeenService {
  readonly service: Service | undefined;
  readonly slices: readonly EndpointSlice[];
}

/** The cluster's part of what is seen. */
export interface ClusterView {
  readonly service: Service | undefined;
  readonly previewService: Service | undefined;
  /** Those that move along with a two-sided release, by name. */
  readonly furtherServices?: ReadonlyMap<string, SeenService>;
  readonly deployments: ReadonlyMap<string, Deployment>;
  /** Every pod that the release's selectors reach: of either side, and of others. */
  readonly pods: readonly Pod[];
  /** The ReplicaSets of the release's Deployments, by which it is known whose a pod is. */
  readonly replicaSets: readonly ReplicaSet[];
  /** The slices of the service itself, and those of its preview. */
  readonly slices: readonly EndpointSlice[];
  readonly previewSlices: readonly EndpointSlice[];
  /** What else the release looks at, such as a router's objects, by kind and name: `HTTPRoute/pay`. */
  readonly others: ByName;
  /** Warnings of the namespace; none where they may not be read. */
  readonly events: readonly ClusterEvent[];
  /** How old this is; undefined where it is made up, as in a forecast. */
  readonly sight?: Freshness;
}

export interface Observation extends ClusterView {
  readonly at: Instant;
  /** By pod name. */
  readonly readings: ReadonlyMap<string, Reading>;
  /** From the other sources, by `<metric>/<side>`. */
  readonly measured: ReadonlyMap<string, Measured>;
  readonly reports: ReadonlyMap<string, Report>;
  /** What the prober has sent since this process began, and was not answered. */
  readonly probes?: ProbeCounts;
  /** What it had sent a while ago: others count for a release too, and tell of it later. */
  readonly earlierProbes?: readonly EarlierProbes[];
  /** Ids of the calls that were answered. */
  readonly called: ReadonlySet<string>;
}

/** What must be measured for the next decision; what is not needed is not measured. */
export type Need =
  | { readonly kind: 'readings'; readonly pods: readonly string[]; readonly everyMs: number }
  /** Whatever else the config measures of a candidate that is judged, each in its own time. */
  | { readonly kind: 'metrics' }
  /** Smoke checks against every pod of a side. Done once per key. */
  | { readonly kind: 'smoke'; readonly key: string; readonly pods: readonly string[] }
  /** The connections that pods hold open, by their own word. Done again and again. */
  | {
      readonly kind: 'connections';
      readonly key: string;
      readonly pods: readonly string[];
      readonly everyMs: number;
    }
  /** One pod is ended under a kept-alive client. Done once per key. */
  | { readonly kind: 'drain-probe'; readonly key: string; readonly pod: string }
  /** The pods as they are now, whatever the watch tells of them. Done once per key. */
  | { readonly kind: 'pods-anew'; readonly key: string }
  /** Fresh connections through the Service; all must be answered by this side. Done until they are. */
  | { readonly kind: 'answers'; readonly key: string; readonly side: Side };
