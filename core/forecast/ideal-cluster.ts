/**
 * A cluster in which nothing goes wrong: it does at once what actions say, its pods become ready
 * when they should, requests flow. Values all the way: what comes next is made from what is.
 */

import { type Instant, instant } from '../base/vocabulary.ts';
import type { Action } from '../cluster/action.ts';
import type { Need, Observation } from '../cluster/observation.ts';
import { type ByName, byName, keyOf } from '../kubernetes/by-name.ts';
import { selects } from '../kubernetes/labels.ts';
import type { Service } from '../kubernetes/network-objects.ts';
import type { KubernetesObject, Pod } from '../kubernetes/objects.ts';
import {
  controllerOf,
  revisionIn,
  sameTemplate,
  withoutHash,
  workloadRef,
} from '../kubernetes/owners.ts';
import { hasEnded, isTerminating } from '../kubernetes/pods/pods.ts';
import type { Deployment, ReplicaSet, StatefulSet } from '../kubernetes/workload-objects.ts';
import { deploymentPods, ended, type IdealPod, isReady, statefulSetPods } from './ideal-pods.ts';
import { patched } from './patched.ts';

type Workload = Deployment | StatefulSet;

export interface IdealCluster {
  readonly at: Instant;
  /** How long a pod takes to become ready. */
  readonly startMs: number;
  /** By kind and name. */
  readonly objects: ByName;
  readonly pods: readonly IdealPod[];
  readonly born: number;
  readonly called: ReadonlySet<string>;
  /** Keys of what was measured: all of it went well. */
  readonly reported: ReadonlySet<string>;
  /** What was seen of the real one when the forecast began. */
  readonly found: Observation;
}

/** Requests a second through the Service: enough for every judge. */
const LOAD = 50;

export function idealCluster(found: Observation, startMs: number): IdealCluster {
  const { deployments, service, previewService, others, pods, replicaSets, at } = found;
  const further = [...(found.furtherServices?.values() ?? [])].map((each) => each.service);
  const services = [service, previewService, ...further];
  const objects = [...deployments.values(), ...others.values(), ...services].filter(
    (object) => object !== undefined,
  );
  return reconciled({
    at,
    startMs,
    objects: byName(objects),
    pods: pods.flatMap((pod) => adopted(pod, objects.filter(isWorkload), replicaSets, at)),
    born: 0,
    called: new Set(),
    reported: new Set(),
    found,
  });
}

export function acted(cluster: IdealCluster, { id, effect }: Action): IdealCluster {
  const { objects } = cluster;
  switch (effect.kind) {
    case 'create': {
      const { kind, metadata } = effect.object;
      const uid = `uid of ${metadata.name}`;
      const object = { ...effect.object, metadata: { generation: 1, ...metadata, uid } };
      return reconciled({
        ...cluster,
        objects: having(objects, keyOf(kind, metadata.name), object),
      });
    }
    case 'patch': {
      const key = keyOf(effect.target.kind, effect.target.name);
      const object = objects.get(key);
      if (!object) return cluster;
      const changed = patched(object, effect.operations);
      return reconciled({ ...cluster, objects: having(objects, key, changed) });
    }
    case 'apply': {
      const { kind, metadata } = effect.object;
      const key = keyOf(kind, metadata.name);
      const object = objects.get(key);
      return object
        ? { ...cluster, objects: having(objects, key, applied(object, effect.object)) }
        : cluster;
    }
    case 'delete': {
      if (effect.target.kind === 'Pod') return ending(cluster, new Set([effect.target.name]));
      const key = keyOf(effect.target.kind, effect.target.name);
      const left = new Map([...objects].filter(([each]) => each !== key));
      return reconciled({ ...cluster, objects: left });
    }
    case 'call':
      return { ...cluster, called: new Set([...cluster.called, id]) };
    case 'show-log':
      return cluster;
  }
}

/** What measuring does: it answers, and the drain probe ends a pod. */
export function measured(cluster: IdealCluster, needs: readonly Need[]): IdealCluster {
  const keys = needs.flatMap((need) => ('key' in need ? [need.key] : []));
  const probed = new Set(needs.flatMap((need) => (need.kind === 'drain-probe' ? [need.pod] : [])));
  const reported = new Set([...cluster.reported, ...keys]);
  if (probed.size === 0) return { ...cluster, reported };
  return ending({ ...cluster, reported }, probed);
}

function ending(cluster: IdealCluster, names: ReadonlySet<string>): IdealCluster {
  const pods = cluster.pods.map((pod) => (names.has(pod.name) ? ended(pod, cluster.at) : pod));
  return reconciled({ ...cluster, pods });
}

export function advanced(cluster: IdealCluster, byMs: number): IdealCluster {
  const at = instant(cluster.at + byMs);
  const next = reconciled({ ...cluster, at });
  const reached = new Set(reachedPods(next, next.found.service?.metadata.name));
  const requests = (LOAD * byMs) / 1000 / Math.max(1, reached.size);
  const pods = next.pods.map((pod) =>
    reached.has(pod) ? { ...pod, requests: pod.requests + requests } : pod,
  );
  return { ...next, pods };
}

/** The fields given take the place of those there; everything else stays. */
function applied(object: KubernetesObject, fields: KubernetesObject): KubernetesObject {
  const together = { ...object, spec: { ...specOf(object), ...specOf(fields) } };
  return together;
}

function specOf(object: KubernetesObject): object {
  return 'spec' in object ? Object(object.spec) : {};
}

/** What every controller makes of how things are. */
function reconciled(cluster: IdealCluster): IdealCluster {
  const { at, startMs } = cluster;
  const owners = [...cluster.objects.values()].filter(isWorkload);
  const names = new Set(owners.map(({ metadata }) => metadata.name));
  let { born } = cluster;
  const there = cluster.pods.filter(({ goneAt, owner }) => !isGone(goneAt, at) && names.has(owner));
  const pods = owners.flatMap((owner) => {
    const own = there.filter((pod) => pod.owner === owner.metadata.name);
    const births = { born, at, startMs };
    const next = isStatefulSet(owner)
      ? statefulSetPods(owner, own, births)
      : deploymentPods(owner, own, births);
    born += next.length - own.length;
    return next;
  });
  return { ...cluster, pods, born };
}

function isWorkload(object: KubernetesObject): object is Workload {
  return object.kind === 'Deployment' || object.kind === 'StatefulSet';
}

function isStatefulSet(workload: Workload): workload is StatefulSet {
  return workload.kind === 'StatefulSet';
}

function isGone(goneAt: Instant | undefined, at: Instant): boolean {
  return goneAt !== undefined && goneAt <= at;
}

/** A pod that was found, under the workload that controls it; another's does not concern it. */
function adopted(
  pod: Pod,
  workloads: readonly Workload[],
  replicaSets: readonly ReplicaSet[],
  at: Instant,
): IdealPod[] {
  if (isTerminating(pod) || hasEnded(pod)) return [];
  const owner = workloads.find(
    (each) => revisionIn(pod, workloadRef(each), replicaSets) !== undefined,
  );
  if (!owner) return [];
  const { name } = pod.metadata;
  const revision = replicaSets.find(({ metadata }) => metadata.uid === controllerOf(pod)?.uid);
  const isOld = revision && !sameTemplate(revision.spec.template, owner.spec.template);
  const template = isOld ? withoutHash(revision.spec.template) : owner.spec.template;
  const serving = { readyAt: at, goneAt: undefined, requests: 0 };
  return [{ name, owner: owner.metadata.name, template, found: pod, ...serving }];
}

/** Whom a Service reaches. */
export function reachedPods(cluster: IdealCluster, service: string | undefined): IdealPod[] {
  const selector = all<Service>(cluster, 'Service').find(
    ({ metadata }) => metadata.name === service,
  )?.spec.selector;
  return cluster.pods.filter(
    (pod) =>
      isReady(pod, cluster.at) &&
      selects(selector, (pod.found?.metadata ?? pod.template.metadata)?.labels),
  );
}

/** The objects of a kind. */
export function all<T extends KubernetesObject>({ objects }: IdealCluster, kind: string): T[] {
  // Objects are kept under their kind.
  return [...objects.values()].filter((object) => object.kind === kind) as T[];
}

function having<T>(map: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> {
  return new Map([...map, [key, value]]);
}
