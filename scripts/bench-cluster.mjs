// How fast the simulated cluster is. Only reports: `npm run bench:cluster`.
import { build } from 'esbuild';

const OUTFILE = 'dist/bench/simulated-cluster.mjs';
const RUNS = 30;

await build({
  entryPoints: ['embedded-cluster/cluster/simulated-cluster.ts'],
  outfile: OUTFILE,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
});
const { simulateCluster } = await import(`../${OUTFILE}`);

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const SERVICES = '/api/v1/namespaces/default/services';

function template(colour, version) {
  return {
    metadata: { labels: { app: 'shop', colour } },
    spec: {
      containers: [
        {
          name: 'app',
          image: 'shop:v1',
          env: [{ name: 'VERSION', value: version }],
          lifecycle: { preStop: { sleep: { seconds: 5 } } },
          readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 1 },
          livenessProbe: { httpGet: { path: '/live', port: 8080 }, periodSeconds: 10 },
        },
      ],
    },
  };
}

function start() {
  const cluster = simulateCluster({
    images: [{ repository: 'shop', tags: ['v1'] }],
    scriptFor: () => ({ listensAfterMs: 300 }),
  });
  const call = (method, path, body, type = 'application/json') => {
    const { status } = cluster.front({
      method,
      path,
      headers: { authorization: `Bearer ${cluster.adminToken}`, 'content-type': type },
      body: Buffer.from(JSON.stringify(body)),
    });
    if (status >= 300) throw new Error(`${method} ${path}: ${status}`);
  };
  return {
    cluster,
    deploy: (colour) =>
      call('POST', DEPLOYMENTS, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: `shop-${colour}` },
        spec: {
          replicas: 3,
          selector: { matchLabels: { app: 'shop', colour } },
          template: template(colour, 'v1'),
        },
      }),
    serve: (colour) =>
      call('POST', SERVICES, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'shop' },
        spec: { selector: { app: 'shop', colour }, ports: [{ port: 80, targetPort: 8080 }] },
      }),
    patch: (path, body) => call('PATCH', path, body, 'application/merge-patch+json'),
    until: (second) => cluster.clock.advanceTo(START_MS + second * 1000),
  };
}

const START_MS = Date.parse('2026-01-01T00:00:00Z');

const SCENARIOS = {
  'blue-green, 3 + 3 pods, 60 s': async ({ deploy, serve, patch, until }) => {
    serve('blue');
    deploy('blue');
    await until(10);
    deploy('green');
    await until(20);
    patch(`${SERVICES}/shop`, { spec: { selector: { colour: 'green' } } });
    await until(40);
    patch(`${DEPLOYMENTS}/shop-blue`, { spec: { replicas: 0 } });
    await until(60);
  },
  'rolling update, 3 pods, 60 s': async ({ deploy, serve, patch, until }) => {
    serve('blue');
    deploy('blue');
    await until(10);
    patch(`${DEPLOYMENTS}/shop-blue`, { spec: { template: template('blue', 'v2') } });
    await until(60);
  },
  'nothing happens, 6 pods, 60 s': async ({ deploy, until }) => {
    deploy('blue');
    deploy('green');
    await until(60);
  },
};

for (const [name, play] of Object.entries(SCENARIOS)) {
  const times = [];
  let changes = 0;
  for (let run = 0; run < RUNS; run++) {
    const began = performance.now();
    const world = start();
    await play(world);
    times.push(performance.now() - began);
    changes = world.cluster.world.store.revision();
    world.cluster.stop();
  }
  const [first] = times;
  const median = times.sort((a, b) => a - b)[RUNS / 2];
  const figures = `median ${median.toFixed(1)} ms, first ${first.toFixed(0)} ms`;
  process.stdout.write(`${name}: ${figures}, ${changes} changes stored\n`);
}
