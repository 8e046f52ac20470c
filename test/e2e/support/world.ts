/**
 * The world of the end-to-end tests: the embedded cluster with this project installed, the stages as
 * they were built, and a service to release. Everything is real but the machines.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { jest } from '@jest/globals';
import {
  type Cluster,
  type ClusterOptions,
  startCluster,
} from '../../../embedded-cluster/cluster/cluster.ts';
import { exampleImages, stageImages } from '../../../embedded-cluster/cluster/images.ts';
import { installProject } from '../../../embedded-cluster/cluster/install.ts';
import { apply, parseManifests } from '../../../embedded-cluster/cluster/manifests.ts';
import { collectionOf, type Kind } from '../../../embedded-cluster/kubernetes/definitions/kind.ts';
import { CRON_JOBS } from '../../../embedded-cluster/kubernetes/kinds/workloads/batch.ts';
import type { DraftObject, KubeObject } from '../../../embedded-cluster/kubernetes/store/object.ts';

// Every stage is a process: what takes half a minute on a free machine takes several on a busy one.
jest.setTimeout(180_000);

export const ROOT = resolve(import.meta.dirname, '../../..');

export interface E2eWorld {
  readonly cluster: Cluster;
  /** Applies objects, in the namespace `default` unless they say another. */
  apply(...objects: DraftObject[]): void;
  get(kind: Kind, name: string): KubeObject | undefined;
  list(kind: Kind): readonly KubeObject[];
  stop(): Promise<void>;
}

export async function startWorld(options: ClusterOptions = {}): Promise<E2eWorld> {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const cluster = await startCluster({
    images: [...stageImages(ROOT, version), ...exampleImages(ROOT)],
    entrypoint: join(ROOT, 'dist/embedded-cluster/tekton/entrypoint.mjs'),
    backOff: { firstMs: 1_000, lastMs: 5_000 },
    ...options,
  });
  installProject(cluster, ROOT);
  stopTheHour(cluster);
  const { store } = cluster.world;
  return {
    cluster,
    apply: (...objects) => {
      for (const object of objects) apply(cluster, object);
    },
    get: (kind, name) => store.get(collectionOf(kind), 'default', name),
    list: (kind) => store.list(collectionOf(kind), 'default'),
    stop: cluster.stop,
  };
}

/** What runs by the hour would run in some tests and not in others: those that want it start it. */
function stopTheHour({ world }: Cluster): void {
  for (const cronJob of world.store.list(collectionOf(CRON_JOBS), 'default')) {
    const spec = { ...(cronJob.spec as object), suspend: true }; // every CronJob has one
    world.objects.update(CRON_JOBS, { ...cronJob, spec });
  }
}

export interface ServiceOptions {
  readonly name: string;
  readonly tag?: string;
  readonly replicas?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** What the release config says, as YAML without its head. */
  readonly config?: string;
}

/** The example's Service, blue Deployment and disruption budget under another name. */
export function exampleService(
  { cluster }: Pick<E2eWorld, 'cluster'>,
  options: ServiceOptions,
): DraftObject[] {
  const { name, tag = 'v1.1.0', replicas = 2, env = {}, config } = options;
  const text = readFileSync(join(ROOT, 'examples/payment-service.yaml'), 'utf8')
    .replaceAll('localhost:5000/payment-service:v1.1.0', `IMAGE`)
    .replaceAll('payment-service', name)
    .replaceAll('IMAGE', `${cluster.registry}/payment-service:${tag}`)
    .replace('replicas: 3', `replicas: ${replicas}`)
    .replace('minAvailable: 2', 'minAvailable: 1')
    .replace('seconds: 5', 'seconds: 1');
  const objects = parseManifests(text);
  const variables = Object.entries(env).map(([key, value]) => ({ name: key, value }));
  for (const object of objects) {
    if (object.kind !== 'Deployment') continue;
    // The example's Deployment has one container.
    const spec = object.spec as { template: { spec: { containers: { env?: unknown }[] } } };
    for (const container of spec.template.spec.containers) container.env = variables;
  }
  return config === undefined ? objects : [...objects, releaseConfig(name, config)];
}

export function releaseConfig(service: string, yaml: string): DraftObject {
  const head = 'apiVersion: release.zero-downtime.dev/v1\nkind: ReleaseConfig\n';
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${service}-release-config` },
    data: { 'release.yaml': `${head}${yaml}` },
  };
}
