/**
 * Kubernetes objects as the store keeps them, typed after the official client's models: the same
 * fields, but JSON, so that times are texts.
 */
import type {
  CoreV1Event,
  V1ConfigMap,
  V1Container,
  V1ContainerState,
  V1ContainerStatus,
  V1CronJob,
  V1CronJobSpec,
  V1Deployment,
  V1DeploymentSpec,
  V1Endpoint,
  V1EndpointSlice,
  V1EnvVar,
  V1Job,
  V1JobSpec,
  V1LabelSelector,
  V1Namespace,
  V1NamespaceSpec,
  V1Node,
  V1NodeSpec,
  V1Pod,
  V1PodDisruptionBudget,
  V1PodDisruptionBudgetSpec,
  V1PodSpec,
  V1PodTemplateSpec,
  V1Probe,
  V1ReplicaSet,
  V1ReplicaSetSpec,
  V1Secret,
  V1Service,
  V1ServiceSpec,
  V1StatefulSet,
  V1StatefulSetSpec,
  V1Volume,
} from '@kubernetes/client-node';
import type { KubeObject } from './store/object.ts';

/** What a model of the client looks like on the wire. */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [Field in keyof T]: Wire<T[Field]> }
      : T;

type Head = 'apiVersion' | 'kind' | 'metadata';
type Stored<T, Spec = unknown> = KubeObject &
  Omit<Wire<T>, Head | 'spec'> &
  (unknown extends Spec ? unknown : { spec: Wire<Spec> });

export type ConfigMap = Stored<V1ConfigMap>;
export type Container = Wire<V1Container>;
export type ContainerState = Wire<V1ContainerState>;
export type ContainerStatus = Wire<V1ContainerStatus>;
export type CronJob = Stored<V1CronJob, V1CronJobSpec>;
export type Deployment = Stored<V1Deployment, V1DeploymentSpec>;
export type Endpoint = Wire<V1Endpoint>;
export type EndpointSlice = Stored<V1EndpointSlice>;
export type EnvVar = Wire<V1EnvVar>;
export type Event = Stored<CoreV1Event>;
export type Job = Stored<V1Job, V1JobSpec>;
export type LabelSelector = Wire<V1LabelSelector>;
export type Namespace = Stored<V1Namespace, V1NamespaceSpec>;
export type Node = Stored<V1Node, V1NodeSpec>;
export type Pod = Stored<V1Pod, V1PodSpec>;
export type PodDisruptionBudget = Stored<V1PodDisruptionBudget, V1PodDisruptionBudgetSpec>;
export type PodStatus = NonNullable<Wire<V1Pod>['status']>;
export type PodTemplate = Wire<V1PodTemplateSpec>;
export type Probe = Wire<V1Probe>;
export type ReplicaSet = Stored<V1ReplicaSet, V1ReplicaSetSpec>;
export type Secret = Stored<V1Secret>;
export type Service = Stored<V1Service, V1ServiceSpec>;
export type StatefulSet = Stored<V1StatefulSet, V1StatefulSetSpec>;
export type Volume = Wire<V1Volume>;
