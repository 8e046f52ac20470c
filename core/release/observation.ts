/** What was seen of the cluster and of the application at one moment: all that a decision rests on. */
import type { Deployment, EndpointSlice, Pod, Service } from '../kubernetes/objects.ts';
import type { Instant, Side } from '../vocabulary.ts';

/** Requests and server errors that a pod has counted since it started, without probes and scrapes. */
export interface Counters {
  readonly requests: number;
  readonly errors: number;
}

/** The last attempt to read a pod's counters. */
export type Reading =
  | { readonly kind: 'counted'; readonly at: Instant; readonly counters: Counters }
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
}

/** The cluster's part of what is seen. */
export interface ClusterView {
  readonly service: Service | undefined;
  readonly previewService: Service | undefined;
  readonly deployments: ReadonlyMap<string, Deployment>;
  /** Every pod of the service, of either side. */
  readonly pods: readonly Pod[];
  /** The slices of the service itself, not of its preview. */
  readonly slices: readonly EndpointSlice[];
}

export interface Observation extends ClusterView {
  readonly at: Instant;
  /** By pod name. */
  readonly readings: ReadonlyMap<string, Reading>;
  readonly reports: ReadonlyMap<string, Report>;
  /** Ids of the calls that were answered. */
  readonly called: ReadonlySet<string>;
}

/** What must be measured for the next decision; what nobody needs is not measured. */
export type Need =
  | { readonly kind: 'readings'; readonly pods: readonly string[]; readonly everyMs: number }
  /** Smoke checks against every pod of a side. Done once per key. */
  | { readonly kind: 'smoke'; readonly key: string; readonly pods: readonly string[] }
  /** Fresh connections through the Service; all must be answered by this side. Done until they are. */
  | { readonly kind: 'answers'; readonly key: string; readonly side: Side };
