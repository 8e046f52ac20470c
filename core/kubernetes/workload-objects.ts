/** The shapes of workloads, as far as a release reads them. */
import type {
  Condition,
  KubernetesObject,
  LabelSelector,
  Metadata,
  PodTemplate,
} from './objects.ts';

export interface Deployment extends KubernetesObject {
  spec: {
    replicas?: number;
    selector: LabelSelector;
    template: PodTemplate;
    strategy?: DeploymentStrategy;
    paused?: boolean;
    minReadySeconds?: number;
  };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    conditions?: Condition[];
  };
}

export interface DeploymentStrategy {
  type?: 'RollingUpdate' | 'Recreate';
  rollingUpdate?: RollingUpdate;
}

export interface RollingUpdate {
  maxSurge?: number | string;
  maxUnavailable?: number | string;
}

export interface CronJob extends KubernetesObject {
  spec: { jobTemplate: { metadata?: Partial<Metadata>; spec: JobSpec } };
  status?: { lastSuccessfulTime?: string };
}

export interface JobSpec {
  template: PodTemplate;
  backoffLimit?: number;
  activeDeadlineSeconds?: number;
  ttlSecondsAfterFinished?: number;
}

export interface Job extends KubernetesObject {
  spec: JobSpec;
  status?: { active?: number; conditions?: Condition[] };
}

/** One revision of a Deployment's pods. */
export interface ReplicaSet extends KubernetesObject {
  spec: {
    replicas?: number;
    selector: LabelSelector;
    template: PodTemplate;
  };
}

export interface StatefulSet extends KubernetesObject {
  spec: {
    replicas?: number;
    selector: LabelSelector;
    template: PodTemplate;
    updateStrategy?: StatefulSetUpdateStrategy;
  };
  status?: NonNullable<Deployment['status']>;
}

export interface StatefulSetUpdateStrategy {
  type?: 'RollingUpdate' | 'OnDelete';
  rollingUpdate?: { partition?: number; maxUnavailable?: number | string };
}
