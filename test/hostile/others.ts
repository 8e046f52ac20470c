/** What other people, controllers and clusters do to the objects of a release. */

import { type Applier, apply } from '../../embedded-cluster/cluster/manifests.ts';
import { collection } from '../../embedded-cluster/kubernetes/collection.ts';
import type { Kind } from '../../embedded-cluster/kubernetes/definitions/kind.ts';
import { PODS } from '../../embedded-cluster/kubernetes/kinds/core/core.ts';
import type { DraftObject, KubeObject } from '../../embedded-cluster/kubernetes/store/object.ts';
import type { World } from '../../embedded-cluster/kubernetes/world.ts';
import { NAMESPACE, REPOSITORY } from '../../verification/world/service.ts';
import type { ProofWorld } from '../../verification/world/world.ts';

/** A world with a cluster in it: simulated, or of real processes. */
export interface Inhabited {
  readonly cluster: Applier & { readonly world: World };
}

/** Paths into an object and what is to stand there; undefined takes it away. */
export type Changes = Readonly<Record<string, unknown>>;

/** A change through the API, as kubectl would make it. Nothing where the object is not there. */
export function edit(world: Inhabited, kind: Kind, name: string, changes: Changes): void {
  const objects = collection<KubeObject>(kind)(world.cluster.world);
  const found = objects.get(NAMESPACE, name);
  if (found) objects.update(changed(found, changes));
}

export function found(world: Inhabited, kind: Kind, name: string): KubeObject | undefined {
  return collection<KubeObject>(kind)(world.cluster.world).get(NAMESPACE, name);
}

export function all(world: Inhabited, kind: Kind): readonly KubeObject[] {
  return collection<KubeObject>(kind)(world.cluster.world).list(NAMESPACE);
}

export function remove(world: Inhabited, kind: Kind, name: string): void {
  collection<KubeObject>(kind)(world.cluster.world).delete(NAMESPACE, name);
}

export function create(world: Inhabited, ...objects: readonly DraftObject[]): void {
  for (const object of objects) apply(world.cluster, object);
}

/** An object of a kind that the cluster knows by a CustomResourceDefinition alone. */
export function createCustom(world: ProofWorld, plural: string, object: DraftObject): void {
  const { front, adminToken } = world.cluster;
  const { status } = front({
    method: 'POST',
    path: `/apis/${object.apiVersion}/namespaces/${NAMESPACE}/${plural}`,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(object)),
  });
  if (status !== 201) throw new Error(`${plural} ${object.metadata.name}: answered ${status}`);
}

/** What stands at a path such as `spec.template.spec.containers.0.image`. */
export function at(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => Object(inner)[key], object);
}

/** More of the service's own release config, as its owner would write it. */
export function configure(world: ProofWorld, more: Readonly<Record<string, unknown>>): void {
  const { store } = world.cluster.world;
  const config = store.get('configmaps', NAMESPACE, 'shop-release-config');
  if (!config) throw new Error('service shop has no release config');
  const before = JSON.parse(String(Object(at(config, 'data'))['release.yaml']));
  const data = { 'release.yaml': JSON.stringify({ ...before, ...more }) };
  store.put('configmaps', { ...config, data } as typeof config);
}

/** By JSON: what structuredClone makes belongs to another realm under Jest, and is equal to nothing. */
export function copied<T>(object: T): T {
  return JSON.parse(JSON.stringify(object));
}

function changed(object: KubeObject, changes: Changes): KubeObject {
  const copy = copied(object);
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.').map((key) => key.replaceAll('~', '.'));
    const last = keys.pop() ?? '';
    let inner: Record<string, unknown> = Object(copy);
    for (const key of keys) {
      inner[key] ??= {};
      inner = Object(inner[key]);
    }
    if (value === undefined) delete inner[last];
    else inner[last] = value;
  }
  return copy;
}

/** The pods of one colour fail their readiness probe from now on. */
export function sicken(world: ProofWorld, version: string): void {
  const { store } = world.cluster.world;
  const put = store.put.bind(store);
  type Stored = ReturnType<typeof store.put>;
  const sick = (pod: Stored): Stored => {
    const status = Object(at(pod, 'status'));
    const conditions = ((status.conditions ?? []) as { type: string }[]).map((each) =>
      each.type.endsWith('Ready') ? { ...each, status: 'False' } : each,
    );
    return { ...pod, status: { ...status, conditions } } as Stored;
  };
  store.put = (name, object) =>
    put(
      name,
      name === 'pods' && object.metadata.labels?.version === version ? sick(object) : object,
    );
  for (const pod of all(world, PODS)) {
    if (pod.metadata.labels?.version === version) store.put('pods', pod as Stored);
  }
}

export function workload(
  kind: 'Deployment' | 'StatefulSet' | 'Job' | 'CronJob',
  name: string,
  labels: Readonly<Record<string, string>>,
  more: Readonly<Record<string, unknown>> = {},
): DraftObject {
  const containers = [{ name: 'other', image: `${REPOSITORY}:v3`, ...more }];
  const metadata = { name, namespace: NAMESPACE };
  const job = { template: { metadata: { labels }, spec: { restartPolicy: 'Never', containers } } };
  switch (kind) {
    case 'Job':
      return { apiVersion: 'batch/v1', kind, metadata, spec: job };
    case 'CronJob': {
      const spec = { schedule: '* * * * *', jobTemplate: { spec: job } };
      return { apiVersion: 'batch/v1', kind, metadata, spec };
    }
    case 'Deployment':
    case 'StatefulSet': {
      const selector = { matchLabels: labels };
      const template = { metadata: { labels }, spec: { containers } };
      const serviceName = kind === 'StatefulSet' ? { serviceName: name } : {};
      return {
        apiVersion: 'apps/v1',
        kind,
        metadata,
        spec: { replicas: 1, selector, template, ...serviceName },
      };
    }
  }
}

export function service(
  name: string,
  selector: Readonly<Record<string, string>> | undefined,
  more: Readonly<Record<string, unknown>> = {},
): DraftObject {
  const ports = [{ name: 'http', port: 80, targetPort: 8080 }];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: NAMESPACE },
    spec: { ...(selector ? { selector } : {}), ports, ...more },
  };
}
