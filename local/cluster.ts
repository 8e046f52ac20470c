/** The embedded cluster, whole: an API on a socket, controllers, nodes that run processes, a network. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTokens, type Tokens } from './api/access/tokens.ts';
import { createCatalog } from './api/catalog.ts';
import { createCertificates } from './api/certificates.ts';
import { createFaults, type Faults } from './api/faults.ts';
import { createFront, type Front } from './api/front.ts';
import { collectionOf } from './api/kind.ts';
import { createObjects } from './api/objects.ts';
import { startServer } from './api/server.ts';
import { startServiceAccountTokens } from './api/service-account-tokens.ts';
import { wallClock } from './clock.ts';
import { pods } from './collection.ts';
import { createEventRecorder } from './controllers/events.ts';
import { startControllers } from './controllers/start.ts';
import { createImageCatalog, type ImageCatalog } from './images/catalog.ts';
import type { ImageSource } from './images/image.ts';
import { NAMESPACES, SERVICE_ACCOUNTS } from './kinds/core.ts';
import { BUILT_IN_KINDS } from './kinds/registry.ts';
import { createPodFaults, type PodFaults, withFaults } from './kubelet/faults.ts';
import { type NodeAgent, startKubelet } from './kubelet/kubelet.ts';
import { createNodeLogs } from './kubelet/logs.ts';
import { type NodeCapacity, registerNode } from './kubelet/node.ts';
import type { BackOffLimits } from './kubelet/pod-life.ts';
import { createProcessRuntime } from './kubelet/processes/runtime.ts';
import type { Credentials } from './kubelet/volumes/credentials.ts';
import { claimAddressPlan } from './network/address-plan.ts';
import { startHostsFile } from './network/hosts-file.ts';
import { startServiceProxy } from './network/service-proxy.ts';
import { createServiceView, type PropagationDelay } from './network/service-view.ts';
import { createRandom, randomUid } from './random.ts';
import { startRegistry } from './registry/server.ts';
import { createStore } from './store/store.ts';
import { TEKTON_ADMISSIONS } from './tekton/admission/admissions.ts';
import { layOutEntrypoint } from './tekton/entrypoint-folder.ts';
import { startTekton } from './tekton/start.ts';
import type { World } from './world.ts';

export interface ClusterOptions {
  readonly images?: readonly ImageSource[];
  readonly nodes?: readonly NodeCapacity[];
  readonly propagation?: PropagationDelay;
  readonly backOff?: BackOffLimits;
  /** Free ones if left out. */
  readonly ports?: { readonly api?: number; readonly registry?: number };
  readonly registryLogin?: { readonly user: string; readonly password: string };
  /** Tekton's entrypoint, bundled into one file; without it there is no Tekton. */
  readonly entrypoint?: string;
  /** Where everything is kept; a folder that goes with the cluster if left out. */
  readonly folder?: string;
  readonly seed?: number;
  /** Told of what should not happen. */
  readonly onProblem?: (message: string) => void;
}

export interface Cluster {
  readonly world: World;
  readonly front: Front;
  readonly url: string;
  /** A file, for kubectl and client libraries, of the user who may do everything. */
  readonly kubeconfig: string;
  /** The bearer token of that user. */
  readonly adminToken: string;
  /** `127.0.0.1:5000` */
  readonly registry: string;
  readonly images: ImageCatalog;
  /** How the API goes wrong for whoever calls it over its socket. */
  readonly apiFaults: Faults;
  readonly podFaults: PodFaults;
  readonly nodes: readonly NodeAgent[];
  /** Where a program outside of the cluster reaches a Service's port. */
  serviceAddress(
    namespace: string,
    service: string,
    port: number,
  ): { readonly host: string; readonly port: number } | undefined;
  setPropagationDelay(delay: PropagationDelay): void;
  stop(): Promise<void>;
}

const NAMESPACES_AT_BIRTH = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
const TOKEN_LIFETIME_SECONDS = 24 * 60 * 60;
const DEFAULT_PROPAGATION: PropagationDelay = { delayMs: 300 };
const DEFAULT_BACK_OFF: BackOffLimits = { firstMs: 10_000, lastMs: 300_000 };

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { onProblem = () => undefined } = options;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'embedded-cluster-'));
  mkdirSync(folder, { recursive: true });
  const plan = await claimAddressPlan();
  const world = createWorld(options.seed ?? wallClock.now(), plan.allocateClusterIP);
  const certificates = await createCertificates();
  const tokens = createTokens(world);
  const accounts = startServiceAccountTokens(world, { tokens, ca: certificates.ca });
  const logs = createNodeLogs(world.clock);
  const adminToken = randomUid(world.random);
  const catalog = createCatalog(world.store, BUILT_IN_KINDS);
  const identity = { tokens, adminToken };
  const front = createFront(world, {
    catalog,
    ...identity,
    podLogs: logs,
    admissions: TEKTON_ADMISSIONS,
  });
  const apiFaults = createFaults(world, front, identity);
  const server = await startServer({
    handler: apiFaults.handler,
    certificates,
    ...(options.ports?.api === undefined ? {} : { port: options.ports.api }),
    onError: (error) => onProblem(String(error)),
  });
  for (const name of NAMESPACES_AT_BIRTH) createNamespace(world, name);

  const images = createImageCatalog(options.images);
  const registry = await startRegistry({
    catalog: images,
    ...(options.ports?.registry === undefined ? {} : { port: options.ports.registry }),
    ...(options.registryLogin ? { login: options.registryLogin } : {}),
  });
  const credentials = credentialsFor(world, tokens, server.url, certificates.ca);
  const hostsFile = join(folder, 'hosts');
  const { lowPortsAt } = plan;
  const runtime = createProcessRuntime({ world, folder, logs, credentials, hostsFile, lowPortsAt });
  process.once('exit', runtime.killAll);
  const podFaults = createPodFaults();
  const view = createServiceView(world, options.propagation ?? DEFAULT_PROPAGATION);
  const proxy = startServiceProxy({ view, lowPortsAt, onProblem });
  const running = [
    accounts,
    startControllers(world, catalog.kinds),
    startHostsFile(world, hostsFile),
    view,
  ];
  if (options.entrypoint !== undefined) {
    const entrypointFolder = join(folder, 'tekton');
    layOutEntrypoint(entrypointFolder, options.entrypoint);
    running.push(startTekton(world, { entrypointFolder }));
  }
  const forgetLogs = pods(world).watch(({ type, object }) => {
    if (type === 'DELETED') logs.forget(object);
  });
  const nodes = (options.nodes ?? [{ name: 'node-1' }]).map((capacity) => {
    const { name } = capacity;
    const agent = startKubelet(
      {
        world,
        node: { name, address: plan.node },
        runtime: withFaults(runtime, podFaults, world.clock),
        images: { catalog: images, present: new Set() },
        credentials,
        recordEvent: createEventRecorder(world, { component: 'kubelet', host: name }),
        backOff: options.backOff ?? DEFAULT_BACK_OFF,
      },
      plan.pods,
    );
    registerNode(world, capacity, plan.node);
    return agent;
  });
  const kubeconfig = join(folder, 'kubeconfig');
  const text = server.kubeconfigFor('kubernetes-admin', adminToken, 'default');
  writeFileSync(kubeconfig, text, { mode: 0o600 });

  return {
    world,
    front,
    url: server.url,
    kubeconfig,
    adminToken,
    registry: registry.host,
    images,
    apiFaults,
    podFaults,
    nodes,
    serviceAddress: proxy.addressOf,
    setPropagationDelay: view.setPropagationDelay,
    stop: async () => {
      for (const one of running) one.stop();
      forgetLogs();
      for (const node of nodes) node.stop();
      runtime.killAll();
      process.off('exit', runtime.killAll);
      await Promise.all(nodes.map((node) => node.drained()));
      await Promise.all([proxy.stop(), server.stop(), registry.stop()]);
      await plan.release();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function createWorld(seed: number, allocateClusterIP: () => string): World {
  const clock = wallClock;
  const random = createRandom(seed);
  const store = createStore();
  const objects = createObjects({ store, clock, random, allocateClusterIP });
  return { store, objects, clock, random };
}

function createNamespace({ objects }: World, name: string): void {
  objects.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}

function credentialsFor(world: World, tokens: Tokens, url: string, caPem: string): Credentials {
  const { hostname, port } = new URL(url);
  return {
    server: { scheme: 'https', host: hostname, port: Number(port) },
    caPem,
    tokenFor: (namespace, name) => {
      const account = world.store.get(collectionOf(SERVICE_ACCOUNTS), namespace, name);
      return account && tokens.issue(account, TOKEN_LIFETIME_SECONDS).token;
    },
  };
}
