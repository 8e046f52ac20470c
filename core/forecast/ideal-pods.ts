/** Pods as an ideal cluster has them: each becomes ready in the same time, and ends when it is told to. */
import { sameJson } from '../base/json.ts';
import { countOf, countWithin } from '../base/share.ts';
import { type Instant, instant } from '../base/vocabulary.ts';
import type { OwnerReference, Pod, PodTemplate } from '../kubernetes/objects.ts';
import type { Deployment, StatefulSet } from '../kubernetes/workload-objects.ts';

export interface IdealPod {
  readonly name: string;
  /** The workload that made it. */
  readonly owner: string;
  readonly template: PodTemplate;
  readonly readyAt: Instant;
  /** When it will be gone, once it is told to end. */
  readonly goneAt: Instant | undefined;
  readonly requests: number;
  /** What it was when the forecast began; undefined where it is made up. */
  readonly found: Pod | undefined;
}

/** What the controllers write on a pod that they make. */
export interface Belonging {
  readonly labels: Readonly<Record<string, string>>;
  readonly owner: OwnerReference;
}

/** What stopping takes beside the preStop hook. */
const STOP_MS = 1_000;

export interface Births {
  /** How many pods were made up so far: their names count on. */
  readonly born: number;
  readonly at: Instant;
  readonly startMs: number;
}

/** What a Deployment's controllers make of its pods at this moment, in one step. */
export function deploymentPods(
  { metadata, spec }: Deployment,
  pods: readonly IdealPod[],
  births: Births,
): IdealPod[] {
  const { replicas: wanted = 1, template, strategy } = spec;
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy?.rollingUpdate ?? {};
  const staying = pods.filter(({ goneAt }) => goneAt === undefined);
  const current = staying.filter((pod) => sameJson(pod.template, template));
  const old = staying.filter((pod) => !current.includes(pod));
  const room = wanted + countOf(maxSurge, wanted) - staying.length;
  const missing = Math.max(0, Math.min(wanted - current.length, old.length > 0 ? room : wanted));
  const created = times(missing, (index): IdealPod => {
    const name = `${metadata.name}-new-${births.born + index + 1}`;
    const readyAt = instant(births.at + births.startMs);
    const made = { goneAt: undefined, requests: 0, found: undefined };
    return { name, owner: metadata.name, template, readyAt, ...made };
  });
  const least = wanted - countWithin(maxUnavailable, wanted);
  const ready = staying.filter(({ readyAt }) => readyAt <= births.at).length;
  const dismissed = [
    ...old.slice(0, Math.max(0, Math.min(ready - least, old.length))),
    ...current.slice(wanted),
  ];
  return [
    ...pods.map((pod) => (dismissed.includes(pod) ? ended(pod, births.at) : pod)),
    ...created,
  ];
}

/** One after the other, from the last down to the partition, each in its predecessor's place. */
export function statefulSetPods(
  { metadata, spec }: StatefulSet,
  pods: readonly IdealPod[],
  { at, startMs }: Births,
): IdealPod[] {
  const { replicas = 1, template, updateStrategy } = spec;
  const isByHand = updateStrategy?.type === 'OnDelete';
  const { partition = isByHand ? replicas : 0 } = updateStrategy?.rollingUpdate ?? {};
  for (let ordinal = replicas - 1; ordinal >= 0; ordinal -= 1) {
    const name = `${metadata.name}-${ordinal}`;
    const pod = pods.find((each) => each.name === name);
    if (!pod) {
      const made = { goneAt: undefined, requests: 0, found: undefined };
      const readyAt = instant(at + startMs);
      return [...pods, { name, owner: metadata.name, template, readyAt, ...made }];
    }
    if (!isReady(pod, at)) return [...pods];
    if (ordinal >= partition && !sameJson(pod.template, template)) {
      return pods.map((each) => (each === pod ? ended(each, at) : each));
    }
  }
  return [...pods];
}

export function ended(pod: IdealPod, at: Instant): IdealPod {
  if (pod.goneAt !== undefined) return pod;
  const sleeps = pod.template.spec.containers.map(
    ({ lifecycle }) => lifecycle?.preStop?.sleep?.seconds ?? 0,
  );
  return { ...pod, goneAt: instant(at + Math.max(0, ...sleeps) * 1000 + STOP_MS) };
}

export function isReady({ readyAt, goneAt }: IdealPod, at: Instant): boolean {
  return readyAt <= at && goneAt === undefined;
}

/** As the API would show it; `belonging`: what its controllers write on it. */
export function shown(
  pod: IdealPod,
  namespace: string,
  at: Instant,
  { labels, owner }: Belonging,
): Pod {
  const { name, template, found, goneAt } = pod;
  const made = {
    ...template.metadata,
    name,
    namespace,
    labels: { ...template.metadata?.labels, ...labels },
    ownerReferences: [owner],
  };
  const ready = isReady(pod, at);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(found?.metadata ?? made),
      ...(goneAt === undefined ? {} : { deletionTimestamp: 'ending' }),
    },
    spec: found?.spec ?? template.spec,
    status: {
      phase: 'Running',
      podIP: found?.status?.podIP ?? `<address of ${name}>`,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: template.spec.containers.map((container) => ({
        name: container.name,
        ready,
        restartCount: 0,
      })),
    },
  };
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
