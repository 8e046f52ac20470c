/**
 * The plan of a release: what is to happen and what things were like before, computed once without
 * I/O and kept in the journal, so that whoever takes over later knows as much as who began.
 */
import type { Settings } from '../config/settings.ts';
import type { Labels } from '../kubernetes/labels.ts';
import type { DeploymentStrategy, LabelSelector, PodTemplate } from '../kubernetes/objects.ts';
import type { Instant, ReleaseId } from '../vocabulary.ts';

export interface ImageChoice {
  /** What is put into the pod template: by digest where it is known. */
  readonly reference: string;
  readonly tag: string;
  readonly digest: string | undefined;
}

/** A Deployment as it was found, as far as a release may change it. */
export interface WorkloadSnapshot {
  readonly name: string;
  readonly uid: string;
  readonly replicas: number;
  readonly selector: LabelSelector;
  readonly template: PodTemplate;
  readonly strategy: DeploymentStrategy | undefined;
  /** The release that changed it last, as its annotation says. */
  readonly mark: string | undefined;
}

/** Where the pods tell of their requests; `none` says why not. */
export type MetricsPlan =
  | {
      readonly kind: 'pods';
      readonly port: number;
      readonly path: string;
      /** Requests to these are the cluster's own, and no traffic. */
      readonly ignoredPaths: readonly string[];
    }
  | { readonly kind: 'none'; readonly why: string };

interface PlanBase {
  readonly version: 1;
  readonly release: ReleaseId;
  readonly at: Instant;
  readonly namespace: string;
  readonly service: string;
  /** The container whose image is released. */
  readonly container: string;
  readonly image: ImageChoice;
  readonly previousImage: string;
  /** The port of the pods that the Service sends to. */
  readonly port: number;
  readonly servicePort: number;
  readonly readinessPath: string | undefined;
  readonly metrics: MetricsPlan;
  readonly settings: Settings;
  /** Fewer ready pods than this never serve. */
  readonly floor: number;
}

export interface RollingPlan extends PlanBase {
  readonly strategy: 'rolling';
  readonly workload: WorkloadSnapshot;
  readonly maxSurge: number | string;
}

export interface BlueGreenPlan extends PlanBase {
  readonly strategy: 'blue-green';
  readonly stable: WorkloadSnapshot;
  /** The Deployment to be, and what stood in its place before, if anything did. */
  readonly candidate: {
    readonly name: string;
    readonly labels: Labels;
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
    readonly before: WorkloadSnapshot | undefined;
  };
  /** The Service's selector for either side. */
  readonly selectors: { readonly stable: Labels; readonly candidate: Labels };
  readonly previewService: string;
}

export type Plan = RollingPlan | BlueGreenPlan;
