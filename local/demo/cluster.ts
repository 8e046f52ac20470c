/** The world of the demonstration: a cluster with this project and payment-service v1.1.0 installed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../clock.ts';
import { addApiFaults } from '../cluster/api-faults.ts';
import { exampleImages, stageImages } from '../cluster/images.ts';
import { installExample, installProject } from '../cluster/install.ts';
import { applyPath, parseManifests } from '../cluster/manifests.ts';
import { type Cluster, startCluster } from '../cluster.ts';
import { PIPELINE_RUNS } from '../kinds/tekton.ts';
import type { DemoOptions, Scenario } from './options.ts';

export const SERVICE = { namespace: 'default', name: 'payment-service', port: 8080 } as const;
export const CANDIDATE = 'v1.2.0';

const REPLICAS = 3;
const READY_WITHIN_MS = 30_000;

/** What v1.2.0 is like in each scenario, as the environment of its image. */
const SCENARIO_ENV: Readonly<Record<Scenario, Readonly<Record<string, string>>>> = {
  'good-release': {},
  'bad-release': { ERROR_RATE: '0.2' },
  'never-ready': { READY: 'never' },
};

/** Resolves once payment-service v1.1.0 serves. */
export async function startDemoCluster(root: string, options: DemoOptions): Promise<Cluster> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string; // npm wants one
  };
  const images = exampleImages(root).map((image) =>
    image.tags.includes(CANDIDATE)
      ? { ...image, env: { ...image.env, ...SCENARIO_ENV[options.scenario] } }
      : image,
  );
  const cluster = await startCluster({
    images: [...stageImages(root, version), ...images],
    propagation: { delayMs: options.propagationDelayMs },
    entrypoint: join(root, 'dist/local/tekton/entrypoint.mjs'),
    onProblem: (message) => process.stderr.write(`${message}\n`),
  });
  installProject(cluster, root);
  installExample(cluster, root, cluster.registry);
  applyPath(cluster, join(root, 'examples/payment-service.release-config.yaml'));
  await stableServes(cluster);
  addApiFaults(cluster.apiFaults, options.apiFaults);
  return cluster;
}

/** Submits the example's PipelineRun as it stands, but for a strategy of the user's choice. */
export function submitRun(cluster: Cluster, root: string, strategy: string): string {
  const text = readFileSync(join(root, 'examples/payment-service.pipelinerun.yaml'), 'utf8');
  const [run] = parseManifests(text.replace('value: blue-green', `value: ${strategy}`));
  if (!run) throw new Error('the example holds no PipelineRun');
  const created = cluster.world.objects.create(PIPELINE_RUNS, {
    ...run,
    metadata: { ...run.metadata, namespace: SERVICE.namespace },
  });
  return created.metadata.name;
}

/** Until the Service itself answers: its proxy hears of ready pods later than the API does. */
async function stableServes({ world, serviceAddress }: Cluster): Promise<void> {
  const deadline = world.clock.now() + READY_WITHIN_MS;
  let inARow = 0;
  while (inARow < REPLICAS) {
    if (world.clock.now() > deadline) throw new Error('payment-service v1.1.0 does not answer');
    await sleep(world.clock, 100);
    const address = serviceAddress(SERVICE.namespace, SERVICE.name, SERVICE.port);
    const url = address && `http://${address.host}:${address.port}/health/ready`;
    const answer = url ? await fetch(url).catch(() => undefined) : undefined;
    inARow = answer?.ok ? inARow + 1 : 0;
  }
}
