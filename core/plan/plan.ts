/**
 * The plan of a release: what is to happen and what things were like before, computed once without
 * I/O and kept in the journal, so that a process that takes over later knows as much as the first.
 */

import type { Check, Scheme } from '../base/check.ts';
import type { Instant, ReleaseId, TwoSidedStrategy } from '../base/vocabulary.ts';
import type { ImageChoice, MetricsPlan, WorkloadSnapshot } from '../cluster/plan-input.ts';
import type { ProbeTarget } from '../cluster/prober.ts';
import type { Carried } from '../cluster/workload/copy.ts';
import type { Hardening } from '../cluster/workload/hardening.ts';
import type { Settings } from '../config/settings.ts';
import type { Labels } from '../kubernetes/labels.ts';
import type { LabelSelector, PodTemplate } from '../kubernetes/objects.ts';
import type { StatefulSetUpdateStrategy } from '../kubernetes/workload-objects.ts';
import { type Routing, readRouting } from '../routers/registry.ts';
import type { Sizing } from '../routers/router.ts';
import type { FurtherService, Selectors } from '../routers/routing.ts';

export interface StatefulSetSnapshot {
  readonly updateStrategy: StatefulSetUpdateStrategy;
}

export interface PlanBase {
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
  /** What is asked where the config names nothing; plans of older versions ask for the readiness path. */
  readonly readinessChecks?: readonly Check[];
  /** How the pods speak at `port`. Unknown in plans of older versions: HTTP. */
  readonly scheme?: Scheme;
  readonly metrics: MetricsPlan;
  /** What the Service is asked all the while; undefined: nothing. */
  readonly probe?: ProbeTarget | undefined;
  readonly settings: Settings;
  /** Fewer ready pods than this never serve. */
  readonly floor: number;
}

export interface RollingPlan extends PlanBase {
  readonly strategy: 'rolling';
  readonly workload: WorkloadSnapshot;
  /** The pods to be; undefined: those of the workload, with the image in them. */
  readonly template: PodTemplate | undefined;
  readonly maxSurge: number | string;
  /**
   * The revisions that had pods when the release was planned, by name: a ReplicaSet's, or a value of
   * controller-revision-hash. Unknown in plans of older versions.
   */
  readonly revisionsBefore?: readonly string[] | undefined;
  /** Where the workload is a StatefulSet: what of it no Deployment has. */
  readonly statefulSet: StatefulSetSnapshot | undefined;
  /** What the candidate's template lacks and is given. */
  readonly hardening: Hardening | undefined;
}

/** So much of the traffic goes to the candidate, and is watched for so long. */
export interface WeightStep {
  /** 1 to 100. */
  readonly weightPercent: number;
  readonly watchMs: number;
}

/** The autoscaler of the stable, as far as a release changes it. */
export interface AutoscalerSnapshot {
  readonly name: string;
  readonly minReplicas: number | undefined;
}

/** Two Deployments side by side, and traffic that is moved from one to the other. */
export interface TwoSidedPlan extends PlanBase {
  readonly strategy: TwoSidedStrategy;
  readonly stable: WorkloadSnapshot;
  /** The Deployment to be, and what stood in its place before, if anything did. */
  readonly candidate: {
    readonly name: string;
    readonly labels: Labels;
    /** What it carries of the stable's; plans of earlier versions have neither. */
    readonly annotations?: Labels;
    readonly spec?: Carried['spec'];
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
    /** When it serves alone. */
    readonly replicas: number;
    readonly before: WorkloadSnapshot | undefined;
  };
  readonly selectors: Selectors;
  readonly previewService: string;
  /** The Service has no address of its own: its clients know its endpoints. */
  readonly headless?: boolean;
  /** Other Services that move along; unknown in plans of older versions. */
  readonly furtherServices?: readonly FurtherService[];
  readonly routing: Routing;
  /** In order; the last one is 100. */
  readonly steps: readonly WeightStep[];
  readonly sizing: Sizing;
  readonly autoscaler: AutoscalerSnapshot | undefined;
  /** So long the stable outlives its release's promotion, out of reach; 0: it does not. */
  readonly rollbackWindowMs: number;
}

export type Plan = RollingPlan | TwoSidedPlan;

/** A plan out of a journal, which an earlier version may have written. */
export function readPlan(plan: Plan): Plan {
  return 'routing' in plan ? { ...plan, routing: readRouting(plan.routing) } : plan;
}
