/** Kubernetes objects as a test needs them: small, valid, and easy to vary. */

import type { EndpointSlice, Service } from '../../../core/kubernetes/network-objects.ts';
import type {
  KubernetesObject,
  OwnerReference,
  Pod,
  PodTemplate,
} from '../../../core/kubernetes/objects.ts';
import type { Deployment, ReplicaSet } from '../../../core/kubernetes/workload-objects.ts';

export const APP = 'payment-service';
export const REPOSITORY = 'registry.example/payment-service';

export function template(version: string, labels: Record<string, string>): PodTemplate {
  return {
    metadata: { labels },
    spec: {
      terminationGracePeriodSeconds: 30,
      containers: [
        {
          name: APP,
          image: `${REPOSITORY}:${version}`,
          ports: [{ name: 'http', containerPort: 8080 }],
          readinessProbe: { httpGet: { path: '/health/ready', port: 8080 } },
          lifecycle: { preStop: { sleep: { seconds: 5 } } },
        },
      ],
    },
  };
}

export function deployment(
  name: string,
  version: string,
  labels: Record<string, string>,
  replicas = 3,
): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      resourceVersion: '1',
      generation: 1,
      labels,
      annotations: {},
    },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: template(version, labels),
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' },
      },
    },
    status: {
      observedGeneration: 1,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
    },
  };
}

export function service(selector: Record<string, string>): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: APP, namespace: 'default', uid: 'uid-service', resourceVersion: '1' },
    spec: {
      clusterIP: '127.20.0.1',
      selector,
      ports: [{ name: 'http', port: 8080, targetPort: 'http' }],
    },
  };
}

export function pod(
  name: string,
  labels: Record<string, string>,
  image: string,
  ready: 'ready' | 'starting' | 'terminating' = 'ready',
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      labels,
      ...(ready === 'terminating' ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: { nodeName: 'node-1', containers: [{ name: APP, image }] },
    status: {
      phase: 'Running',
      podIP: '127.10.0.1',
      conditions: [{ type: 'Ready', status: ready === 'ready' ? 'True' : 'False' }],
      containerStatuses: [{ name: APP, ready: ready === 'ready', restartCount: 0 }],
    },
  };
}

/** The ReplicaSet of a Deployment for a template, as its controller would name it. */
export function replicaSet(
  { metadata, spec }: Deployment,
  hash: string,
  podTemplate: PodTemplate = spec.template,
): ReplicaSet {
  const labels = { ...podTemplate.metadata?.labels, 'pod-template-hash': hash };
  const { name: owner, uid = '' } = metadata;
  const name = `${owner}-${hash}`;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      labels,
      ownerReferences: [{ kind: 'Deployment', name: owner, uid, controller: true }],
    },
    spec: {
      selector: { matchLabels: labels },
      template: { ...podTemplate, metadata: { ...podTemplate.metadata, labels } },
    },
  };
}

/** The pod as one that `owner` controls. */
export function ownedBy(each: Pod, { kind, metadata }: KubernetesObject): Pod {
  const { name, uid = '' } = metadata;
  const owner: OwnerReference = { kind, name, uid, controller: true };
  return { ...each, metadata: { ...each.metadata, ownerReferences: [owner] } };
}

/** A slice of the service with these pods, all ready. */
export function slice(pods: readonly string[]): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${APP}-1`, labels: { 'kubernetes.io/service-name': APP } },
    endpoints: pods.map((name) => ({
      addresses: ['127.10.0.1'],
      conditions: { ready: true, serving: true, terminating: false },
      targetRef: { kind: 'Pod', name },
    })),
  };
}
