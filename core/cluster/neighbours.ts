/**
 * Who else there is: pods and workloads that are no part of a release, by who controls them. A
 * selector that a release writes must not lead its traffic to any of them.
 */
import { type Labels, selects } from '../kubernetes/labels.ts';
import type { Service } from '../kubernetes/network-objects.ts';
import type { KubernetesObject, Pod } from '../kubernetes/objects.ts';
import { controllerOf, REVISION_HASH, TEMPLATE_HASH } from '../kubernetes/owners.ts';
import { hasEnded, isServing } from '../kubernetes/pods/pods.ts';
import type {
  CronJob,
  Deployment,
  ReplicaSet,
  StatefulSet,
} from '../kubernetes/workload-objects.ts';

/** Everything of the namespace that a selector could reach, or that reaches pods. */
export interface Neighbours {
  readonly services: readonly Service[];
  readonly deployments: readonly Deployment[];
  readonly statefulSets: readonly StatefulSet[];
  readonly cronJobs: readonly CronJob[];
  readonly replicaSets: readonly ReplicaSet[];
  readonly pods: readonly Pod[];
}

export interface Foreigner {
  /** `deployment shop-worker`, `Job c05-29`, `pod debug` */
  readonly text: string;
  readonly labels: Labels;
  /** A pod of it is ready now. */
  readonly serves: boolean;
}

/** `own`: the names of the release's Deployments, or of its StatefulSet. */
export function foreignersOf(neighbours: Neighbours, own: WorkloadNames): Foreigner[] {
  const templates = [
    ...neighbours.deployments.filter(({ metadata }) => !own.deployments.includes(metadata.name)),
    ...neighbours.statefulSets.filter(({ metadata }) => !own.statefulSets.includes(metadata.name)),
  ].map((each) => ofTemplate(each, each.spec.template.metadata?.labels));
  const jobs = neighbours.cronJobs.map((each) =>
    ofTemplate(each, each.spec.jobTemplate.spec.template.metadata?.labels),
  );
  const pods = neighbours.pods
    .filter((pod) => !hasEnded(pod) && !isOwn(pod, neighbours.replicaSets, own))
    .map((pod) => ({
      text: ownerText(pod, neighbours.replicaSets),
      labels: pod.metadata.labels ?? {},
      serves: isServing(pod),
    }));
  return [...templates, ...jobs, ...pods];
}

export interface WorkloadNames {
  readonly deployments: readonly string[];
  readonly statefulSets: readonly string[];
}

/** Names of those that a selector reaches, each once. */
export function namesReached(
  foreigners: readonly Foreigner[],
  selector: Labels,
  isMeant: (foreigner: Foreigner) => boolean = () => true,
): string[] {
  const reached = foreigners.filter((each) => selects(selector, each.labels) && isMeant(each));
  return [...new Set(reached.map(({ text }) => text))];
}

/** By kind and name: one that was deleted and made again under its name is still no stranger. */
export function isOwn(
  pod: Pod,
  replicaSets: readonly ReplicaSet[],
  { deployments, statefulSets }: WorkloadNames,
): boolean {
  const top = topOwner(pod, replicaSets);
  if (top?.kind === 'Deployment') return deployments.includes(top.name);
  return top?.kind === 'StatefulSet' && statefulSets.includes(top.name);
}

/** What controls a pod, for people: the Deployment rather than its ReplicaSet. */
export function ownerText(pod: Pod, replicaSets: readonly ReplicaSet[]): string {
  const top = topOwner(pod, replicaSets);
  if (!top) return `pod ${pod.metadata.name}`;
  return top.kind === 'Deployment' ? `deployment ${top.name}` : `${top.kind} ${top.name}`;
}

function topOwner(pod: Pod, replicaSets: readonly ReplicaSet[]) {
  const owner = controllerOf(pod);
  if (owner?.kind !== 'ReplicaSet') return owner;
  const set = replicaSets.find(({ metadata }) => metadata.uid === owner.uid);
  if (set) return controllerOf(set) ?? owner;
  // `<deployment>-<hash>`, where the ReplicaSet itself is gone or not yet known.
  const suffix = `-${pod.metadata.labels?.[TEMPLATE_HASH]}`;
  const name = owner.name.endsWith(suffix) ? owner.name.slice(0, -suffix.length) : undefined;
  return name === undefined ? owner : { kind: 'Deployment', name };
}

function ofTemplate({ kind, metadata }: KubernetesObject, labels: Labels = {}): Foreigner {
  const text = kind === 'Deployment' ? `deployment ${metadata.name}` : `${kind} ${metadata.name}`;
  return { text, labels, serves: false };
}

/** Labels that controllers put on pods: no selector of a Service can name them for good. */
export function isControllers(label: string): boolean {
  return label === TEMPLATE_HASH || label === REVISION_HASH;
}
