/** The embedded cluster, whole: an API on a socket, controllers, nodes that run processes, a network. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { wallClock } from '../base/clock.ts';
import type { DecidedCall } from '../kubernetes/api/call.ts';
import { type Certificates, createCertificates } from '../kubernetes/api/certificates.ts';
import type { Faults } from '../kubernetes/api/faults/faults.ts';
import type { Front } from '../kubernetes/api/front.ts';
import { type ApiServer, startServer } from '../kubernetes/api/server.ts';
import { collectionOf } from '../kubernetes/definitions/kind.ts';
import { PODS, SERVICE_ACCOUNTS } from '../kubernetes/kinds/core/core.ts';
import type { Running, World } from '../kubernetes/world.ts';
import type { MeshOptions } from '../mesh/mesh.ts';
import { type AddressPlan, claimAddressPlan } from '../network/address-plan.ts';
import type { PropagationDelay } from '../network/late-knowledge.ts';
import { createPodFaults, type PodFaults } from '../node/faults.ts';
import type { NodeAgent } from '../node/kubelet.ts';
import { createNodeLogs, type NodeLogs, startLogCleanup } from '../node/logs.ts';
import type { NodeCapacity } from '../node/node.ts';
import type { BackOffLimits } from '../node/pod/pod-life.ts';
import { createProcessRuntime } from '../node/processes/runtime.ts';
import type { Credentials } from '../node/volumes/credentials.ts';
import { createImageCatalog, type ImageCatalog } from '../registry/images/catalog.ts';
import type { ImageSource } from '../registry/images/image.ts';
import { startRegistry } from '../registry/server.ts';
import { TEKTON_ADMISSIONS } from '../tekton/admission/admissions.ts';
import { layOutEntrypoint } from '../tekton/entrypoint-folder.ts';
import { startTekton } from '../tekton/start.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { type Network, startNetwork } from './network.ts';
import { startNodes } from './nodes.ts';

export interface ClusterOptions {
  readonly images?: readonly ImageSource[];
  readonly nodes?: readonly NodeCapacity[];
  readonly propagation?: PropagationDelay;
  readonly mesh?: MeshOptions;
  readonly backOff?: BackOffLimits;
  /** Free ones if left out. */
  readonly ports?: { readonly api?: number; readonly registry?: number };
  readonly registryLogin?: { readonly user: string; readonly password: string };
  /** Tekton's entrypoint, bundled into one file; without it there is no Tekton. */
  readonly entrypoint?: string;
  /** Where everything is kept; a folder that goes with the cluster if left out. */
  readonly folder?: string;
  readonly seed?: number;
  /** Told of every call to the API, who made it, and what granted it. */
  readonly onCall?: (call: DecidedCall) => void;
  /** Told of what should not happen. */
  readonly onProblem?: (message: string) => void;
}

export interface Cluster extends Network {
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
}

/** What a volume that says nothing else asks for. */
const TOKEN_SECONDS = 3_600;

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { propagation, mesh, onProblem = () => undefined } = options;
  const folder = resolve(options.folder ?? mkdtempSync(join(tmpdir(), 'embedded-cluster-')));
  mkdirSync(folder, { recursive: true });
  const seed = options.seed ?? wallClock.now();
  const plan = await claimAddressPlan();
  const certificates = await createCertificates();
  const logs = createNodeLogs(wallClock);
  const control = startControl(options, { plan, certificates, logs, seed });
  const { world, front, adminToken, apiFaults } = control;
  const images = createImageCatalog(options.images);
  const { server, registry } = await startServers(options, control, certificates, images);
  const credentials = credentialsOf(control, server, certificates);
  const hostsFile = join(folder, 'hosts');
  const { lowPortsAt } = plan;
  const runtime = createProcessRuntime({ world, folder, logs, credentials, hostsFile, lowPortsAt });
  process.once('exit', runtime.killAll);
  const network = startNetwork(world, { plan, seed, propagation, mesh, hostsFile, onProblem });
  const running = [control, startLogCleanup(world, logs)];
  if (options.entrypoint !== undefined)
    running.push(installTekton(world, folder, options.entrypoint));
  const podFaults = createPodFaults();
  const nodes = startNodes(world, {
    capacities: options.nodes,
    backOff: options.backOff,
    runtime,
    podFaults,
    images,
    credentials,
    address: plan.node,
    podAddresses: plan.pods,
  });

  return {
    world,
    front,
    url: server.url,
    kubeconfig: writeKubeconfig(server, adminToken, folder),
    adminToken,
    registry: registry.host,
    images,
    apiFaults,
    podFaults,
    nodes,
    ...network,
    stop: async () => {
      for (const one of [...running, ...nodes]) one.stop();
      runtime.killAll();
      process.off('exit', runtime.killAll);
      await Promise.all(nodes.map((node) => node.drained()));
      await Promise.all([network.stop(), server.stop(), registry.stop()]);
      await plan.release();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Ground {
  readonly plan: AddressPlan;
  readonly certificates: Certificates;
  readonly logs: NodeLogs;
  readonly seed: number;
}

function startControl({ onCall }: ClusterOptions, ground: Ground): ControlPlane {
  const { plan, certificates, logs, seed } = ground;
  return startControlPlane({
    clock: wallClock,
    seed,
    allocateClusterIP: plan.allocateClusterIP,
    ca: certificates.ca,
    podLogs: logs,
    admissions: TEKTON_ADMISSIONS,
    ...(onCall ? { onCall } : {}),
  });
}

/** What listens on ports of its own: the API, and the registry of the images. */
async function startServers(
  { ports = {}, registryLogin, onProblem = () => undefined }: ClusterOptions,
  control: ControlPlane,
  certificates: Certificates,
  catalog: ImageCatalog,
) {
  const server = await startServer({
    handler: control.apiFaults.handler,
    certificates,
    ...(ports.api === undefined ? {} : { port: ports.api }),
    onError: (error) => onProblem(String(error)),
  });
  const registry = await startRegistry({
    catalog,
    ...(ports.registry === undefined ? {} : { port: ports.registry }),
    ...(registryLogin ? { login: registryLogin } : {}),
  });
  return { server, registry };
}

function installTekton(world: World, folder: string, program: string): Running {
  const entrypointFolder = join(folder, 'tekton');
  layOutEntrypoint(entrypointFolder, program);
  return startTekton(world, { entrypointFolder });
}

function writeKubeconfig(server: ApiServer, adminToken: string, folder: string): string {
  const path = join(folder, 'kubeconfig');
  const text = server.kubeconfigFor('kubernetes-admin', adminToken, 'default');
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function credentialsOf(
  { world, tokens }: ControlPlane,
  { url }: ApiServer,
  { ca }: Certificates,
): Credentials {
  const { hostname, port } = new URL(url);
  return {
    server: { scheme: 'https', host: hostname, port: Number(port) },
    caPem: ca,
    tokenFor: ({ metadata, spec }, { audience, expirationSeconds = TOKEN_SECONDS }) => {
      const { store } = world;
      const { serviceAccountName = 'default' } = spec;
      const account = store.get(
        collectionOf(SERVICE_ACCOUNTS),
        metadata.namespace,
        serviceAccountName,
      );
      const boundTo = store.get(collectionOf(PODS), metadata.namespace, metadata.name);
      if (!account || boundTo?.metadata.uid !== metadata.uid) return undefined;
      const audiences = audience ? [audience] : undefined;
      const { token } = tokens.issue(account, {
        lifetimeSeconds: expirationSeconds,
        audiences,
        boundTo,
      });
      return { token, lifetimeMs: expirationSeconds * 1000 };
    },
  };
}
