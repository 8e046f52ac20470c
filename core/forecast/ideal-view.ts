/** What would be seen of an ideal cluster. */

import type { Instant } from '../base/vocabulary.ts';
import type { Observation, Reading, Report } from '../cluster/observation.ts';
import type { EndpointSlice, Service } from '../kubernetes/network-objects.ts';
import type { Deployment } from '../kubernetes/workload-objects.ts';
import type { Plan } from '../plan/plan.ts';
import { scopeOf } from '../plan/scope.ts';
import { all, type IdealCluster, reachedPods } from './ideal-cluster.ts';
import { type IdealPod, isReady, shown } from './ideal-pods.ts';
import { belongingOf, replicaSets } from './ideal-revisions.ts';

export function observed(cluster: IdealCluster, plan: Plan): Observation {
  const { at, pods, found, called, reported } = cluster;
  const services = all<Service>(cluster, 'Service');
  const reached = reachedPods(cluster, plan.service);
  const { previewService: preview, furtherServices } = scopeOf(plan);
  const reports = [...reported].map((key): [string, Report] => [
    key,
    { key, at, checked: 'as foreseen', failures: [] },
  ]);
  return {
    ...found,
    at,
    called,
    service: services.find(({ metadata }) => metadata.name === plan.service),
    previewService: services.find(({ metadata }) => metadata.name === preview),
    furtherServices: new Map(
      furtherServices.map((name) => [
        name,
        {
          service: services.find(({ metadata }) => metadata.name === name),
          slices: [sliceOf(name, reachedPods(cluster, name))],
        },
      ]),
    ),
    deployments: new Map(
      all<Deployment>(cluster, 'Deployment').map((each) => [
        each.metadata.name,
        withStatus(each, pods, at),
      ]),
    ),
    pods: pods.map((pod) => shown(pod, plan.namespace, at, belongingOf(cluster, pod))),
    replicaSets: replicaSets(cluster),
    slices: [sliceOf(plan.service, reached)],
    previewSlices: services
      .filter(({ metadata }) => metadata.name === preview)
      .map(({ metadata }) => sliceOf(metadata.name, reachedPods(cluster, metadata.name))),
    others: cluster.objects,
    events: [],
    measured: new Map(),
    readings: new Map(pods.map((pod) => [pod.name, readingOf(pod, plan, at)])),
    reports: new Map(reports),
  };
}

function sliceOf(service: string, pods: readonly IdealPod[]): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: service },
    endpoints: pods.map(({ name }) => ({
      addresses: [],
      conditions: { ready: true },
      targetRef: { kind: 'Pod', name },
    })),
  };
}

function withStatus(each: Deployment, pods: readonly IdealPod[], at: Instant): Deployment {
  const own = pods.filter(
    ({ owner, goneAt }) => owner === each.metadata.name && goneAt === undefined,
  );
  const ready = own.filter((pod) => isReady(pod, at)).length;
  const { generation: observedGeneration = 1 } = each.metadata;
  const counts = { replicas: own.length, readyReplicas: ready, availableReplicas: ready };
  const updatedReplicas = own.filter(({ template }) => template === each.spec.template).length;
  return { ...each, status: { observedGeneration, ...counts, updatedReplicas } };
}

function readingOf({ requests }: IdealPod, { metrics }: Plan, at: Instant): Reading {
  if (metrics.kind === 'none') return { kind: 'failed', at, why: metrics.why };
  return { kind: 'counted', at, counters: { requests: Math.round(requests), errors: 0 } };
}
