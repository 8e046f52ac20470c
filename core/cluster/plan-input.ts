/** What a plan is made from. */

import type { Instant, ReleaseId } from '../base/vocabulary.ts';
import type { Settings } from '../config/settings.ts';
import type { ByName } from '../kubernetes/by-name.ts';
import type { Deployment, Pod, Service } from '../kubernetes/objects.ts';
import type { ImageChoice, MetricsPlan, WorkloadSnapshot } from '../plan/plan.ts';
import type { Neighbours } from './neighbours.ts';
import { markOf } from './ownership.ts';
import type { Subject } from './subject.ts';

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
  /** Who else there is in the namespace; undefined: nobody. */
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
    mark: markOf(deployment),
  };
}
