/** Gathers what a plan is made from: the service, what is behind it, its image and its metrics. */
import type { Settings } from '../core/config/settings.ts';
import { parseImage } from '../core/image.ts';
import { readyPods } from '../core/kubernetes/endpoints.ts';
import { selectorText } from '../core/kubernetes/labels.ts';
import type { Deployment, EndpointSlice, Pod, Service } from '../core/kubernetes/objects.ts';
import { isServing } from '../core/kubernetes/pods.ts';
import type { MetricsPlan } from '../core/release/plan.ts';
import { findSubject, type Subject } from '../core/release/subject.ts';
import type { Clock } from './clock.ts';
import { BadInput, StageFailure } from './failure.ts';
import type { Kube } from './kube/client.ts';
import { readCounters } from './measure.ts';
import { type Resolved, resolveImage } from './registry.ts';

export interface Gathered {
  readonly subject: Subject;
  readonly deployments: readonly Deployment[];
  readonly previewService: Service | undefined;
  /** The stable's pods. */
  readonly pods: readonly Pod[];
  /** Names of the pods that the Service reaches. */
  readonly reached: ReadonlySet<string>;
  readonly resolved: Exclude<Resolved, { kind: 'missing' }>;
  readonly metrics: MetricsPlan;
}

/** Throws BadInput where the service, its workload or the image does not exist. */
export async function gather(
  kube: Kube,
  clock: Clock,
  namespace: string,
  service: string,
  settings: Settings,
  credentialsDir: string,
): Promise<Gathered> {
  const serviceAt = (name: string): Promise<Service | undefined> =>
    kube.get({ apiVersion: 'v1', kind: 'Service', namespace, name });
  const [found, previewService, { items: deployments }] = await Promise.all([
    serviceAt(service),
    serviceAt(settings.blueGreen.previewService),
    kube.list<Deployment>({ kind: 'apps/v1/Deployment', namespace }),
  ]);
  const search = findSubject(service, namespace, found, deployments, settings.workload);
  if (search.kind === 'not-found') throw new BadInput([search.why]);
  const { subject } = search;
  const [resolved, pods, slices] = await Promise.all([
    resolve(subject, settings, credentialsDir),
    podsOf(kube, namespace, subject.deployment),
    kube.list<EndpointSlice>({
      kind: 'discovery.k8s.io/v1/EndpointSlice',
      namespace,
      labelSelector: `kubernetes.io/service-name=${service}`,
    }),
  ]);
  const metrics = await findMetrics(subject, settings, pods, clock);
  const reached = readyPods(slices.items);
  return { subject, deployments, previewService, pods, reached, resolved, metrics };
}

async function podsOf(
  kube: Kube,
  namespace: string,
  deployment: Deployment,
): Promise<readonly Pod[]> {
  const labelSelector = selectorText(deployment.spec.selector.matchLabels ?? {});
  return (await kube.list<Pod>({ kind: 'v1/Pod', namespace, labelSelector })).items;
}

async function resolve(subject: Subject, settings: Settings, credentialsDir: string) {
  const running = parseImage(subject.container.image ?? '');
  const repository = settings.image.repository ?? running?.repository;
  if (!repository) {
    throw new StageFailure(
      3,
      `container ${subject.container.name} has no image to take the repository from`,
    );
  }
  const resolved = await resolveImage(repository, settings.image.tag, credentialsDir);
  if (resolved.kind === 'missing') throw new BadInput([`param image-tag: ${resolved.why}`]);
  return resolved;
}

const PROMETHEUS = { port: 'prometheus.io/port', path: 'prometheus.io/path' } as const;

/** Where the stable's pods tell of their requests, found out by asking one of them. */
async function findMetrics(
  subject: Subject,
  settings: Settings,
  pods: readonly Pod[],
  clock: Clock,
): Promise<MetricsPlan> {
  const { container, deployment } = subject;
  const annotations = deployment.spec.template.metadata?.annotations ?? {};
  const path = settings.podMetrics.path ?? annotations[PROMETHEUS.path] ?? '/metrics';
  const port = settings.podMetrics.port ?? Number(annotations[PROMETHEUS.port] ?? subject.port);
  const probes = [container.readinessProbe, container.livenessProbe, container.startupProbe];
  const ignoredPaths = [path, ...probes.flatMap((probe) => probe?.httpGet?.path ?? [])];
  const metrics = { kind: 'pods', port, path, ignoredPaths } as const;
  const pod = pods.find(isServing);
  if (!pod) return { kind: 'none', why: 'no pod was ready to ask for metrics' };
  const reading = await readCounters(pod, metrics, clock);
  return reading.kind === 'counted' ? metrics : { kind: 'none', why: reading.why };
}
