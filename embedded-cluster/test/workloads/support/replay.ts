// The embedded cluster, put through what was done to the real one while it was recorded.

import { type SimulatedCluster, simulateCluster } from '../../../cluster/simulated-cluster.ts';
import { deployments, pods, services } from '../../../kubernetes/collection.ts';
import { CONFIG_MAPS, NAMESPACES, SERVICES } from '../../../kubernetes/kinds/core/core.ts';
import { DEPLOYMENTS } from '../../../kubernetes/kinds/workloads/apps.ts';
import { CRON_JOBS, JOBS } from '../../../kubernetes/kinds/workloads/batch.ts';
import type { Container, Deployment } from '../../../kubernetes/shapes.ts';
import type { Script, ScriptFor } from '../../../node/scripted-runtime.ts';
import {
  NODE_IMAGE,
  programConfigMap,
  recordedDeployment,
  recordedService,
} from './recorded-app.ts';
import { type Tracks, tracksOf, type WatchEvent } from './tracks.ts';

const NAMESPACE = 'rec';
const NAME = 'payment-service';

export const SCENARIOS = [
  'create',
  'rolling-update',
  'never-ready',
  'rollout-undo',
  'crash-loop',
  'image-pull',
  'unschedulable',
  'selector-switch',
  'scale',
  'paused',
  'pod-killed',
  'delete',
  'job',
] as const;

export type Scenario = (typeof SCENARIOS)[number];

/** What srv.js does, as a script. */
const recordedProgram: ScriptFor = ({ env, container }): Script => {
  const variables = new Map(env.map(({ name, value }) => [name, value]));
  if (container.name === 'c') return { exits: { afterMs: 50, exitCode: 0 } };
  return {
    listensAfterMs: 300,
    answer: () => ({ status: variables.has('NEVER') ? 503 : 200 }),
    onTerminate: { exitsAfterMs: 0, exitCode: 0, listens: 'no more' },
    ...(variables.has('CRASH') ? { exits: { afterMs: 1100, exitCode: 3 } } : {}),
  };
};

/** Plays the scenarios one after the other, each on what the one before has left. */
export async function replay(): Promise<Readonly<Record<Scenario, Tracks>>> {
  const cluster = simulateCluster({
    startMs: Date.parse('2026-11-21T05:43:40Z'),
    images: [NODE_IMAGE],
    scriptFor: recordedProgram,
    sandboxMs: () => 500,
  });
  const { world } = cluster;
  world.objects.create(NAMESPACES, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE },
  });
  world.objects.create(CONFIG_MAPS, programConfigMap(NAMESPACE));
  const told: Partial<Record<Scenario, Tracks>> = {};
  for (const scenario of SCENARIOS) {
    told[scenario] = await watched(cluster, () => STORIES[scenario](cluster));
    await (AFTERWARDS[scenario] ?? (async () => undefined))(cluster);
  }
  cluster.stop();
  return told as Record<Scenario, Tracks>; // each of them was just told
}

async function watched({ world }: SimulatedCluster, story: () => Promise<void>): Promise<Tracks> {
  const events: WatchEvent[] = world.store.dump().map((object) => ({ type: 'ADDED', object }));
  const stop = world.store.subscribe(({ type, object }) => events.push({ type, object }));
  const since = world.store.revision() + 1;
  await story();
  stop();
  const own = events.filter(({ object }) => object.metadata.namespace === NAMESPACE);
  return tracksOf(own, since);
}

function pass({ clock }: SimulatedCluster, seconds: number): Promise<void> {
  return clock.advanceTo(clock.now() + seconds * 1000);
}

function deployment({ world }: SimulatedCluster): Deployment {
  const found = deployments(world).get(NAMESPACE, NAME);
  if (!found) throw new Error('there is no Deployment');
  return found;
}

function changeSpec(cluster: SimulatedCluster, change: Partial<Deployment['spec']>): void {
  const current = deployment(cluster);
  deployments(cluster.world).update({ ...current, spec: { ...current.spec, ...change } });
}

function changeContainer(cluster: SimulatedCluster, change: Partial<Container>): void {
  const { template } = deployment(cluster).spec;
  const containers = template.spec?.containers.map((one) => ({ ...one, ...change })) ?? [];
  changeSpec(cluster, { template: { ...template, spec: { ...template.spec, containers } } });
}

let undoTo: Deployment['spec']['template'] | undefined;

async function undo(cluster: SimulatedCluster): Promise<void> {
  if (undoTo) changeSpec(cluster, { template: undoTo });
}

/** Changes the containers and remembers what they were. */
function release(cluster: SimulatedCluster, change: Partial<Container>): void {
  undoTo = deployment(cluster).spec.template;
  changeContainer(cluster, change);
}

type Story = (cluster: SimulatedCluster) => Promise<void>;

const STORIES: Readonly<Record<Scenario, Story>> = {
  create: async (cluster) => {
    cluster.world.objects.create(DEPLOYMENTS, recordedDeployment(NAMESPACE));
    cluster.world.objects.create(SERVICES, recordedService(NAMESPACE));
    await pass(cluster, 6);
  },
  'rolling-update': async (cluster) => {
    changeContainer(cluster, { env: [{ name: 'VERSION', value: 'v2' }] });
    await pass(cluster, 20);
  },
  'never-ready': async (cluster) => {
    release(cluster, { env: [{ name: 'NEVER', value: '1' }] });
    await pass(cluster, 25);
  },
  'rollout-undo': async (cluster) => {
    await undo(cluster);
    await pass(cluster, 8);
  },
  'crash-loop': async (cluster) => {
    release(cluster, { env: [{ name: 'CRASH', value: '1' }] });
    await pass(cluster, 29);
  },
  'image-pull': async (cluster) => {
    release(cluster, { image: 'registry.invalid/none:v9' });
    await pass(cluster, 23);
  },
  unschedulable: async (cluster) => {
    release(cluster, { resources: { requests: { cpu: '50' } } });
    await pass(cluster, 8);
  },
  'selector-switch': async (cluster) => {
    const service = services(cluster.world).get(NAMESPACE, NAME);
    if (!service) throw new Error('there is no Service');
    const select = (selector: Record<string, string>): void => {
      const { metadata } = services(cluster.world).get(NAMESPACE, NAME) ?? service;
      services(cluster.world).update({ ...service, metadata, spec: { ...service.spec, selector } });
    };
    select({ app: NAME, version: 'none' });
    await pass(cluster, 3);
    select({ app: NAME });
    await pass(cluster, 3);
  },
  scale: async (cluster) => {
    changeSpec(cluster, { replicas: 5 });
    await pass(cluster, 6);
    changeSpec(cluster, { replicas: 1 });
    await pass(cluster, 8);
  },
  paused: async (cluster) => {
    changeSpec(cluster, { paused: true });
    await pass(cluster, 1);
    changeContainer(cluster, { env: [{ name: 'VERSION', value: 'v3' }] });
    await pass(cluster, 3);
    changeSpec(cluster, { paused: false });
    await pass(cluster, 8);
  },
  'pod-killed': async (cluster) => {
    const [pod] = pods(cluster.world).list(NAMESPACE);
    pods(cluster.world).delete(NAMESPACE, pod?.metadata.name ?? '', { gracePeriodSeconds: 0 });
    await pass(cluster, 6);
  },
  delete: async (cluster) => {
    deployments(cluster.world).delete(NAMESPACE, NAME, { propagationPolicy: 'Foreground' });
    await pass(cluster, 8);
  },
  job: async (cluster) => {
    const template = {
      spec: {
        restartPolicy: 'Never',
        containers: [{ name: 'c', image: 'images.example/node:20', command: ['node', '-e', ''] }],
      },
    };
    const cronJob = cluster.world.objects.create(CRON_JOBS, {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'recover', namespace: NAMESPACE },
      spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template } } },
    });
    const { apiVersion, kind, metadata } = cronJob;
    const { name, uid } = metadata;
    // As `kubectl create job once --from=cronjob/recover` does it.
    cluster.world.objects.create(JOBS, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: 'once',
        namespace: NAMESPACE,
        annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' },
        ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
      },
      spec: { template },
    });
    await pass(cluster, 6);
  },
};

/** What was done between the recordings. */
const AFTERWARDS: Partial<Readonly<Record<Scenario, Story>>> = {
  'crash-loop': async (cluster) => {
    await undo(cluster);
    await pass(cluster, 15);
  },
  'image-pull': async (cluster) => {
    await undo(cluster);
    await pass(cluster, 15);
  },
  unschedulable: async (cluster) => {
    await undo(cluster);
    await pass(cluster, 15);
  },
};
