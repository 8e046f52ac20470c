// How fast a stage starts, beside kubectl, against one API server: from exec to the first request that
// is answered. Only reports: `npm run bench:start`. As in the images: their Node, and a filled cache.
// With `--pod` everybody has a service account instead of a kubeconfig, in a mount namespace of its own.
import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { NODE_VERSION, nodeFor, OWN_PROCESSOR } from '../images/base/node.mjs';
import { neededOptions } from '../images/cache/needed-options.mjs';
import './build.mjs';
import { STAGES } from './stages.mjs';

const RUNS = Number(process.env.RUNS ?? 21);
/** A program that has sent no request by then never will. */
const PATIENCE_MS = 10_000;
/** What Node takes without any package: the lower bound. */
const BARE = `
  const { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port } = process.env;
  require('node:https').get({ hostname, port, path: '/version', rejectUnauthorized: false });`;
/** Where a pod finds what it needs to talk to the API. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The embedded API, and the kubectls of this machine. */
async function loadWorld() {
  const outfile = resolve('dist/bench/start.mjs');
  await build({
    stdin: {
      contents: `
        export { createCertificates } from './embedded-cluster/kubernetes/api/certificates.ts';
        export { startServer } from './embedded-cluster/kubernetes/api/server.ts';
        export { ADMIN_TOKEN, createTestApi } from './embedded-cluster/test/api/support.ts';
        export { findKubectls } from './embedded-cluster/test/kubectl/support.ts';`,
      resolveDir: '.',
    },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
  });
  return import(outfile);
}

const { ADMIN_TOKEN, createCertificates, createTestApi, findKubectls, startServer } =
  await loadWorld();

/** Called with each request; set by the measurement that is running. */
let onRequest = () => undefined;
const { front } = createTestApi();
const certificates = await createCertificates();
const api = await startServer({
  certificates,
  handler: (request) => {
    const response = front(request);
    onRequest();
    return response;
  },
});

/** How long the threads of a process have had a processor: what others do meanwhile hardly shows. */
function processorMs(pid) {
  const told = readdirSync(`/proc/${pid}/task`).map((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'),
  );
  return told.reduce((sum, text) => sum + Number(text.split(' ')[0]) / 1e6, 0);
}

/** Runs a program until it is answered: the time since it was started, and its peak memory by then. */
function untilAnswered({ name, file, args, env }) {
  return new Promise((done, fail) => {
    const began = performance.now();
    const child = spawn(file, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const silent = () => fail(new Error(`${name} asked nothing: ${said}`));
    const end = (then) => {
      clearTimeout(late);
      onRequest = () => undefined;
      child.off('exit', silent).once('exit', then).kill('SIGKILL');
    };
    const late = setTimeout(() => end(silent), PATIENCE_MS);
    onRequest = () => {
      const ms = performance.now() - began;
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      const peakKiB = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]);
      const busyMs = processorMs(child.pid);
      end(() => done({ ms, busyMs, peakKiB }));
    };
    child.once('exit', silent);
  });
}

const home = mkdtempSync(join(tmpdir(), 'bench-start-'));
const isPod = process.argv.includes('--pod');
const { hostname, port } = new URL(api.url);
const env = {
  HOME: home,
  PATH: process.env.PATH,
  KUBERNETES_SERVICE_HOST: hostname,
  KUBERNETES_SERVICE_PORT: port,
  ...(isPod ? serviceAccount() : kubeconfig()),
};
const node = join(nodeFor(OWN_PROCESSOR), 'bin/node');

function kubeconfig() {
  const path = join(home, 'config');
  writeFileSync(path, api.kubeconfigFor('admin', ADMIN_TOKEN));
  return { KUBECONFIG: path };
}

/** Not on a machine's own /var/run, but on the empty one that bench:start:pod mounts for itself. */
function serviceAccount() {
  if (readdirSync('/var/run').length > 0) throw new Error('--pod is for npm run bench:start:pod');
  mkdirSync(SERVICE_ACCOUNT, { recursive: true });
  writeFileSync(join(SERVICE_ACCOUNT, 'token'), ADMIN_TOKEN);
  writeFileSync(join(SERVICE_ACCOUNT, 'ca.crt'), certificates.ca);
  writeFileSync(join(SERVICE_ACCOUNT, 'namespace'), 'default');
  return {};
}

function stage(name) {
  const folder = join(home, name);
  cpSync(`dist/steps/${name}`, folder, { recursive: true });
  const program = join(folder, 'main.cjs');
  execFileSync(node, ['images/cache/fill.mjs', program, join(folder, 'stage.cache')]);
  const args = [program, ...neededOptions(node, program)];
  return { name, bundle: readFileSync(join(folder, 'stage.cjs')), file: node, args, env };
}

const kubectls = findKubectls().map(({ path, version }) => {
  const args = ['get', '--raw', '/version'];
  return { name: `kubectl ${version}`, file: path, args, env };
});
if (kubectls.length === 0) throw new Error('no kubectl to compare with: put one on the PATH');
const bare = { name: 'Node without packages', file: node, args: [join(home, 'bare.cjs')], env };
writeFileSync(join(home, 'bare.cjs'), BARE);
const subjects = [...kubectls, bare, ...STAGES.map(stage)];

const seen = new Map(subjects.map(({ name }) => [name, []]));
// Once for nothing: afterwards the files are in memory for everybody. Then in turns, because what
// else the machine does would otherwise hit one of them.
for (const subject of subjects) await untilAnswered(subject);
for (let run = 0; run < RUNS; run++) {
  for (const subject of subjects) seen.get(subject.name).push(await untilAnswered(subject));
}
await api.stop();
rmSync(home, { recursive: true, force: true });

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const figures = subjects.map(({ name, bundle }) => {
  const runs = seen.get(name);
  const mib = median(runs.map(({ peakKiB }) => peakKiB)) / 1024;
  const busyMs = median(runs.map((run) => run.busyMs));
  return { name, bundle, ms: median(runs.map(({ ms }) => ms)), busyMs, mib };
});
// The fastest kubectl is the measure.
const measure = figures.slice(0, kubectls.length).toSorted((a, b) => a.ms - b.ms)[0];

const kb = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
const rows = figures.map(({ name, bundle, ms, busyMs, mib }) => [
  name,
  `${ms.toFixed(0)} ms`,
  (ms / measure.ms).toFixed(2),
  `${busyMs.toFixed(0)} ms`,
  (busyMs / measure.busyMs).toFixed(2),
  `${mib.toFixed(0)} MiB`,
  (mib / measure.mib).toFixed(2),
  bundle ? kb(bundle.length) : '',
  bundle ? kb(gzipSync(bundle).length) : '',
]);
const head = [
  '',
  'first answer',
  'ratio',
  'processor',
  'ratio',
  'peak memory',
  'ratio',
  'bundle',
  'gzipped',
];
const widths = head.map((title, column) =>
  Math.max(title.length, ...rows.map((row) => row[column].length)),
);
const [{ model }] = cpus();
const load = loadavg()[0].toFixed(1);
process.stdout.write(
  `Node ${NODE_VERSION}, ${cpus().length} x ${model}, load ${load}; medians of ${RUNS}; ratios to ${measure.name}\n\n`,
);
for (const row of [head, ...rows]) {
  const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
  process.stdout.write(`${cells.join('  ')}\n`);
}
