/** `make cluster`: the embedded cluster in the foreground, for trying things with kubectl. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addApiFaults } from './api-faults.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { exampleImages, stageImages } from './images.ts';
import { installExample, installProject } from './install.ts';
import { parseCommandLine } from './options.ts';

const ROOT = process.cwd();

const options = parseCommandLine(process.argv.slice(2));
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string; // npm wants one
};

const cluster = await startCluster({
  images: [...stageImages(ROOT, version), ...exampleImages(ROOT)],
  nodes: Array.from({ length: options.nodes }, (_, at) => ({ name: `node-${at + 1}` })),
  propagation: { delayMs: options.propagationDelayMs, jitterMs: options.propagationJitterMs },
  mesh: { propagation: { delayMs: options.meshDelayMs, jitterMs: options.meshJitterMs } },
  ports: {
    registry: options.registryPort,
    ...(options.port === undefined ? {} : { api: options.port }),
  },
  entrypoint: join(ROOT, 'dist/embedded-cluster/tekton/entrypoint.mjs'),
  ...(options.folder === undefined ? {} : { folder: options.folder }),
  onProblem: (message) => process.stderr.write(`${message}\n`),
}).catch((error: Error) => {
  process.stderr.write(`the cluster does not start: ${error.message}\n`);
  process.exit(1);
});

addApiFaults(cluster.apiFaults, options.apiFaults);

const installed = [
  ...installProject(cluster, ROOT),
  ...installExample(cluster, ROOT, cluster.registry),
];
process.stdout.write(greeting(cluster, installed.length));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void cluster.stop().then(() => process.exit(0));
  });
}

function greeting({ kubeconfig, url, registry }: Cluster, count: number): string {
  return `
The embedded cluster runs: API ${url}, image registry ${registry}, ${count} objects installed.
In another terminal:

  export KUBECONFIG=${kubeconfig}
  kubectl get pods,services,deployments
  kubectl create -f examples/payment-service.pipelinerun.yaml
  kubectl get pipelineruns -w
  kubectl logs deployment/payment-service-blue

Ctrl-C ends it.
`;
}
