/** What a plan is made from. */

import type { Scheme } from '../base/check.ts';
import type { Instant, ReleaseId } from '../base/vocabulary.ts';
import type { Settings } from '../config/settings.ts';
import type { ByName } from '../kubernetes/by-name.ts';
import type { Service } from '../kubernetes/network-objects.ts';
import type { LabelSelector, Pod, PodTemplate } from '../kubernetes/objects.ts';
import type { HttpProbe } from '../kubernetes/pods/probes.ts';
import type { Deployment, DeploymentStrategy } from '../kubernetes/workload-objects.ts';
import type { Neighbours } from './neighbours.ts';
import { ownerReleaseOf } from './ownership.ts';
import type { Subject } from './subject.ts';
import type { Carried } from './workload/copy.ts';

export interface PlanInput {
  readonly release: ReleaseId;
  readonly at: Instant;
  readonly settings: Settings;
  readonly subject: Subject;
  readonly image: ImageChoice;
  readonly metrics: MetricsPlan;
  /** Every Deployment of the namespace. */
  readonly deployments: readonly Deployment[];
  /** The stable's pods, by who controls them. */
  readonly pods: readonly Pod[];
  /** The neighbours in the namespace; undefined: none. */
  readonly neighbours?: Neighbours | undefined;
  /** The router's objects and the autoscalers of the namespace, by kind and name. */
  readonly others: ByName;
  /** The Service that stands under the preview's name, if any does. */
  readonly previewService: Service | undefined;
  /** Of the API server, 36 for 1.36; only asked for where something depends on it. */
  readonly kubernetesMinor?: number | undefined;
}

/** A Deployment as it is now, for putting it back. */
export function snapshot(deployment: Deployment): WorkloadSnapshot {
  const { metadata, spec } = deployment;
  return {
    name: metadata.name,
    uid: metadata.uid ?? '',
    replicas: spec.replicas ?? 1,
    selector: spec.selector,
    template: spec.template,
    strategy: spec.strategy,
    mark: ownerReleaseOf(deployment),
  };
}

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
  /** Where the release changes all of it; plans of earlier versions have none. */
  readonly carried?: Carried;
}

/** Where the pods tell of their requests; `none` says why not. */
export type MetricsPlan =
  | {
      readonly kind: 'pods';
      readonly port: number;
      readonly path: string;
      /** Default: HTTP. */
      readonly scheme?: Scheme;
      /** Of the workload as it is written; without them, those that each pod has. */
      readonly probes?: readonly HttpProbe[];
    }
  | {
      readonly kind: 'none';
      readonly why: string;
      /** The page that the config names cannot be read. */
      readonly unreadable?: boolean;
    };
