// A cluster in which every pod runs at once, and the kubectls of this machine to talk to it.
import { execFile, execFileSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { timestamp, wallClock } from '../../base/clock.ts';
import { createRandom } from '../../base/random.ts';
import { KINDS_AT_BIRTH } from '../../cluster/kinds.ts';
import { startServiceAccountTokens } from '../../kubernetes/api/access/service-account-tokens.ts';
import { createTokens } from '../../kubernetes/api/access/tokens.ts';
import { createCatalog } from '../../kubernetes/api/catalog.ts';
import { createCertificates } from '../../kubernetes/api/certificates.ts';
import { createFront } from '../../kubernetes/api/front.ts';
import { createObjects } from '../../kubernetes/api/objects/objects.ts';
import type { PodLogs } from '../../kubernetes/api/pod-logs.ts';
import { startServer } from '../../kubernetes/api/server.ts';
import { pods } from '../../kubernetes/collection.ts';
import { startControllers } from '../../kubernetes/controllers/start.ts';
import { NAMESPACES } from '../../kubernetes/kinds/core/core.ts';
import { createStore } from '../../kubernetes/store/store.ts';
import type { Running, World } from '../../kubernetes/world.ts';
import { registerNode } from '../../node/node.ts';

export interface Kubectl {
  readonly path: string;
  readonly version: string;
  readonly minor: number;
}

/** Older ones ask for what no server of today has. */
const OLDEST_MINOR = 28;

/** The one on the PATH, and those that KUBECTLS names, as far as they are young enough. */
export function findKubectls(): Kubectl[] {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'kubectl'));
  const named = (process.env.KUBECTLS ?? '').split(delimiter).filter((path) => path !== '');
  const first = onPath.find(isProgram);
  return [...(first ? [first] : []), ...named]
    .map(identified)
    .filter(({ minor }) => minor >= OLDEST_MINOR);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function identified(path: string): Kubectl {
  const told = execFileSync(path, ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
  const { gitVersion, minor } = JSON.parse(told).clientVersion;
  return { path, version: gitVersion, minor: Number.parseInt(minor, 10) };
}

export interface KubectlCluster {
  /** Fails where kubectl does, with what it said. */
  run(kubectl: Kubectl, args: readonly string[], input?: string): Promise<string>;
  /** Resolves when somebody begins to watch these objects. */
  watched(resource: string, namespace: string): Promise<void>;
  stop(): Promise<void>;
}

const ADMIN_TOKEN = 'admin-token';
const LOG = ['listening', 'ready'].map((text) => ({ text, atMs: wallClock.now() }));
const podLogs: PodLogs = {
  lines: () => LOG,
  follow: (_pod, _container, _onLine, onEnd) => {
    onEnd();
    return { stop: () => undefined };
  },
};

export async function startKubectlCluster(): Promise<KubectlCluster> {
  const random = createRandom(1);
  const store = createStore();
  const clock = wallClock;
  const world: World = { store, clock, random, objects: createObjects({ store, clock, random }) };
  const tokens = createTokens(world);
  const certificates = await createCertificates();
  const catalog = createCatalog(store, KINDS_AT_BIRTH);
  const waiting = new Map<string, () => void>();
  const front = createFront(world, {
    catalog,
    tokens,
    adminToken: ADMIN_TOKEN,
    podLogs,
    onCall: ({ attributes }) => {
      if (attributes.type !== 'resource' || attributes.verb !== 'watch') return;
      waiting.get(`${attributes.resource} ${attributes.namespace}`)?.();
    },
  });
  const running = [
    startServiceAccountTokens(world, { tokens, ca: certificates.ca }),
    startControllers(world, catalog.kinds),
    startInstantKubelet(world),
  ];
  // Room for the pods of every test in every version.
  registerNode(world, { name: 'node-1', pods: 1_000 }, '127.0.0.1');
  for (const name of ['default', 'kube-system']) {
    world.objects.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  const server = await startServer({ handler: front, certificates });
  const home = mkdtempSync(join(tmpdir(), 'kubectl-'));
  const config = join(home, 'config');
  writeFileSync(config, server.kubeconfigFor('admin', ADMIN_TOKEN));
  return {
    watched: (resource, namespace) =>
      new Promise((resolve) => waiting.set(`${resource} ${namespace}`, resolve)),
    run: (kubectl, args, input) => execute(kubectl, args, input, { home, config }),
    stop: async () => {
      for (const one of running) one.stop();
      await server.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function execute(
  { path, version }: Kubectl,
  args: readonly string[],
  input: string | undefined,
  { home, config }: { home: string; config: string },
): Promise<string> {
  // Each kubectl remembers discovery in a home of its own.
  const env = { PATH: process.env.PATH, HOME: join(home, version), KUBECONFIG: config };
  return new Promise((resolve, reject) => {
    const child = execFile(path, args, { env, timeout: 30_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`kubectl ${args.join(' ')}: ${stderr || error.message}`));
      else resolve(stdout);
    });
    child.stdin?.end(input ?? '');
  });
}

/** Every pod that has a node runs and is ready at once, and ends as soon as it is told to. */
function startInstantKubelet(world: World): Running {
  const stop = pods(world).watch(({ type, object }) => {
    const { namespace = '', name } = object.metadata;
    const pod = pods(world).get(namespace, name);
    if (type === 'DELETED' || !pod?.spec.nodeName) return;
    if (pod.metadata.deletionTimestamp) {
      pods(world).delete(namespace, name, { gracePeriodSeconds: 0 });
      return;
    }
    if (pod.status?.phase !== 'Pending') return;
    const at = timestamp(world.clock.now());
    const once = pod.spec.restartPolicy !== 'Always';
    const state = once
      ? { terminated: { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at } }
      : { running: { startedAt: at } };
    const status = {
      ...pod.status,
      phase: once ? 'Succeeded' : 'Running',
      podIP: '127.0.0.2',
      startTime: at,
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((condition) => ({
        type: condition,
        status: once && condition.endsWith('Ready') ? 'False' : 'True',
        lastTransitionTime: at,
      })),
      containerStatuses: pod.spec.containers.map((container) => ({
        name: container.name,
        image: container.image ?? '',
        imageID: '',
        ready: !once,
        started: true,
        restartCount: 0,
        state,
      })),
    };
    pods(world).updateStatus({ ...pod, status });
  });
  return { stop };
}
