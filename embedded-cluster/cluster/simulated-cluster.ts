/**
 * The embedded cluster without sockets or processes, under a clock that is stepped: the same API,
 * controllers, kubelet and network, so that a whole release passes in milliseconds and repeats.
 */

import { createVirtualClock, type VirtualClock } from '../base/virtual-clock.ts';
import type { Faults } from '../kubernetes/api/faults/faults.ts';
import type { Front } from '../kubernetes/api/front.ts';
import type { Running, World } from '../kubernetes/world.ts';
import { type Mesh, type MeshOptions, startMesh } from '../mesh/mesh.ts';
import { NO_CONNECTION, type Route, type RoutedRequest } from '../mesh/routing.ts';
import { addressPool } from '../network/address-pool.ts';
import type { PropagationDelay } from '../network/late-knowledge.ts';
import { createServiceView, type ServiceView } from '../network/service-view.ts';
import { createPodFaults, type PodFaults } from '../node/faults.ts';
import type { NodeAgent } from '../node/kubelet.ts';
import { createNodeLogs, startLogCleanup } from '../node/logs.ts';
import type { NodeCapacity } from '../node/node.ts';
import type { BackOffLimits } from '../node/pod/pod-life.ts';
import {
  createScriptedRuntime,
  type ScriptedRequest,
  type ScriptedResponse,
  type ScriptedRuntime,
  type ScriptFor,
} from '../node/scripted-runtime.ts';
import { createImageCatalog, type ImageCatalog } from '../registry/images/catalog.ts';
import type { ImageSource } from '../registry/images/image.ts';
import { startControlPlane } from './control-plane.ts';
import { startNodes } from './nodes.ts';

export interface SimulationOptions {
  readonly scriptFor: ScriptFor;
  readonly images?: readonly ImageSource[];
  readonly nodes?: readonly NodeCapacity[];
  /** How long it takes to make a pod's network. */
  readonly sandboxMs?: () => number;
  readonly propagation?: PropagationDelay;
  readonly mesh?: MeshOptions;
  readonly backOff?: BackOffLimits;
  readonly startMs?: number;
  readonly seed?: number;
}

export interface SimulatedCluster extends Running {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly front: Front;
  readonly adminToken: string;
  readonly apiFaults: Faults;
  readonly podFaults: PodFaults;
  readonly images: ImageCatalog;
  readonly nodes: readonly NodeAgent[];
  readonly mesh: Mesh;
  /**
   * What a client is answered that connects to the Service's port now; by way of the mesh where a
   * VirtualService names the Service.
   */
  request(
    namespace: string,
    service: string,
    port: number,
    request: ScriptedRequest,
    client?: string,
  ): ServiceResponse;
  /** What a client is answered at the Gateway's port now; its hostname is in the header `host`. */
  requestThrough(
    namespace: string,
    gateway: string,
    port: number,
    request: ScriptedRequest,
  ): ServiceResponse;
  /** What a client is answered that connects to a pod's own address now. */
  requestPod(podIP: string, request: ScriptedRequest): ScriptedResponse;
  /** From now on admission changes the images of new pods, as policies and webhooks do. */
  rewriteImages(rewrite: (image: string) => string): void;
  setPropagationDelay(delay: PropagationDelay): void;
  /** Of routes, subsets and endpoints to the proxies of meshes and gateways. */
  setMeshPropagationDelay(delay: PropagationDelay): void;
}

/** Reset: the Service has nobody behind it. What a proxy answers itself comes from no pod. */
export type ServiceResponse =
  | (ScriptedResponse & { readonly podName: string | undefined })
  | { readonly type: 'reset' };

const DEFAULT_START_MS = Date.parse('2026-01-01T00:00:00Z');
const NODE_ADDRESS = '10.0.0.1';

export function simulateCluster(options: SimulationOptions): SimulatedCluster {
  const clock = createVirtualClock(options.startMs ?? DEFAULT_START_MS);
  const seed = options.seed ?? 1;
  const services = addressPool('10.0', 128, 254);
  const logs = createNodeLogs(clock);
  let rewrite = (image: string): string => image;
  const control = startControlPlane({
    clock,
    seed,
    allocateClusterIP: services.allocate,
    ca: '',
    podLogs: logs,
    rewriteImage: (image) => rewrite(image),
  });
  const { world, front, adminToken, apiFaults } = control;
  const podFaults = createPodFaults();
  const images = createImageCatalog(options.images);
  const { scriptFor, sandboxMs } = options;
  const runtime = createScriptedRuntime({ world, logs, scriptFor, sandboxMs });
  const cleanup = startLogCleanup(world, logs);
  const view = createServiceView(world, options.propagation ?? { delayMs: 300 });
  const mesh = startMesh(world, seed, addressPool('10.0', 255, 255), options.mesh);
  const nodes = startNodes(world, {
    capacities: options.nodes,
    backOff: options.backOff,
    runtime,
    podFaults,
    images,
    credentials: undefined,
    address: NODE_ADDRESS,
    podAddresses: addressPool('10.0', 1, 127),
  });

  return {
    world,
    clock,
    front,
    adminToken,
    apiFaults,
    podFaults,
    images,
    nodes,
    mesh,
    ...requestsThrough(view, mesh, runtime),
    rewriteImages: (next) => {
      rewrite = next;
    },
    setPropagationDelay: view.setPropagationDelay,
    setMeshPropagationDelay: mesh.setPropagationDelay,
    stop: () => {
      for (const one of [control, view, mesh, cleanup, ...nodes]) one.stop();
    },
  };
}

/** What clients are answered: by the proxies of nodes, by the mesh, or by a pod itself. */
function requestsThrough(
  view: ServiceView,
  mesh: Mesh,
  runtime: ScriptedRuntime,
): Pick<SimulatedCluster, 'request' | 'requestThrough' | 'requestPod'> {
  const carry = (route: Route, request: ScriptedRequest): ServiceResponse => {
    if (route.type === 'answer') return answered(route.status, route.because);
    const { address, podName } = route.backend;
    const response = runtime.request(address, request);
    return response.type === 'refused' ? answered(503, NO_CONNECTION) : { ...response, podName };
  };
  return {
    request: (namespace, service, port, request, client) => {
      const mine = mesh.pick();
      if (mine.governs(namespace, service)) {
        const to = { namespace, service, port };
        return carry(mine.routeToService(to, routed(request)), request);
      }
      const backend = view.route(namespace, service, port, client);
      if (!backend) return { type: 'reset' };
      const { address, podName } = backend;
      return { ...runtime.request(address, request), podName };
    },
    requestThrough: (namespace, gateway, port, request) => {
      const to = { namespace, gateway, port };
      return carry(mesh.pick().routeAtGateway(to, routed(request)), request);
    },
    requestPod: runtime.request,
  };
}

function routed({ method, path, headers = {} }: ScriptedRequest): RoutedRequest {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { method, path, headers: Object.fromEntries(lower) };
}

function answered(status: number, body: string): ServiceResponse {
  return { type: 'answered', answer: { status, body }, podName: undefined };
}
