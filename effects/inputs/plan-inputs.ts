/** Gathers what a plan is made from: the service, what is behind it, its image and its metrics. */

import { parseImage } from '../../core/base/image.ts';
import { jsonOf } from '../../core/base/json.ts';
import type { Neighbours } from '../../core/cluster/neighbours.ts';
import type { ImageChoice, MetricsPlan } from '../../core/cluster/plan-input.ts';
import { readinessChecks, schemeAt } from '../../core/cluster/readiness-checks.ts';
import { findSubject, type Subject } from '../../core/cluster/subject.ts';
import type { Settings } from '../../core/config/settings.ts';
import type { ByName } from '../../core/kubernetes/by-name.ts';
import { readyPods } from '../../core/kubernetes/endpoints.ts';
import type { EndpointSlice, Service } from '../../core/kubernetes/network-objects.ts';
import type { Pod } from '../../core/kubernetes/objects.ts';
import { controllerOf, workloadRef } from '../../core/kubernetes/owners.ts';
import { isServing } from '../../core/kubernetes/pods/pods.ts';
import { httpProbes } from '../../core/kubernetes/pods/probes.ts';
import type { Deployment, ReplicaSet } from '../../core/kubernetes/workload-objects.ts';
import { podsOf } from '../../core/plan/own-pods.ts';
import { BadInput, StageFailure } from '../base/failure.ts';
import type { StageContext } from '../context/stage-context.ts';
import type { Kube } from '../kube/client.ts';
import { readPod, readSamples } from '../measure/metrics/pod.ts';
import { type Resolved, resolveImage } from './image-registry.ts';
import { listNeighbours } from './neighbours.ts';
import { findRoutingObjects } from './routing-objects.ts';

export interface PlanInputs {
  readonly subject: Subject;
  readonly deployments: readonly Deployment[];
  readonly previewService: Service | undefined;
  /** The stable's pods, by who controls them. */
  readonly pods: readonly Pod[];
  /** Of the stable, one a revision. */
  readonly replicaSets: readonly ReplicaSet[];
  readonly neighbours: Neighbours;
  /** The router's objects and the namespace's autoscalers, by kind and name. */
  readonly others: ByName;
  /** Names of the pods that the Service reaches. */
  readonly reached: ReadonlySet<string>;
  readonly resolved: Exclude<Resolved, { kind: 'missing' }>;
  readonly metrics: MetricsPlan;
  /** Of the API server; undefined where nothing depends on it. */
  readonly kubernetesMinor: number | undefined;
}

/**
 * Throws BadInput where the service, its workload or the image does not exist. An image that is
 * `known` is not asked for: it has served before.
 */
export async function gatherPlanInputs(
  context: StageContext,
  namespace: string,
  service: string,
  settings: Settings,
  credentialsDir: string,
  known?: ImageChoice,
): Promise<PlanInputs> {
  const { kube } = context;
  const [others, neighbours] = await Promise.all([
    findRoutingObjects(kube, namespace, settings),
    listNeighbours(kube, namespace),
  ]);
  const { deployments, statefulSets } = neighbours;
  const serviceNamed = (name: string): Service | undefined =>
    neighbours.services.find(({ metadata }) => metadata.name === name);
  const previewService = serviceNamed(settings.previewService);
  const search = findSubject(
    service,
    namespace,
    serviceNamed(service),
    deployments,
    settings.workload,
    statefulSets,
    neighbours.pods,
  );
  if (search.kind === 'not-found') throw new BadInput([search.why]);
  const { subject } = search;
  const pods = podsOf(workloadRef(subject.deployment), neighbours).map(({ pod }) => pod);
  const [resolved, slices] = await Promise.all([
    known
      ? ({ kind: 'resolved', image: known } as const)
      : resolve(context, subject, settings, credentialsDir),
    kube.list<EndpointSlice>({
      kind: 'discovery.k8s.io/v1/EndpointSlice',
      namespace,
      labelSelector: `kubernetes.io/service-name=${service}`,
    }),
  ]);
  const metrics = await findMetrics(context, subject, settings, pods);
  const kubernetesMinor = settings.preflight.harden ? await minorVersion(kube) : undefined;
  const reached = readyPods(slices.items);
  const replicaSets = neighbours.replicaSets.filter(
    (each) => controllerOf(each)?.uid === subject.deployment.metadata.uid,
  );
  const own = { subject, deployments, previewService, pods, replicaSets };
  const behind = { ...own, neighbours, others, reached };
  return { ...behind, resolved, metrics, kubernetesMinor };
}

async function minorVersion(kube: Kube): Promise<number | undefined> {
  const { minor = '' } = Object(jsonOf(await kube.text('/version'))); // version.Info
  const parsed = Number.parseInt(minor, 10);
  return Number.isNaN(parsed) ? undefined : parsed;
}

async function resolve(
  context: StageContext,
  subject: Subject,
  settings: Settings,
  credentialsDir: string,
) {
  const running = parseImage(subject.container.image ?? '');
  const repository = settings.image.repository ?? running?.repository;
  if (!repository) {
    throw new StageFailure(
      3,
      `container ${subject.container.name} has no image to take the repository from`,
    );
  }
  const resolved = await resolveImage(context, repository, settings.image.tag, credentialsDir);
  if (resolved.kind === 'missing') throw new BadInput([`param image-tag: ${resolved.why}`]);
  return resolved;
}

const PROMETHEUS = {
  port: 'prometheus.io/port',
  path: 'prometheus.io/path',
  scheme: 'prometheus.io/scheme',
} as const;

/** Where the stable's pods tell of their requests, found out by asking one of them. */
async function findMetrics(
  context: StageContext,
  subject: Subject,
  settings: Settings,
  pods: readonly Pod[],
): Promise<MetricsPlan> {
  const { container, deployment } = subject;
  const annotations = deployment.spec.template.metadata?.annotations ?? {};
  const path = settings.podMetrics.path ?? annotations[PROMETHEUS.path] ?? '/metrics';
  const port = settings.podMetrics.port ?? Number(annotations[PROMETHEUS.port] ?? subject.port);
  const { spec } = deployment.spec.template;
  const scheme =
    annotations[PROMETHEUS.scheme] === 'https'
      ? 'HTTPS'
      : schemeAt(port, readinessChecks(container), subject.service, spec);
  const metrics = { kind: 'pods', port, path, scheme, probes: httpProbes(container) } as const;
  const pod = pods.find(isServing);
  if (!pod) return { kind: 'none', why: 'no pod was ready to ask for metrics' };
  const page = await readPod(context, pod, metrics, []);
  if (typeof page !== 'string') return metrics;
  const isNamed = settings.podMetrics.port !== undefined || settings.podMetrics.path !== undefined;
  const isRead = typeof (await readSamples(context, pod, metrics)) !== 'string';
  return { kind: 'none', why: page, ...(isNamed && !isRead ? { unreadable: true } : {}) };
}
