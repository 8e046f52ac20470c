/** The objects of one kind, read and written as what they are rather than as any object. */

import type { DeleteOptions } from './api/objects/objects.ts';
import { apiVersionOf, collectionOf, type Kind } from './definitions/kind.ts';
import {
  CONFIG_MAPS,
  EVENTS,
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  SECRETS,
  SERVICES,
} from './kinds/core/core.ts';
import { ENDPOINT_SLICES } from './kinds/network/discovery.ts';
import { DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS } from './kinds/workloads/apps.ts';
import { CRON_JOBS, JOBS } from './kinds/workloads/batch.ts';
import { POD_DISRUPTION_BUDGETS } from './kinds/workloads/policy.ts';
import type {
  ConfigMap,
  CronJob,
  Deployment,
  EndpointSlice,
  Event,
  Job,
  Namespace,
  Node,
  Pod,
  PodDisruptionBudget,
  ReplicaSet,
  Secret,
  Service,
  StatefulSet,
} from './shapes.ts';
import type { KubeObject, ObjectMeta } from './store/object.ts';
import type { ChangeType } from './store/store.ts';
import type { World } from './world.ts';

interface NewObject {
  metadata: Partial<ObjectMeta>;
  [field: string]: unknown;
}

interface TypedChange<T> {
  readonly type: ChangeType;
  readonly object: T;
  readonly previous: T | undefined;
}

export interface Collection<T extends KubeObject> {
  get(namespace: string | undefined, name: string): T | undefined;
  list(namespace?: string): readonly T[];
  create(draft: NewObject): T;
  update(object: T): T;
  updateStatus(object: T): T;
  delete(namespace: string | undefined, name: string, options?: DeleteOptions): void;
  /** Tells of what is there already as added, and then of every change. Returns how to stop. */
  watch(listener: (change: TypedChange<T>) => void): () => void;
}

export function collection<T extends KubeObject>(kind: Kind): (world: World) => Collection<T> {
  const name = collectionOf(kind);
  return ({ store, objects }) => ({
    // The API checks an object before it is stored: what this collection holds has this shape.
    get: (namespace, object) => store.get(name, namespace, object) as T | undefined,
    list: (namespace) => store.list(name, namespace) as readonly T[],
    create: (draft) =>
      objects.create(kind, { ...draft, apiVersion: apiVersionOf(kind), kind: kind.kind }) as T,
    update: (object) => objects.update(kind, object) as T,
    updateStatus: (object) => objects.updateStatus(kind, object) as T,
    delete: (namespace, object, options) => {
      objects.delete(kind, namespace, object, options);
    },
    watch: (listener) => {
      for (const object of store.list(name)) {
        listener({ type: 'ADDED', object: object as T, previous: undefined });
      }
      return store.subscribe(({ type, collection, object, previous }) => {
        if (collection !== name) return;
        listener({ type, object: object as T, previous: previous as T | undefined });
      });
    },
  });
}

export const configMaps = collection<ConfigMap>(CONFIG_MAPS);
export const cronJobs = collection<CronJob>(CRON_JOBS);
export const deployments = collection<Deployment>(DEPLOYMENTS);
export const endpointSlices = collection<EndpointSlice>(ENDPOINT_SLICES);
export const events = collection<Event>(EVENTS);
export const jobs = collection<Job>(JOBS);
export const namespaces = collection<Namespace>(NAMESPACES);
export const nodes = collection<Node>(NODES);
export const persistentVolumeClaims = collection<KubeObject>(PERSISTENT_VOLUME_CLAIMS);
export const podDisruptionBudgets = collection<PodDisruptionBudget>(POD_DISRUPTION_BUDGETS);
export const pods = collection<Pod>(PODS);
export const replicaSets = collection<ReplicaSet>(REPLICA_SETS);
export const secrets = collection<Secret>(SECRETS);
export const services = collection<Service>(SERVICES);
export const statefulSets = collection<StatefulSet>(STATEFUL_SETS);
