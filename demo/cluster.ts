/** The world of the demonstration: a cluster with this project and payment-service v1.1.0 installed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../embedded-cluster/base/clock.ts';
import { addApiFaults } from '../embedded-cluster/cluster/api-faults.ts';
import { type Cluster, startCluster } from '../embedded-cluster/cluster/cluster.ts';
import { exampleImages, stageImages } from '../embedded-cluster/cluster/images.ts';
import { installExample, installProject } from '../embedded-cluster/cluster/install.ts';
import { apply, applyPath, parseManifests } from '../embedded-cluster/cluster/manifests.ts';
import { PIPELINE_RUNS } from '../embedded-cluster/tekton/kinds.ts';
import { type Database, MIGRATING } from './database/database.ts';
import { guardOf, withScan } from './guarded.ts';
import type { DemoOptions, Router, Scenario } from './options.ts';

export const SERVICE = { namespace: 'default', name: 'payment-service', port: 8080 } as const;
export const STABLE = 'v1.1.0';
export const CANDIDATE = 'v1.2.0';
/** The Gateway of the example. */
const GATEWAY = 'shop';

const REPLICAS = 3;
const READY_WITHIN_MS = 30_000;

/** Both versions fail now and then, as services do: that is nobody's fault. */
const NOISY = { NOISE_RATE: '0.03' } as const;

/** It reads a column that its migration brings. */
const KNOWS_FULFILLMENT = { SCHEMA: 'fulfillment' } as const;

/** What v1.2.0 is like in each scenario, as the environment of its image. */
const SCENARIO_ENV: Readonly<Record<Scenario, Readonly<Record<string, string>>>> = {
  'good-release': {},
  'noisy-but-good': NOISY,
  'bad-release': { ERROR_RATE: '0.2' },
  'slow-release': { DELAY_MS: '400' },
  'leaking-release': { LEAK_KB: '512' },
  'dependency-down': { DEPENDENCY: 'down' },
  'metrics-down': { METRICS: 'fail-after:5' },
  'never-ready': { READY: 'never' },
  migration: KNOWS_FULFILLMENT,
  'bad-migration': KNOWS_FULFILLMENT,
  'locked-migration': KNOWS_FULFILLMENT,
  unsigned: {},
  signed: {},
  vulnerable: {},
  incompatible: {},
};

/** Resolves once payment-service v1.1.0 serves. */
export async function startDemoCluster(
  root: string,
  options: DemoOptions,
  database?: Database,
): Promise<Cluster> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string; // npm wants one
  };
  const images = exampleImages(root).map((image) => ({
    ...image,
    env: {
      ...image.env,
      ...(options.scenario === 'noisy-but-good' ? NOISY : {}),
      ...(image.tags.includes(CANDIDATE) ? SCENARIO_ENV[options.scenario] : {}),
    },
  }));
  const candidate = images.find(({ tags }) => tags.includes(CANDIDATE));
  if (!candidate) throw new Error(`there is no image ${CANDIDATE}`);
  const guard = guardOf(options.scenario, candidate);
  const cluster = await startCluster({
    images: [...stageImages(root, version), ...images, ...guard.images],
    propagation: { delayMs: options.propagationDelayMs },
    mesh: { propagation: { delayMs: options.propagationDelayMs } },
    entrypoint: join(root, 'dist/embedded-cluster/tekton/entrypoint.mjs'),
    onProblem: (message) => process.stderr.write(`${message}\n`),
  });
  installProject(cluster, root);
  database?.install(cluster);
  installExample(cluster, root, cluster.registry, database?.changed);
  installRoutes(cluster, root, options.router, [database?.config ?? '', guard.config]);
  for (const object of guard.objects) apply(cluster, object);
  await stableServes(cluster, options.router);
  addApiFaults(cluster.apiFaults, options.apiFaults);
  return cluster;
}

/** What stands in front of the service, and the release config that says so, with `more` sections. */
function installRoutes(
  cluster: Cluster,
  root: string,
  router: Router,
  more: readonly string[],
): void {
  const text = readFileSync(join(root, 'examples/payment-service.release-config.yaml'), 'utf8');
  const sections = [`traffic: {router: ${router}}`, ...more].filter((section) => section !== '');
  const config = text.replace(/^( *)strategy:/m, (first, indent: string) =>
    [...sections.map((section) => indent + section), first].join('\n'),
  );
  for (const object of parseManifests(config)) apply(cluster, object);
  switch (router) {
    case 'service':
      return;
    case 'istio':
      applyPath(cluster, join(root, 'examples/payment-service.istio.yaml'));
      return;
    case 'gateway-api':
      applyPath(cluster, join(root, 'examples/payment-service.gateway.yaml'));
  }
}

/** Where clients reach the service: at its own address, or at the gateway's. */
export function entrance(cluster: Cluster, router: Router): { host: string; port: number } {
  const { namespace, name, port } = SERVICE;
  const address =
    router === 'gateway-api'
      ? cluster.gatewayAddress(namespace, GATEWAY, port)
      : cluster.serviceAddress(namespace, name, port);
  if (!address) throw new Error('the service has no address');
  return address;
}

/** Submits the example's PipelineRun as it stands, but for a strategy of the user's choice, and its migrations. */
export function submitRun(
  cluster: Cluster,
  root: string,
  { strategy, scenario }: Pick<DemoOptions, 'strategy' | 'scenario'>,
  isMigrating: boolean,
): string {
  const text = readFileSync(join(root, 'examples/payment-service.pipelinerun.yaml'), 'utf8');
  const [run] = parseManifests(text.replace('value: blue-green', `value: ${strategy}`));
  if (!run) throw new Error('the example holds no PipelineRun');
  const created = cluster.world.objects.create(PIPELINE_RUNS, {
    ...run,
    metadata: { ...run.metadata, namespace: SERVICE.namespace },
    spec: { ...withScan(run.spec, scenario), ...(isMigrating ? MIGRATING : {}) },
  });
  return created.metadata.name;
}

/** Until the Service itself answers: its proxy hears of ready pods later than the API does. */
async function stableServes(cluster: Cluster, router: Router): Promise<void> {
  const { world } = cluster;
  const deadline = world.clock.now() + READY_WITHIN_MS;
  let inARow = 0;
  while (inARow < REPLICAS) {
    if (world.clock.now() > deadline) throw new Error('payment-service v1.1.0 does not answer');
    await sleep(world.clock, 100);
    const answer = await askReady(cluster, router).catch(() => undefined);
    inARow = answer?.ok ? inARow + 1 : 0;
  }
}

async function askReady(cluster: Cluster, router: Router): Promise<Response> {
  const { host, port } = entrance(cluster, router);
  return fetch(`http://${host}:${port}/health/ready`);
}
