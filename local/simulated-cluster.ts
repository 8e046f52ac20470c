/**
 * The embedded cluster without sockets or processes, under a clock that is stepped: the same API,
 * controllers, kubelet and network, so that a whole release passes in milliseconds and repeats.
 */
import type { Faults } from './api/faults.ts';
import type { Front } from './api/front.ts';
import { startControlPlane } from './cluster/control-plane.ts';
import { startNodes } from './cluster/nodes.ts';
import { createImageCatalog, type ImageCatalog } from './images/catalog.ts';
import type { ImageSource } from './images/image.ts';
import { createPodFaults, type PodFaults } from './kubelet/faults.ts';
import type { NodeAgent } from './kubelet/kubelet.ts';
import { createNodeLogs, startLogCleanup } from './kubelet/logs.ts';
import type { NodeCapacity } from './kubelet/node.ts';
import type { BackOffLimits } from './kubelet/pod-life.ts';
import {
  createScriptedRuntime,
  type ScriptedRequest,
  type ScriptedResponse,
  type ScriptFor,
} from './kubelet/scripted-runtime.ts';
import { addressPool } from './network/address-pool.ts';
import { createServiceView, type PropagationDelay } from './network/service-view.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
import type { Running, World } from './world.ts';

export interface SimulationOptions {
  readonly scriptFor: ScriptFor;
  readonly images?: readonly ImageSource[];
  readonly nodes?: readonly NodeCapacity[];
  /** How long it takes to make a pod's network. */
  readonly sandboxMs?: () => number;
  readonly propagation?: PropagationDelay;
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
  /** What a client is answered that connects to the Service's port now. */
  request(
    namespace: string,
    service: string,
    port: number,
    request: ScriptedRequest,
  ): ServiceResponse;
  setPropagationDelay(delay: PropagationDelay): void;
}

/** Reset: the Service has nobody behind it. */
export type ServiceResponse =
  | (ScriptedResponse & { readonly podName: string | undefined })
  | { readonly type: 'reset' };

const DEFAULT_START_MS = Date.parse('2026-01-01T00:00:00Z');
const NODE_ADDRESS = '10.0.0.1';

export function simulateCluster(options: SimulationOptions): SimulatedCluster {
  const clock = createVirtualClock(options.startMs ?? DEFAULT_START_MS);
  const services = addressPool('10.0', 128, 254);
  const logs = createNodeLogs(clock);
  const control = startControlPlane({
    clock,
    seed: options.seed ?? 1,
    allocateClusterIP: services.allocate,
    ca: '',
    podLogs: logs,
  });
  const { world, front, adminToken, apiFaults } = control;
  const podFaults = createPodFaults();
  const images = createImageCatalog(options.images);
  const { scriptFor, sandboxMs } = options;
  const runtime = createScriptedRuntime({ world, logs, scriptFor, sandboxMs });
  const cleanup = startLogCleanup(world, logs);
  const view = createServiceView(world, options.propagation ?? { delayMs: 300 });
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
    request: (namespace, service, port, request) => {
      const backend = view.route(namespace, service, port);
      if (!backend) return { type: 'reset' };
      const { address, podName } = backend;
      return { ...runtime.request(address, request), podName };
    },
    setPropagationDelay: view.setPropagationDelay,
    stop: () => {
      for (const one of [control, view, cleanup, ...nodes]) one.stop();
    },
  };
}
